import UETModel

/// What a checkout of a tree puts on the disk.
struct CheckoutListing: Sendable {
  /// In the order of an index; directories outside a sparse checkout are one entry each.
  private(set) var entries: [IndexEntry] = []
  private(set) var rules: ContentRules

  private let repository: Repository
  private let cone: SparseCone?

  /// Nil where git itself must make the checkout: filters and submodules.
  init?(
    _ tree: ObjectID, cone: SparseCone?, rules: ContentRules, _ repository: Repository
  ) throws(GitError) {
    guard rules < .filtered else { return nil }
    self.repository = repository
    self.cone = cone
    self.rules = rules
    guard try add(tree, prefix: [], isWhole: cone == nil) else { return nil }
  }

  private mutating func add(
    _ tree: ObjectID, prefix: [UInt8], isWhole: Bool
  ) throws(GitError) -> Bool {
    for entry in try repository.tree(tree) {
      let path = prefix + entry.nameBytes
      switch entry.mode {
      case .submodule: return false
      case .file, .executable, .symlink:
        if entry.nameBytes.elementsEqual(".gitattributes".utf8), entry.mode != .symlink {
          rules = max(rules, ContentRules(attributes: try repository.blob(entry.id)))
          if rules == .filtered { return false }
        }
        entries.append(IndexEntry(path: path, mode: entry.mode.rawValue, id: entry.id))
      case .tree:
        let slash = path + [UInt8(ascii: "/")]
        let takesAll = isWhole || cone?.whole.contains(path) ?? true
        if takesAll || cone?.isParent(path) ?? true {
          guard try add(entry.id, prefix: slash, isWhole: takesAll) else { return false }
        } else {
          entries.append(
            IndexEntry(path: slash, mode: entry.mode.rawValue, id: entry.id, isSkipped: true))
        }
      }
    }
    return true
  }
}
