import UETModel

/// What a checkout of a tree puts on the disk.
struct CheckoutListing: Sendable {
  /// In the order of an index; directories outside a sparse checkout are one entry each.
  private(set) var entries: [IndexEntry] = []
  private(set) var rules: ContentRules

  private let repository: Repository
  private let cone: SparseCone?

  /// Nil where git itself must make the checkout: filters, submodules, names that could mean harm.
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
      if Self.isSuspicious(entry.nameBytes) { return false }
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

  /// Whether a name is git's own directory on some file system; git refuses those, and is left to.
  static func isSuspicious(_ name: [UInt8]) -> Bool {
    if name == [UInt8(ascii: ".")] || name == Array("..".utf8) || name.contains(0x5C) {
      return true
    }
    let lower = name.map { (65...90).contains($0) ? $0 + 32 : $0 }
    if lower.starts(with: "git~".utf8) { return true }
    guard lower.first == UInt8(ascii: "."), lower.dropFirst().first != nil else { return false }
    // Characters that some file systems leave out when they compare.
    if lower.contains(0xE2) || lower.contains(0xEF) { return true }
    guard lower.starts(with: ".git".utf8) else { return false }
    guard let next = lower.dropFirst(4).first else { return true }
    return !((97...122).contains(next) || (48...57).contains(next) || next == 45 || next == 95)
  }
}
