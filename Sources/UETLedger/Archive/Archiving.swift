import UETGit
import UETModel

/// Puts runs away: first everything of them is in the archive, durably, then their references go.
///
/// A crash between the two leaves both; doing it again does the rest.
package struct Archiving: Sendable {
  private let git: SealedGit
  /// The full name of the archive.
  package let name: String
  private let options: LedgerOptions

  package init(git: SealedGit, name: String? = nil, options: LedgerOptions) {
    self.git = git
    self.name = name ?? "\(options.names.prefix)/archive"
    self.options = options
  }

  /// What is put away of one run.
  package struct Parcel: Hashable, Sendable {
    package let entry: ArchivedRun
    /// Its references below the prefix, with what they hold: those that go.
    package let references: [ReferenceChange]
  }

  /// Gathers what a run has; changes nothing.
  package func parcel(_ run: RunID) throws(LedgerError) -> Parcel {
    let repository = git.repository
    let state = try LedgerReader(repository: repository, names: options.names).state(of: run)
    return try LedgerError.wrap { () throws(GitError) in
      var kept: [String: Set<ObjectID>] = [:]
      var changes: [ReferenceChange] = []
      let prefix = options.names.prefix + "/"
      for kind in ["runs", "salvage", "candidates", "diverged"] {
        for (full, id) in try repository.references(under: "\(prefix)\(kind)/\(run)") {
          kept[String(full.dropFirst(prefix.utf8.count))] = [id]
          changes.append(ReferenceChange(name: full, new: nil, old: id))
        }
      }
      let branches = "\(LedgerNames.branches)\(run)/"
      for (full, id) in try repository.references(under: branches) {
        kept[ArchivedRun.branch(String(full.dropFirst(branches.utf8.count)))] = [id]
      }
      return Parcel(entry: ArchivedRun(state, references: kept), references: changes)
    }
  }

  /// Puts runs away. Gives those that someone changed meanwhile: they are in the archive as they
  /// were, and keep their references.
  @discardableResult
  package func archive(
    _ runs: [RunID], at time: Timestamp = Timestamp(seconds: 0)
  ) async throws(LedgerError) -> [RunID] {
    var parcels: [Parcel] = []
    for run in runs { parcels.append(try parcel(run)) }
    try store(parcels, at: time)
    return try await drop(parcels)
  }

  /// The first step: everything is in the archive, durably.
  package func store(_ parcels: [Parcel], at time: Timestamp) throws(LedgerError) {
    if parcels.isEmpty { return }
    try ArchiveReference(repository: git.repository, name: name, options: options)
      .add(parcels.map(\.entry), at: time)
  }

  /// The second step: the references go, each run's all at once, and only where nothing has
  /// changed.
  package func drop(_ parcels: [Parcel]) async throws(LedgerError) -> [RunID] {
    if parcels.isEmpty { return [] }
    // One that is under way may have seen the archive as it was before.
    try await GitCollection.end(in: git.repository, options: options)
    return try await remove(parcels)
  }

  private func remove(_ parcels: [Parcel]) async throws(LedgerError) -> [RunID] {
    do throws(GitError) {
      try await git.updateReferences(parcels.flatMap(\.references), message: "uet: archived")
      return []
    } catch {
      guard parcels.count > 1 else { return try changed(parcels, error) }
    }
    var changed: [RunID] = []
    for parcel in parcels { changed += try await remove([parcel]) }
    return changed
  }

  private func changed(_ parcels: [Parcel], _ error: GitError) throws(LedgerError) -> [RunID] {
    switch error {
    case .referenceMoved, .referenceLocked: return parcels.map(\.entry.run)
    default: throw .git(error)
    }
  }
}
