import UETGit
import UETSystem

/// The names of the packs that the engine wrote, in a file that may be deleted: what it does not
/// name is left to the user's own collections.
struct PackList: Sendable {
  private let path: String

  /// As many packs of one size make one of the next.
  static let fanIn = 8

  init(_ repository: Repository) { path = repository.commonDirectory + "/uet/packs" }

  /// Adds packs, and forgets those that are gone.
  func add(_ added: [String], in folder: PackFolder) {
    let names = names(in: folder).filter { !added.contains($0) } + added
    let text = names.map { $0 + "\n" }.joined()
    try? Files.write(text.utf8, to: path)
  }

  private func names(in folder: PackFolder) -> [String] {
    String(decoding: Files.content(of: path) ?? [], as: UTF8.self).split(separator: "\n")
      .map(String.init).filter { PackFolder.isName($0) && folder.contains($0) }
  }

  /// The smallest packs of about the same number of objects, where there are enough of them to
  /// merge.
  func group(in folder: PackFolder) -> [String]? {
    var sizes: [Int: [String]] = [:]
    for name in names(in: folder) {
      guard let count = folder.index(name)?.count else { continue }
      sizes[Self.size(count), default: []].append(name)
    }
    return sizes.filter { $0.value.count >= Self.fanIn }.min { $0.key < $1.key }?.value
  }

  /// The power of `fanIn` that a number of objects has reached.
  private static func size(_ count: Int) -> Int {
    var size = 0
    var rest = count
    while rest >= fanIn {
      rest /= fanIn
      size += 1
    }
    return size
  }
}
