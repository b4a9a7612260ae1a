import UETGit
import UETModel

/// Decides when a checkpoint is due, and writes its tree with unchanged files shared.
struct Checkpointer: Sendable {
  /// Events between two checkpoints, at most.
  static let events = 1000
  /// Seconds between two checkpoints, at most, while events arrive.
  static let seconds = 30.0

  private var lastSequence: Int
  private var lastTime: Timestamp?

  /// `sequence` and `time` are those of the chain's last checkpoint, or of its start.
  init(sequence: Int, time: Timestamp?) {
    lastSequence = sequence
    lastTime = time
  }

  /// Whether the state is far enough from the last checkpoint; if so, it counts as the last one.
  mutating func isDue(_ state: RunState) -> Bool {
    guard state.sequence > lastSequence, let now = state.updatedAt else { return false }
    let elapsed = lastTime.map { now.seconds(since: $0) } ?? 0
    if lastTime == nil { lastTime = now }
    guard state.sequence - lastSequence >= Self.events || elapsed >= Self.seconds else {
      return false
    }
    (lastSequence, lastTime) = (state.sequence, now)
    return true
  }
}

/// Writes checkpoint trees; remembers the file of each record, so that an unchanged one costs
/// nothing.
struct CheckpointTree: Sendable {
  /// The records of the last one, which take no memory of their own where they have not changed
  /// since.
  private var written = BlockList<WorkstreamRecord>()
  private var files: [TreeEntry] = []

  /// `checkpoint/` with `run.json` and `workstreams/ID.json`.
  mutating func write(
    _ state: RunState, to log: inout ObjectLog
  ) throws(GitError) -> ObjectID {
    let records = state.workstreams
    if files.count > records.count { forget() }
    for place in records.indices
    where place >= files.count || !records.isSame(as: written, at: place) {
      let record = records[place]
      let blob = try log.writeBlob(LedgerFile.bytes(record.json))
      let file = TreeEntry(name: "\(record.id).json", mode: .file, id: blob)
      if place < files.count { files[place] = file } else { files.append(file) }
    }
    written = records
    let summary = try log.writeBlob(LedgerFile.bytes(state.summaryJSON))
    let folder = try log.writeTree(known: files)
    return try log.writeTree(known: [
      TreeEntry(name: LedgerFile.run, mode: .file, id: summary),
      TreeEntry(name: LedgerFile.workstreams, mode: .tree, id: folder),
    ])
  }

  /// Drops what it remembers: after a failure nothing is known to be in the repository.
  mutating func forget() { (written, files) = (BlockList<WorkstreamRecord>(), []) }
}
