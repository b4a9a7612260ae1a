#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Looks for programs where a worker would.
package struct ProgramSearch: Sendable {
  private let folders: [Substring]

  package init(_ environment: [String: String]) {
    folders = (environment["PATH"] ?? "").split(separator: ":")
  }

  package func finds(_ name: String) -> Bool {
    folders.contains { folder in
      var status = stat()
      let path = "\(folder)/\(name)"
      return access(path, X_OK) == 0 && stat(path, &status) == 0
        && status.st_mode & S_IFMT == S_IFREG
    }
  }
}
