import Foundation
import Testing

#if os(Linux)
  /// What is loaded when the program starts, which git does at each push to a host.
  @Suite struct LibraryTests {
    /// With a libgit2 that cannot be loaded all works that does not need it. A function of it
    /// that is missing in `CLibgit2Loader/names.h` would have it loaded at the start.
    @Test func libgit2IsLoadedWhenItIsAskedFor() throws {
      let scratch = try Scratch()
      let folder = scratch.root.appendingPathComponent("broken")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for minor in 5...9 {
        try Data("no library".utf8).write(
          to: folder.appendingPathComponent("libgit2.so.1.\(minor)"))
      }
      func call(_ argument: String) throws -> Scratch.Output {
        try Scratch.start(
          Scratch.binaries.appendingPathComponent("git-uet").path, [argument], scratch.path,
          scratch.environment.merging(["LD_LIBRARY_PATH": folder.path]) { $1 }
        ).finish()
      }
      let version = try call("--version")
      #expect(version.status == 0 && version.text.hasPrefix("git-uet version"), "\(version)")
      let runs = try call("runs")
      #expect(runs.status == 127 && runs.errors.contains("hint: install libgit2 1."), "\(runs)")
      #expect(try scratch.uet("runs").status == 0)
    }
  }
#endif
