#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What some tests stand on and not every machine has: such a test says so where it is missing.
package enum Ground {
  /// Not every container lets root mount.
  package static let canMount: Bool = {
    let place = TemporaryDirectory()
    guard runs("mount", "-t", "tmpfs", "-o", "size=100k", "none", place.path) else { return false }
    return runs("umount", "-l", place.path)
  }()

  /// Root writes everywhere.
  package static let isRoot = geteuid() == 0

  package static let hasPython = runs("python3", "--version")

  /// A C compiler whose libraries can be loaded into a program.
  package static let hasCompiler: Bool = {
    #if os(Linux)
      runs("cc", "--version")
    #else
      false
    #endif
  }()

  private static func runs(_ arguments: String...) -> Bool {
    let path = ["PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    return GitProcess(arguments, in: "/", environment: path).status == 0
  }
}
