#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The program that runs now.
package enum OwnProgram {
  /// The number of its process.
  package static var number: Int32 { getpid() }

  /// Its file: on Linux by `/proc`; elsewhere as the loader says; else what it was called by.
  package static var path: String {
    #if canImport(Darwin)
      var size: UInt32 = 4096
      var bytes = [CChar](repeating: 0, count: Int(size))
      if _NSGetExecutablePath(&bytes, &size) == 0 { return String(cString: bytes) }
    #else
      if let path = Files.linked("/proc/self/exe") { return path }
    #endif
    return CommandLine.arguments[0]
  }
}
