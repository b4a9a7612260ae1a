import UETGit
import UETModel

extension LedgerReader {
  /// Reads the files of a root commit.
  func record(_ root: ChainCommit) throws(LedgerError) -> RootRecord {
    guard let bytes = try file(LedgerFile.run, of: root),
      let object = (try? JSONValue(parsing: bytes))?.object,
      let base = object["base"]?.objectID, let version = object["version"]?.integer
    else { throw .broken(commit: root.id, reason: "'\(LedgerFile.run)' cannot be read") }
    guard version <= RootRecord.formatVersion else {
      throw .broken(
        commit: root.id, reason: "its format, version \(version), needs a newer git-uet")
    }
    let details = object.members.filter { !RootRecord.ownMembers.contains($0.key) }
    var record = RootRecord(
      base: base, programVersion: object["program"]?.string ?? "",
      details: JSONObject(members: details), plan: try file(LedgerFile.plan, of: root) ?? [],
      configuration: try file(LedgerFile.configuration, of: root) ?? [])
    if let folder = try entry(LedgerFile.bundles, in: root.tree, of: root.id) {
      do {
        try bundles(folder.id, "", into: &record.bundles)
      } catch {
        throw .broken(commit: root.id, reason: "'\(LedgerFile.bundles)' cannot be read")
      }
    }
    return record
  }

  /// The files below a folder, sorted as git sorts them.
  private func bundles(
    _ tree: ObjectID, _ prefix: String, into list: inout [RootRecord.Bundle]
  ) throws(GitError) {
    for entry in try repository.tree(tree) {
      if entry.mode == .tree {
        try bundles(entry.id, prefix + entry.name + "/", into: &list)
      } else {
        list.append(
          RootRecord.Bundle(path: prefix + entry.name, bytes: try repository.blob(entry.id)))
      }
    }
  }
}
