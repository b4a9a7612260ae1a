import UETGit
import UETModel

/// What a run keeps in references beside its branches: the chains of its record, and work of
/// attempts. Nothing takes them away while it goes on, so what is gone is put back.
struct KeptReferences: Sendable {
  private let repository: Repository
  private let folders: [String]
  private let chain: String
  private var known: [String: ObjectID] = [:]

  init(_ repository: Repository, _ names: RunNames, chain: String) {
    self.repository = repository
    self.chain = chain
    folders = ["runs", "salvage"].map { "\(names.prefix)/\($0)/\(names.run)" }
    known = found()
  }

  mutating func note(_ name: String, at commit: ObjectID) { known[name] = commit }

  /// What is gone since the last look. The chain that the run grows is put back by its writer, who
  /// alone knows its end.
  mutating func changes() -> [SharedChange] {
    let now = found()
    var changes: [SharedChange] = []
    for (name, wanted) in known.sorted(by: { $0.key < $1.key }) where now[name] == nil {
      // Told once, until its writer has put it back.
      if name == chain { known[name] = nil }
      let back: Void? =
        name == chain
        ? ()
        : try? repository.setReference(
          name, to: wanted, expecting: .zero, message: "git-uet: put back")
      changes.append(
        SharedChange(
          .reference, name, isProtected: true, isRestored: back != nil,
          old: name == chain ? nil : wanted))
    }
    known.merge(now) { _, new in new }
    return changes
  }

  private func found() -> [String: ObjectID] {
    let all = folders.flatMap { (try? repository.references(under: $0)) ?? [] }
    return Dictionary(all.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
  }
}
