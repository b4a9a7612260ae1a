import UETGit
import UETModel
import UETSystem

/// What stands ready in a bench, and is good in other places as well.
struct BenchSeed: Sendable {
  var seed: Seed
  /// When what it holds was begun, in seconds since 1970.
  let since: Int64
  let commit: ObjectID
}

/// What was planted in a place.
struct Planted: Sendable {
  /// The tree on which it was built.
  let tree: ObjectID
  let since: Int64
  let former: FormerTimes
}

/// What came of bringing to a place what was built in another.
enum Planting: Sendable {
  case planted(Planted)
  case refused(String)
  /// Nothing stands ready.
  case none

  var planted: Planted? { if case .planted(let planted) = self { planted } else { nil } }
  var reason: String? { if case .refused(let reason) = self { reason } else { nil } }
}

extension Bench {
  /// What was built here, for a place that is seen at the same path, or at another one where
  /// nothing of it names this; nil for nothing of use for `commit`.
  func offer(for commit: ObjectID) async throws -> BenchSeed? {
    guard let worktree = try usable(), let mark = BenchMark(of: worktree) else { return nil }
    let output = output
    guard distrust(mark, output, context.project.clock.now().wholeSeconds, commit) == nil,
      hasRoom(output.bytes)
    else { return nil }
    for folder in kind.keep {
      guard
        let tie = await context.caches.tie(of: folder, in: hold.path, content: mark.output)
      else { continue }
      context.notes.once(
        "what \(kind.gate.name) built is not used elsewhere: \(tie.place.quoted(limit: 100)) "
          + "names, or leads to, where it was built"
          + (context.onePath == nil ? " (see: run.same_path)" : ""))
      return nil
    }
    let seed = Seed(worktree, of: mark.tree, folders: kind.keep, output, former: mark.former)
    return BenchSeed(seed: seed, since: mark.since, commit: mark.commit)
  }

  /// Throws away what names the user's own checkout: it was made from that, or would write there.
  func dropForeign() async {
    guard let user = context.repository.mainWorkTree else { return }
    for folder in kind.keep where !BuildDescription.isInstalled(folder) {
      let check = CacheCheck(
        root: hold.path, cache: folder, isLinked: false, places: [user])
      guard let tie = await check.tie() else { continue }
      context.notes.once(
        "\(kind.gate.name) builds anew each time: " + tie.reason(folder))
      return KeptOutput.remove(kind.keep, in: hold.path)
    }
  }

  /// Whether the disk has room for another one of it, and some.
  private func hasRoom(_ bytes: Int64) -> Bool {
    MachineRoom.freeDisk(at: hold.path).map { bytes < Int64($0) / 2 } ?? true
  }

  /// Brings to this place, a clean checkout of `commit`, what another of its kind has built.
  func plant(in worktree: WorktreeHandle, at commit: ObjectID) async throws -> Planting {
    guard kind.gate.isWarm,
      let other = try Bench.next(context, kind, besides: [hold.number], ofItsOwn: true)
    else { return .none }
    defer { withExtendedLifetime(other.hold) {} }
    guard var offer = try await other.offer(for: commit) else { return .none }
    offer.seed.reading = kind.gate.inputs
    let planting = try context.plant(offer, in: worktree, at: commit)
    if planting.planted != nil { BenchReads(worktree).take(offer.seed) }
    return planting
  }

  /// Makes this place, which is of another kind or none, what `other` is.
  func become(_ other: Bench, _ offer: BenchSeed) async throws {
    let worktree = try await emptied(usable(), offer.commit)
    guard let planted = try context.plant(offer, in: worktree, at: offer.commit).planted else {
      return
    }
    BenchReads(worktree).take(offer.seed)
    var mark = BenchMark(
      state: .ready, key: kind.key, commit: offer.commit, tree: offer.seed.tree,
      since: planted.since, owner: BenchMark.us, path: seenPath, former: planted.former)
    mark.output = output.identity
    try mark.write(to: worktree)
  }
}

extension Ground {
  func plant(
    _ offer: BenchSeed, in worktree: WorktreeHandle, at commit: ObjectID
  ) throws -> Planting {
    switch try git.plant(offer.seed, in: worktree, at: commit, besides: facts.local) {
    case .planted(let former):
      .planted(Planted(tree: offer.seed.tree, since: offer.since, former: former))
    case .refused(let reason): .refused(reason)
    }
  }
}
