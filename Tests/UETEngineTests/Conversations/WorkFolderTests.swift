import Foundation
import Testing
import UETTestSupport

@testable import UETEngine

/// Where paths lead that an agent names.
@Suite struct WorkFolderTests {
  @Test func linksAreFollowedAsFarAsTheyExist() throws {
    let place = TemporaryDirectory()
    let root = URL(fileURLWithPath: place.path).resolvingSymlinksInPath().path + "/work"
    let files = FileManager.default
    try files.createDirectory(atPath: root + "/src/deep", withIntermediateDirectories: true)
    for (link, target) in [
      ("inside", "src/deep"), ("outside", "/etc"), ("dangling", "/nowhere/at/all"),
      ("src/up", "../.."),
    ] {
      try files.createSymbolicLink(atPath: "\(root)/\(link)", withDestinationPath: target)
    }
    let folder = WorkFolder(root)
    let expected: [(String, String?)] = [
      ("\(root)/src/a.c", "src/a.c"), ("src/a.c", "src/a.c"), ("./src//new/b", "src/new/b"),
      (root, ""), ("src/../x", "x"), ("..", nil), ("../work/x", "x"), ("/etc/passwd", nil),
      ("inside/a", "src/deep/a"), ("inside/../a", "src/a"), ("outside/passwd", nil),
      ("dangling", nil), ("dangling/x", nil), ("src/up/x", nil), ("src/up/work/x", "x"),
      ("\(root)-other/x", nil), ("none/../../x", nil), ("", ""),
    ]
    for (path, relative) in expected {
      #expect(folder.relative(path) == relative, "\(path)")
    }
  }
}
