import Synchronization
import UETGit
import UETModel
import UETPlanning

extension Repository {
  /// The tree of a commit for looking at, folder by folder and each once. What cannot be read
  /// counts as not there: whoever needs it says so.
  package func baseTree(_ commit: ObjectID) -> BaseTree {
    let folders = BaseFolders(self, commit)
    return BaseTree { folders.entries($0) }
  }
}

extension Project {
  /// What a run would start from; nil where nothing is committed.
  package var baseTree: BaseTree? {
    guard let base = try? repository.resolveBranchFirst(configuration.run.base) else { return nil }
    return repository.baseTree(base)
  }
}

private final class BaseFolders: Sendable {
  private struct Folder: Sendable {
    var entries: [BaseTree.Name: BaseTree.Entry] = [:]
    var ids: [BaseTree.Name: ObjectID] = [:]
  }

  private let repository: Repository
  private let folders: Mutex<[[BaseTree.Name]: Folder]>

  /// Longer than any path that a system follows.
  private static let longestTarget = 4096

  init(_ repository: Repository, _ commit: ObjectID) {
    self.repository = repository
    folders = Mutex([[]: Self.folder(commit, repository)])
  }

  func entries(_ path: [BaseTree.Name]) -> [BaseTree.Name: BaseTree.Entry] { folder(path).entries }

  private func folder(_ path: [BaseTree.Name]) -> Folder {
    if let known = folders.withLock({ $0[path] }) { return known }
    guard let name = path.last else { return Folder() }
    let id = folder(path.dropLast()).ids[name]
    let found = id.map { Self.folder($0, repository) } ?? Folder()
    folders.withLock { $0[path] = found }
    return found
  }

  private static func folder(_ id: ObjectID, _ repository: Repository) -> Folder {
    var folder = Folder()
    for entry in (try? repository.tree(id)) ?? [] {
      let name = String(decoding: entry.nameBytes, as: UTF8.self).unicodeScalars.map(\.value)
      switch entry.mode {
      case .tree:
        folder.entries[name] = .folder
        folder.ids[name] = entry.id
      case .submodule: folder.entries[name] = .submodule
      case .symlink: folder.entries[name] = .link(target(entry.id, repository))
      default: folder.entries[name] = .file
      }
    }
    return folder
  }

  private static func target(_ id: ObjectID, _ repository: Repository) -> String? {
    guard let bytes = try? repository.blob(id), bytes.count <= longestTarget else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}
