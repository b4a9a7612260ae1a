import UETGit
import UETModel

extension LedgerReader {
  /// The output that was recorded with an event which names it as its `log`; nil where there is
  /// none.
  package func attachment(
    of run: RunID, event sequence: Int
  ) throws(LedgerError) -> (name: String, bytes: [UInt8])? {
    var next: ObjectID? = try tip(of: run)
    while let id = next {
      let commit = try commit(id)
      next = commit.previous
      guard let range = commit.message.events, range.contains(sequence) else { continue }
      guard let event = try events(of: commit).first(where: { $0.seq == sequence }),
        let name = event.data["log"]?.string
      else { return nil }
      do {
        guard let folder = try repository.entry(at: "logs", in: commit.tree),
          let entry = try repository.tree(folder.id).first(where: { $0.name == name })
        else { return nil }
        return (name, try repository.blob(entry.id))
      } catch {
        throw .broken(commit: commit.id, reason: "the log '\(name)' cannot be read: \(error)")
      }
    }
    return nil
  }
}
