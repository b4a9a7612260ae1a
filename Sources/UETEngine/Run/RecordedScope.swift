import UETGit
import UETLedger
import UETModel
import UETPlanning

/// What a workstream may write, for who only judges what others did.
package enum RecordedScope {
  /// As a run's record says at the commit `tip` of its main chain; nil where it knows no such
  /// workstream.
  package static func scope(
    of id: WorkstreamID, at tip: ObjectID, _ run: RunID, in reader: LedgerReader
  ) throws -> Workstream.Scope? {
    let root = try reader.root(endingAt: tip)
    let state = try reader.state(of: run, at: tip)
    let work = try PlannedWork(root, in: reader.repository)
      .following(state.plan, in: reader.repository)
    return work.items[id]?.workstream.scope
  }

  /// As the bundles of a commit say; nil where they declare no such workstream, or cannot be read.
  package static func scope(
    of id: WorkstreamID, declaredIn commit: ObjectID, _ folder: String, in repository: Repository
  ) throws -> Workstream.Scope? {
    guard let entry = try repository.entry(at: folder, in: commit), entry.mode == .tree else {
      return nil
    }
    let entries = Dictionary(
      try repository.tree(entry.id).filter { $0.mode != .tree }.map { ($0.name, $0.id) },
      uniquingKeysWith: { first, _ in first })
    let files = try BundleFile.names(among: Array(entries.keys)).compactMap { name in
      try entries[name].map {
        BundleFile(path: "\(folder)/\(name)", bytes: try repository.blob($0))
      }
    }
    let loaded = BundleLoader.load(files)
    return loaded.index(of: id).map { loaded.workstreams[$0].scope }
  }
}
