import UETGit
import UETModel

extension RootRecord {
  /// Refuses a bundle's path that git would not take.
  func checkPaths() throws(LedgerError) {
    for bundle in bundles {
      let parts = bundle.path.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.allSatisfy({ Self.isComponent(String($0)) }) else {
        throw .badAttachmentName(bundle.path)
      }
    }
  }

  /// Writes the files that only a root commit has.
  func write(
    run: RunID, writer: String, to log: inout ObjectLog
  ) throws(GitError) -> [TreeEntry] {
    let files = [
      (LedgerFile.run, LedgerFile.bytes(document(run: run, writer: writer))),
      (LedgerFile.plan, plan), (LedgerFile.configuration, configuration),
    ]
    var entries: [TreeEntry] = []
    for (name, bytes) in files {
      entries.append(TreeEntry(name: name, mode: .file, id: try log.writeBlob(bytes)))
    }
    if !bundles.isEmpty {
      let all = bundles.map { ($0.path.split(separator: "/").map(String.init)[...], $0.bytes) }
      let folder = try Self.folder(all, &log)
      entries.append(TreeEntry(name: LedgerFile.bundles, mode: .tree, id: folder))
    }
    return entries
  }

  /// A component of a path that git takes into a tree.
  private static func isComponent(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && name.lowercased() != ".git"
      && !name.utf8.contains(0)
  }

  private static func folder(
    _ files: [(path: ArraySlice<String>, bytes: [UInt8])], _ log: inout ObjectLog
  ) throws(GitError) -> ObjectID {
    var entries: [String: TreeEntry] = [:]
    var folders: [String: [(path: ArraySlice<String>, bytes: [UInt8])]] = [:]
    for file in files {
      guard let name = file.path.first else { continue }
      if file.path.count > 1 {
        folders[name, default: []].append((file.path.dropFirst(), file.bytes))
      } else {
        entries[name] = TreeEntry(
          name: name, mode: .file, id: try log.writeBlob(file.bytes))
      }
    }
    for (name, inner) in folders {
      entries[name] = TreeEntry(
        name: name, mode: .tree, id: try folder(inner, &log))
    }
    return try log.writeTree(known: Array(entries.values))
  }
}
