import Foundation
import UETGit
import UETModel
import UETSystem

/// A private object folder in which git writes a pack: nothing of it is seen before it is complete,
/// and whatever a crash leaves in it is told by its owner's name.
struct PackScratch: ~Copyable {
  let path: String
  /// What makes a git child write here and read the repository's objects.
  let environment: [String: String]

  private static let owner = "owner.json"

  static func folder(of repository: Repository) -> String {
    "\(repository.commonDirectory)/uet/packing"
  }

  init(_ repository: Repository, _ holder: Holder) throws(LedgerError) {
    let parent = Self.folder(of: repository)
    path = "\(parent)/\(holder.pid)-\(UInt64.random(in: 0...UInt64.max))"
    environment = [
      "GIT_OBJECT_DIRECTORY": path,
      "GIT_ALTERNATE_OBJECT_DIRECTORIES": Self.quoted(repository.commonDirectory + "/objects"),
    ]
    try LedgerError.onDisk(Files.makeDirectory(path + "/pack", mode: 0o777))
    try LedgerError.onDisk(
      Files.create(holder.json.encoded().utf8, at: "\(path)/\(Self.owner)", isSynced: true))
  }

  deinit { try? Files.removeAll(path) }

  /// Removes the folders of processes that have ended; called under the lock.
  static func sweep(_ repository: Repository, _ processes: any ProcessTable) {
    let parent = folder(of: repository)
    for name in Files.names(in: parent) {
      let document = Files.content(of: "\(parent)/\(name)/\(owner)")
      let holder = document.flatMap { try? Holder(json: try JSONValue(parsing: $0)) }
      if let holder, processes.liveness(of: holder) != .dead { continue }
      // Without an owner's name it may be about to get one.
      if holder == nil, Self.isOfLiveProcess(name) { continue }
      try? Files.removeAll("\(parent)/\(name)")
    }
  }

  /// All names here begin with the number of the process that made them.
  private static func isOfLiveProcess(_ name: String) -> Bool {
    guard let pid = name.split(separator: "-").first.flatMap({ Int32($0) }), pid > 0 else {
      return false
    }
    return kill(pid, 0) == 0 || errno == EPERM
  }

  /// A path as git takes it in a list that colons separate.
  private static func quoted(_ path: String) -> String {
    guard path.contains(":") || path.hasPrefix("\"") else { return path }
    return "\"" + path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
