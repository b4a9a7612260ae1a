#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An open file descriptor that closes itself.
package struct Descriptor: ~Copyable, Sendable {
  package let number: Int32

  /// Takes over an open descriptor.
  package init(owning number: Int32) { self.number = number }

  /// Opens a file, closed on exec; `operation` is for errors.
  package init(
    opening path: String, _ flags: Int32, mode: mode_t = 0o644, _ operation: String = "open"
  ) throws(SystemFailure) {
    let number = open(path, flags | O_CLOEXEC, mode)
    guard number >= 0 else { throw SystemFailure(operation, path) }
    self.number = number
  }

  deinit { close(number) }
}

/// `read(2)`, begun again where a signal interrupts it; under a name that no function of ours has as well.
func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  retrying { read(descriptor, buffer.baseAddress, buffer.count) }
}

/// `write(2)`, likewise.
func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
  retrying { write(descriptor, buffer.baseAddress, buffer.count) }
}

private func retrying(_ call: () -> Int) -> Int {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}
