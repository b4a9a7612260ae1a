import UETGit
import UETModel
import UETSystem

/// Packs the loose objects of one run beside its writer, and never in its way: appends go on while
/// it works, and its failures are said and tried again.
///
/// Git writes the pack in a private folder. It is moved in under a mark (`.keep`) that stays until
/// the next pack; only then, and only what its index names, the loose objects go.
actor LedgerPacker {
  private let options: LedgerOptions
  private let reader: LedgerReader
  private let run: RunID
  private let packs: PackWriter
  private let written: WrittenPacks
  private let executor: QueueExecutor
  /// The packs that have this holder's mark.
  private var marked: Set<String> = []
  private var work: Task<Void, Never>?
  private var isWanted = false
  /// A failure that lasts is said once.
  private var isFailing = false

  /// Commits that one pack takes at most: bounds the memory where much is loose.
  private static let limit = 16_384
  /// Seconds for which the last packing waits for another process that packs.
  private static let patience = 5.0

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(_ run: RunID, _ written: WrittenPacks, _ git: SealedGit) {
    packs = PackWriter(written, git)
    self.written = written
    options = written.options
    reader = LedgerReader(repository: written.repository, names: options.names)
    self.run = run
    executor = QueueExecutor(label: "uet.packing.\(run)")
  }

  private var repository: Repository { reader.repository }
  private var folder: PackFolder { packs.folder }

  /// Packs what is loose; where that is being done already, once more when it is done: to make one
  /// pack of many may take longer than it takes to write what the next is made of.
  func pack() async {
    isWanted = true
    guard work == nil else { return }
    // Asked again after each: a call may have come while the last one was about to end.
    while isWanted {
      isWanted = false
      let task = Task { await attempt(isLast: false) }
      work = task
      await task.value
      work = nil
    }
  }

  /// Packs all that is left and takes the marks away: nothing comes after it.
  func finish() async {
    isWanted = false
    await work?.value
    await attempt(isLast: true)
  }

  private func attempt(isLast: Bool) async {
    // A collection packs by itself; what is loose now has time until the next checkpoint.
    let packsLoose = isLast || !GitCollection.isUnderWay(in: repository)
    var waited = 0.0
    while true {
      // One process at a time makes packs in a repository. Nothing breaks where two do: it saves
      // work.
      if let lock = try? FileLock.take(repository.commonDirectory + "/uet/locks/packing.lock") {
        await perform(packsLoose, isLast)
        lock.release()
        return
      }
      guard isLast, waited < Self.patience else { return }
      Pause.milliseconds(50)
      waited += 0.05
    }
  }

  private func perform(_ packsLoose: Bool, _ isLast: Bool) async {
    PackScratch.sweep(repository, options.processes)
    takeOver()
    folder.sweep(options.processes, but: marked.union(written.names))
    do throws(LedgerError) {
      while packsLoose, try await packLoose(), isLast {}
      try await merge()
      if isLast { try removeMarks(but: []) }
      // Packs that are gone would stay open, and mapped, for as long as this process lives.
      repository.renew()
      isFailing = false
    } catch {
      if !isFailing { options.notice(.packingFailed(reason: error.packingReason)) }
      isFailing = true
    }
  }

  /// Looks after what the chain's writer packed itself: until the next pack it keeps its marks.
  private func takeOver() {
    let names = written.take()
    if names.isEmpty { return }
    packs.list.add(names, in: folder)
    marked.formUnion(names)
  }

  /// Makes one pack of what is loose in the run's chains; false where nothing is.
  private func packLoose() async throws(LedgerError) -> Bool {
    let loose = try list()
    if loose.isEmpty { return false }
    let lines = loose.map { "\($0.id.hex) \($0.name)\n" }.joined()
    let made = try await write(lines)
    try removeLoose(loose, packed: made.compactMap { folder.index($0) })
    try removeMarks(but: Set(made))
    return true
  }

  /// What is loose in the run's chains, read by a handle that goes with what it remembers of all
  /// that: of the record nobody reads it again.
  private func list() throws(LedgerError) -> [LooseObject] {
    var loose: [LooseObject] = []
    let passing = try? repository.another()
    let reader = passing.map { LedgerReader(repository: $0, names: options.names) } ?? reader
    for chain in try reader.chains(of: run) {
      var part = LooseChain(reader)
      do throws(LedgerError) {
        loose += try part.list(to: chain.tip, limit: Self.limit)
      } catch {
        // What others put into an inbox may be anything, and is theirs.
        if chain.writer == LedgerNames.mainWriter { throw error }
      }
    }
    return loose
  }

  private func write(_ input: String) async throws(LedgerError) -> [String] {
    let made = try await packs.write(input)
    marked.formUnion(made.new)
    return made.names
  }

  /// Removes the files of what is packed, the innermost first and the oldest commits first.
  private func removeLoose(
    _ loose: [LooseObject], packed: [PackIndex]
  ) throws(LedgerError) {
    let objects = repository.commonDirectory + "/objects"
    for (count, object) in loose.reversed().enumerated()
    where packed.contains(where: { $0.contains(object.id) }) {
      if count == loose.count / 2 { options.reached(.looseHalfRemoved) }
      try LedgerError.onDisk(Files.remove(LooseChain.path(object.id, in: objects)))
    }
    options.reached(.looseRemoved)
  }

  private func removeMarks(but kept: Set<String>) throws(LedgerError) {
    for name in marked.subtracting(kept) {
      try folder.removeMark(name)
      marked.remove(name)
    }
    options.reached(.marksRemoved)
  }

  /// Makes one pack of many small ones of the engine, so that their number stays small however long
  /// a run takes.
  private func merge() async throws(LedgerError) {
    guard let small = packs.list.group(in: folder) else { return }
    let before = small.compactMap { name in folder.index(name).map { (name, $0) } }
    // Not `--stdin-packs`: that walks the history of all commits in them, the user's own included.
    let made = try await write(before.map { $0.1.lines }.joined())
    let indexes = made.compactMap { folder.index($0) }
    for (name, index) in before where !made.contains(name) {
      guard indexes.contains(where: { $0.covers(index) }) else { continue }
      try folder.remove(name, options.reached)
      marked.remove(name)
    }
  }
}
