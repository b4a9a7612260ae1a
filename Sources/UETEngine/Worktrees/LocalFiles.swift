import UETGit
import UETModel
import UETSystem

/// Ignored files that tools and gates need, such as `.env`: copied from the main work tree, never
/// committed.
struct LocalFiles: Sendable {
  private let files: [LocalFile]
  private let source: String?

  init(_ project: Project) {
    files = project.configuration.run.copy.compactMap { LocalFile($0) }
    source = project.repository.workTree
  }

  /// Copies what is there and not in the way of anything.
  func copy(into path: String) throws {
    guard let source else { return }
    for file in files {
      guard let bytes = try Files.read("\(source)/\(file.path)"),
        Files.kind("\(path)/\(file.path)") == nil, file.isReached(in: path)
      else { continue }
      try Files.makeDirectory(above: "\(path)/\(file.path)")
      try Files.write(bytes, to: "\(path)/\(file.path)", mode: 0o600)
    }
  }

  /// What they hold: in a worktree, or where they are copied from.
  func contents(in path: String?) -> [(name: String, bytes: [UInt8])] {
    guard let root = path ?? source else { return [] }
    return files.compactMap { file in
      guard file.isReached(in: root) else { return nil }
      return Files.content(of: "\(root)/\(file.path)").map { (file.path, $0) }
    }
  }

  /// Digests of what they hold: in a worktree, or where they are copied from.
  func digests(in path: String?) -> JSONValue {
    var object = JSONObject()
    for (name, bytes) in contents(in: path) {
      object[name] = .string(Repository.hashBlob(bytes).hex)
    }
    return .object(object)
  }
}
