import UETGit
import UETModel
import UETSystem

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
    let all = folders.flatMap { (try? repository.references(under: $0)) ?? [] }
    known = Dictionary(all.map { ($0.name, $0.id) }, uniquingKeysWith: { first, _ in first })
  }

  mutating func note(_ name: String, at commit: ObjectID) { known[name] = commit }

  /// What is gone since the last look. The chain that the run grows is put back by its writer, who
  /// alone knows its end.
  mutating func changes() -> [SharedChange] {
    learn()
    var changes: [SharedChange] = []
    let gone = known.filter { isGone($0.key) }.sorted { $0.key < $1.key }
    for (name, wanted) in gone {
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
    return changes
  }

  /// Git lists references by reading them all; of a name it is enough to look for its file.
  private func isGone(_ name: String) -> Bool {
    !Files.exists("\(repository.commonDirectory)/\(name)")
      && (try? repository.reference(name)) == .some(nil)
  }

  /// Takes note of what has a file and is not known; chains grow, kept work stays where it is.
  private mutating func learn() {
    var pending = folders
    while let folder = pending.popLast() {
      for name in Files.names(in: "\(repository.commonDirectory)/\(folder)") {
        let path = "\(folder)/\(name)"
        let isSettled = known[path] != nil && !path.hasPrefix(folders[0])
        if isSettled || name.hasSuffix(".lock") { continue }
        if let id = try? repository.reference(path) {
          known[path] = id
        } else if Files.isDirectory("\(repository.commonDirectory)/\(path)") {
          pending.append(path)
        }
      }
    }
  }
}
