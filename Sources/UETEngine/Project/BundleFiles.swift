import UETGit
import UETModel
import UETPlanning
import UETSystem

extension Project {
  /// The bundle files of the configured directory as they stand in the work tree, or, in a bare
  /// repository, in the HEAD commit. Paths are relative to the root.
  package func bundleFiles() throws(EngineError) -> [BundleFile] {
    let directory = configuration.workstreams
    do {
      if let workTree = repository.workTree {
        return try BundleFiles.read([directory], from: workTree)
      }
      guard case .branch(_, let commit) = try repository.head() else {
        throw EngineError.noBundles(directory: directory)
      }
      return try bundleFiles(in: commit, directory: directory)
    } catch {
      throw EngineError(error)
    }
  }

  private func bundleFiles(in commit: ObjectID, directory: String) throws -> [BundleFile] {
    guard let entry = try repository.entry(at: directory, in: repository.commit(commit).tree) else {
      throw EngineError.noBundleFolder(directory)
    }
    let entries = Dictionary(
      try repository.tree(entry.id).filter { $0.mode != .tree }.map { ($0.name, $0.id) },
      uniquingKeysWith: { first, _ in first })
    return try BundleFile.names(among: Array(entries.keys)).compactMap { name in
      try entries[name].map {
        BundleFile(path: "\(directory)/\(name)", bytes: try repository.blob($0))
      }
    }
  }
}

/// Reads bundles from files and directories.
package enum BundleFiles {
  /// `paths` are files or directories, taken from `root`; of a directory the files that
  /// `BundleFile.names` picks, in that order.
  package static func read(
    _ paths: [String], from root: String
  ) throws(EngineError) -> [BundleFile] {
    var files: [BundleFile] = []
    do {
      for path in paths {
        let full = Files.absolute(path, from: root)
        if let names = try Files.list(full) {
          for name in BundleFile.names(among: names) {
            try append("\(path.trimmingSlash)/\(name)", root, to: &files)
          }
        } else {
          guard Files.kind(full) != nil else { throw EngineError.noBundleFolder(path) }
          try append(path, root, to: &files)
        }
      }
    } catch {
      throw EngineError(error)
    }
    guard !files.isEmpty else { throw .noBundles(directory: paths.first ?? ".") }
    return files
  }

  private static func append(
    _ path: String, _ root: String, to files: inout [BundleFile]
  ) throws(SystemFailure) {
    guard let bytes = try Files.read(Files.absolute(path, from: root)) else { return }
    files.append(BundleFile(path: path, bytes: bytes))
  }
}

extension String {
  fileprivate var trimmingSlash: String { hasSuffix("/") ? String(dropLast()) : self }
}
