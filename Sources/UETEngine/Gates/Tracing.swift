import UETGit
import UETModel
import UETSystem

/// One gate under a tracer, to learn what it reads of the tree.
///
/// It takes up to 6 times as long where there are many short processes, so this is done where
/// nothing is known that holds for the tree.
struct Tracing: Sendable {
  let tracer: String
  /// Where the tracer writes; one that is of no other gate.
  let folder: String
  let key: String

  /// Bytes of its log that are looked into, and paths that are kept.
  private static let most = 256 << 20
  private static let mostPaths = 100_000

  func begin() throws(SystemFailure) {
    Folder.remove(folder)
    try Files.makeDirectory(folder)
  }

  func end() { Folder.remove(folder) }

  func gate(_ gate: Gate) -> Gate { gate.traced(by: tracer, into: folder) }

  /// A command that prepares the checkout for the gate.
  func setUp(_ argv: [String], _ number: Int) -> [String] {
    Gate.traced(argv, by: tracer, into: "\(folder)/setup-\(number)")
  }

  /// Puts the log of one try aside, for the next writes to the same file.
  func keepTry() {
    let number = Files.names(in: folder).count
    try? Files.move("\(folder)/\(Gate.trace)", to: "\(folder)/try-\(number)")
  }

  /// nil where it did not run under the tracer up to its end.
  func learning(
    _ result: GateResult, in worktree: WorktreeHandle, of tree: ObjectID, former: TreeReads?,
    left: Set<[UInt8]>, _ context: Ground
  ) throws -> Learning? {
    let project = context.project
    // What was cut short may have read more.
    if case .fault = result.verdict { return nil }
    let path = Files.real(worktree.path) ?? worktree.path
    let checkout = TracedPaths.Checkout(seen: context.onePath ?? path, path: path)
    guard result.endedItself, isWhole(checkout) else { return nil }
    let outcome = try outcome(
      checkout, of: tree, former: former, left: left, project.repository,
      history: [worktree.gitDirectory, project.repository.commonDirectory],
      except: project.stateDirectory)
    return Learning(outcome: outcome, seconds: result.seconds)
  }

  /// Whether the gate ran under the tracer up to its end.
  private func isWhole(_ checkout: TracedPaths.Checkout) -> Bool {
    guard let last = Files.names(in: folder).last(where: { $0.hasPrefix("try-") }),
      case let file = "\(folder)/\(last)", Files.size(file) <= Self.most,
      let bytes = Files.content(of: file)
    else { return false }
    return TracedRun(bytes, in: Array(checkout.seen.utf8)).isWhole
  }
}

extension Tracing {
  /// nil where it is not to be looked at: it is known what it reads, or is not worth it, or there
  /// is no tracer, which is told once.
  init?(_ gate: Gate, _ key: String, tally: String? = nil, log: String, _ context: Ground) {
    guard gate.learns, context.facts.cuts.learned.isWanted(tally ?? key) else { return nil }
    guard let tracer = Spawn.find("strace", context.project.environment) else {
      context.notes.once(
        "what \(gate.name) reads is not learned (gates.\(gate.name).inputs is 'auto'): strace is not installed"
      )
      return nil
    }
    (self.tracer, self.key, folder) = (tracer, key, log + ".traces")
  }
}

extension Tracing {
  /// What must be the same in another tree, as the logs say it; `former` is what was read of what
  /// stood in the checkout already, and `left` what else did. The repository's own files tell of
  /// `history`, `except` those of git-uet.
  func outcome(
    _ checkout: TracedPaths.Checkout, of tree: ObjectID, former: TreeReads?, left: Set<[UInt8]>,
    _ repository: Repository, history: [String], except own: String
  ) throws -> Learning.Outcome {
    let files = Files.names(in: folder)
    guard files.reduce(0, { $0 + Files.size("\(folder)/\($1)") }) <= Self.most else {
      return .unknown("it makes more calls than are looked into")
    }
    let view = try TreeView(tree, in: repository)
    let paths = TracedPaths(checkout, view, repository)
    for file in files {
      guard let bytes = try Files.read("\(folder)/\(file)") else { continue }
      let run = TracedRun(bytes, in: Array(checkout.seen.utf8))
      if looksAtHistory(run, checkout, history, except: own) {
        return .elsewhere("it looks at the history")
      }
      if run.usesNetwork, !file.hasPrefix("setup") {
        return .elsewhere("it asks over the network")
      }
      if let reason = run.unknown { return .unknown(reason) }
      if !run.isWhole, !file.hasPrefix("try-") { return .unknown("its set-up was not seen whole") }
      if run.named.contains(where: { Self.isBelow($0, folder) }) {
        return .unknown("it looked at what is written of it")
      }
      try paths.note(run)
    }
    if let former { try paths.note(former: former) }
    try paths.noteCompanions()
    if let problem = paths.problem { return .unknown(problem) }
    if let path = paths.missing.intersection(left).min(by: { $0.lexicographicallyPrecedes($1) }) {
      return .unknown("it looked at \(TracedRun.shown(path)), which was there and is not committed")
    }
    if paths.reads.count > Self.mostPaths { return .unknown("it reads more than is kept") }
    return .reads(paths.reads)
  }

  private func looksAtHistory(
    _ run: TracedRun, _ checkout: TracedPaths.Checkout, _ places: [String], except own: String
  ) -> Bool {
    if run.read.contains(Array((checkout.seen + "/.git").utf8)) { return true }
    return run.named.contains { path in
      places.contains { Self.isBelow(path, $0) } && !Self.isBelow(path, own)
        && !Self.isBelow(path, checkout.seen)
    }
  }

  private static func isBelow(_ path: [UInt8], _ folder: String) -> Bool {
    path.starts(with: folder.utf8)
      && (path.count == folder.utf8.count || path[folder.utf8.count] == 0x2F)
  }

  /// What stands in a checkout and is not of the tree: of each the first name that is not.
  static func left(
    in path: String, of tree: ObjectID, except copied: Set<String>, _ repository: Repository
  ) throws -> Set<[UInt8]> {
    let view = try TreeView(tree, in: repository)
    var left: Set<[UInt8]> = []
    func look(_ folder: String, _ names: [[UInt8]]) throws {
      let known = try view.names(names) ?? []
      let own = Dictionary(known.map { (String(decoding: $0.0, as: UTF8.self), $0) }) { first, _ in
        first
      }
      for name in Files.names(in: path + folder) where folder != "" || name != ".git" {
        let below = "\(folder)/\(name)"
        guard let (bytes, mode) = own[name] else {
          if !copied.contains(String(below.dropFirst())) {
            left.insert(Array(below.utf8.dropFirst()))
          }
          continue
        }
        if mode == .tree { try look(below, names + [bytes]) }
      }
    }
    try look("", [])
    return left
  }
}
