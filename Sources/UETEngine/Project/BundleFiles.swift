import UETGit
import UETModel
import UETPlanning
import UETSystem

extension Project {
  /// The bundle files of the configured directory as they stand in the work tree, or, in a bare
  /// repository, in the HEAD commit. Paths are relative to the root.
  package func bundleFiles() throws -> [BundleFile] {
    let directory = configuration.workstreams
    if let workTree = repository.workTree {
      return try BundleFiles.read([directory], from: workTree)
    }
    guard case .branch(_, let commit) = try repository.head() else {
      throw NoBundles(place: directory, isThere: true)
    }
    return try bundleFiles(in: commit, directory: directory)
  }

  private func bundleFiles(in commit: ObjectID, directory: String) throws -> [BundleFile] {
    guard let entry = try repository.entry(at: directory, in: repository.commit(commit).tree) else {
      throw NoBundles(place: directory, isThere: false)
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
  ) throws -> [BundleFile] {
    var files: [BundleFile] = []
    for path in paths {
      let full = Files.absolute(path, from: root)
      if let names = try Files.list(full) {
        for name in BundleFile.names(among: names) {
          try append("\(path.trimmingSlash)/\(name)", root, to: &files)
        }
      } else {
        guard Files.kind(full) != nil else { throw NoBundles(place: path, isThere: false) }
        try append(path, root, to: &files)
      }
    }
    guard !files.isEmpty else { throw NoBundles(place: paths.first ?? ".", isThere: true) }
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

/// Where bundles are looked for is nothing, or none.
struct NoBundles: Refusing {
  let place: String
  let isThere: Bool

  var refusal: Refusal {
    isThere
      ? Refusal(
        .usage, "no bundles in '\(place.terminalSafe)'",
        hint: "a bundle is a .yaml, .yml or .json file; write an example: git uet init")
      : Refusal(
        .usage, "no bundles: '\(place.terminalSafe)' does not exist",
        hint: "write an example: git uet init; or say where they are: git uet plan FOLDER")
  }
}
