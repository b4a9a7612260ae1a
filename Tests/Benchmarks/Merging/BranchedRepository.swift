import Foundation
import UETGit
import UETModel
import UETTestSupport

/// A repository of many small files and branches that each change three files in a directory of
/// their own.
struct BranchedRepository {
  let test: TestRepository
  let base: ObjectID
  let branches: [ObjectID]

  /// No directory has more than about twenty entries, whatever the number of files.
  init(files: Int, branches count: Int) throws {
    test = TestRepository()
    var stream =
      "commit refs/heads/main\nmark :1\ncommitter A <a@example.com> 1700000000 +0000\ndata 2\nb\n"
    for index in 0..<files {
      stream +=
        "M 644 inline \(Self.path(index, of: files))\ndata 12\nfile \(index % 1_000_000 + 1_000_000)"
      stream += "\n"
    }
    for branch in 0..<count {
      stream += "commit refs/heads/b/\(branch)\n"
      stream += "committer A <a@example.com> \(1_700_000_100 + branch) +0000\ndata 2\nc\n"
      stream += "from :1\n"
      for file in 0..<3 {
        let path = Self.path(branch * Self.perDirectory + file, of: files)
        stream += "M 644 inline \(path)\ndata 12\nedit \(branch + 1_000_000)\n"
      }
    }
    let made = test.tryGit(["fast-import", "--quiet"], input: Array(stream.utf8))
    precondition(made.status == 0, made.errors)
    base = test.id("refs/heads/main")
    let list = test.git(
      "for-each-ref", "--sort=committerdate", "--format=%(objectname)", "refs/heads/b")
    branches = list.split(separator: "\n").compactMap { ObjectID($0) }
    precondition(branches.count == count, "\(branches.count) branches")
  }

  static let perDirectory = 20

  private static func path(_ index: Int, of files: Int) -> String {
    var folder = index / perDirectory
    var parts: [String] = []
    var left = (files + perDirectory - 1) / perDirectory
    repeat {
      parts.append("d\(folder % perDirectory)")
      folder /= perDirectory
      left = (left + perDirectory - 1) / perDirectory
    } while left > 1
    return (parts.reversed() + ["f\(index % perDirectory)"]).joined(separator: "/")
  }
}
