import Foundation
import Testing
import UETTestSupport

/// The library that makes system calls of a program under test fail, built once by the system's C
/// compiler.
enum FaultInjection {
  /// Said where the tests that need it are left out.
  static let need: Comment = "needs Linux, a C compiler and the program ledger-storm"

  static let isThere = library != nil && StormProcess.program != nil

  private static let folder = TemporaryDirectory()

  /// The library's path; nil where it cannot be built.
  static let library: String? = {
    #if os(Linux)
      let root = #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 }
      let path = folder.path + "/faults.so"
      let compiler = GitProcess(
        [
          "cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-fPIC", "-shared", "-o", path,
          root + "/FaultInjection/faults.c", "-ldl",
        ], in: "/", environment: ["PATH": TestRepository.searchPath])
      return compiler.status == 0 ? path : nil
    #else
      return nil
    #endif
  }()

  /// What a program is started with to have its calls watched.
  static func environment(_ more: [String: String] = [:]) -> [String: String] {
    let plain = ["PATH": TestRepository.searchPath, "HOME": folder.path]
    guard let library else { return plain }
    return plain.merging(["LD_PRELOAD": library]) { $1 }.merging(more) { $1 }
  }
}
