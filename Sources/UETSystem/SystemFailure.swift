#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the system answered to a call that failed.
package struct SystemFailure: Error, Hashable, CustomStringConvertible {
  /// What was tried, as in "cannot OPERATION 'PATH'".
  package let operation: String
  /// Empty where it was tried on nothing that has a name.
  package let path: String
  package let code: Int32

  /// By default with the code of the call that was made last.
  package init(_ operation: String, _ path: String = "", code: Int32 = errno) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  package var description: String { "cannot \(operation) '\(path)': \(reason)" }

  package var reason: String { String(cString: strerror(code)) }

  /// There is no room, on the disk or in what its user may take of it.
  package var isFullDisk: Bool { code == ENOSPC || code == EDQUOT }
}
