import UETGit
import UETModel
import UETPlanning

/// The folder that bundles are drafted into, as an agent left it in a commit.
struct DraftFolder {
  let path: String
  private let repository: Repository

  /// More, and longer ones, are no draft.
  private static let (mostFiles, longestFile) = (1000, 1 << 20)

  init(_ path: String, _ repository: Repository) {
    (self.path, self.repository) = (path, repository)
  }

  /// The bundles of the commit that `base` does not have as they are, and what is wrong with what
  /// stands there.
  func bundles(
    of commit: ObjectID, since base: ObjectID
  ) throws -> (files: [BundleFile], problems: [String]) {
    let before = try entries(of: base)
    var (files, problems): ([BundleFile], [String]) = ([], [])
    let found = try entries(of: commit)
    let names = BundleFile.names(among: found.keys.sorted())
    for name in names.prefix(Self.mostFiles) {
      guard let entry = found[name], entry != before[name] else { continue }
      let place = "\(path)/\(name)".quoted(limit: 100)
      if before[name] != nil {
        problems.append("\(place) was there before, and stays as it was: use another name")
      } else if entry.mode != .file && entry.mode != .executable {
        problems.append("\(place) is no file")
      } else if try repository.size(of: entry.id) > Self.longestFile {
        problems.append("\(place) has more than \(Self.longestFile >> 10) KiB")
      } else {
        files.append(BundleFile(path: "\(path)/\(name)", bytes: try repository.blob(entry.id)))
      }
    }
    if names.count > Self.mostFiles { problems.append("more than \(Self.mostFiles) files") }
    if files.isEmpty, problems.isEmpty {
      problems.append("there is no bundle in '\(path)/': a bundle's name ends in .yaml")
    }
    return (files, problems)
  }

  private func entries(of commit: ObjectID) throws -> [String: TreeEntry] {
    guard let folder = try repository.entry(at: path, in: commit), folder.mode == .tree else {
      return [:]
    }
    return Dictionary(
      try repository.tree(folder.id).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// `base` with nothing but the draft on top.
  func commit(_ files: [BundleFile], on base: ObjectID, at time: Timestamp) throws -> ObjectID {
    let edit = TreeEdit(repository: repository)
    var tree = try repository.commit(base).tree
    for file in files {
      tree = try edit.put(try repository.writeBlob(file.bytes), .file, at: file.path, in: tree)
    }
    let identity = Signature.engine(at: time)
    return try repository.writeCommit(
      tree: tree, parents: [base], message: "draft\n", author: identity, committer: identity)
  }
}
