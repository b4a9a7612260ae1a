import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The standard error of a child as a file without a name, read while the child still writes.
///
/// A file, not a pipe: a process that ssh leaves behind, to use its connection again, would keep a
/// pipe open for ever.
final class ErrorFile {
  private let file: Descriptor
  private let listener: ([UInt8]) -> Void
  /// All that was heard so far, as much as is kept of it.
  private(set) var content: [UInt8] = []

  /// Nil where nobody listens.
  init?(_ listener: (([UInt8]) -> Void)?) throws(SystemFailure) {
    guard let listener else { return nil }
    file = try Descriptor(unnamedIn: Files.temporaryFolder, O_APPEND)
    self.listener = listener
  }

  var number: Int32 { file.number }

  /// Reads what is new and passes it on.
  func pass() {
    while true {
      var buffer = [UInt8](repeating: 0, count: min(65_536, Child.longestError - content.count))
      let count = pread(number, &buffer, buffer.count, off_t(content.count))
      guard count > 0 else { return }
      content += buffer[..<count]
      listener(Array(buffer[..<count]))
    }
  }
}
