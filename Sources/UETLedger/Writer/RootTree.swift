import UETGit
import UETModel

extension RootRecord {
  /// Writes the files that only a root commit has.
  func write(
    run: RunID, writer: String, to repository: Repository
  ) throws(LedgerError) -> [TreeEntry] {
    for bundle in bundles {
      let parts = bundle.path.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.allSatisfy({ Self.isComponent(String($0)) }) else {
        throw .badAttachmentName(bundle.path)
      }
    }
    let document = CheckpointTree.bytes(document(run: run, writer: writer))
    return try LedgerError.wrap { () throws(GitError) in
      var entries: [TreeEntry] = []
      let files = [
        (LedgerFile.run, document), (LedgerFile.plan, plan),
        (LedgerFile.configuration, configuration),
      ]
      for (name, bytes) in files {
        entries.append(
          TreeEntry(name: name, mode: .file, id: try repository.writeBlob(bytes)))
      }
      if !bundles.isEmpty {
        let all = bundles.map { ($0.path.split(separator: "/").map(String.init)[...], $0.bytes) }
        entries.append(
          TreeEntry(
            name: LedgerFile.bundles, mode: .tree, id: try Self.folder(all, in: repository)))
      }
      return entries
    }
  }

  /// A component of a path that git takes into a tree.
  private static func isComponent(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && name.lowercased() != ".git"
      && !name.utf8.contains(0)
  }

  private static func folder(
    _ files: [(path: ArraySlice<String>, bytes: [UInt8])], in repository: Repository
  ) throws(GitError) -> ObjectID {
    var entries: [String: TreeEntry] = [:]
    var folders: [String: [(path: ArraySlice<String>, bytes: [UInt8])]] = [:]
    for file in files {
      guard let name = file.path.first else { continue }
      if file.path.count > 1 {
        folders[name, default: []].append((file.path.dropFirst(), file.bytes))
      } else {
        entries[name] = TreeEntry(
          name: name, mode: .file, id: try repository.writeBlob(file.bytes))
      }
    }
    for (name, inner) in folders {
      entries[name] = TreeEntry(
        name: name, mode: .tree, id: try folder(inner, in: repository))
    }
    return try repository.writeTree(Array(entries.values))
  }
}
