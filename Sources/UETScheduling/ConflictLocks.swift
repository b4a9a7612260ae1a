/// Which items may start now: every conflict group as a readers-writer lock that is taken whole.
///
/// An item that could start but for a lock is parked at that lock. When the lock comes free, only
/// the first of those parked there is let out to be tried (the scout); the next follows when the
/// scout has started or is parked elsewhere. So freeing a lock that 10,000 items wait for costs no
/// more than one for which one does.
///
/// An item that runs alone is not overtaken for ever: it waits in the open until nothing runs, and
/// meanwhile none that comes after it starts.
///
/// Invariant: an admitted item is open, or parked at a lock that it cannot have, or parked behind a
/// scout that comes before it. Hence `next()` finds the first item of all that may start.
struct ConflictLocks: Sendable {
  enum Mode: Sendable { case shared, exclusive }

  struct Claim: Sendable {
    let lock: Int
    let mode: Mode
    /// Place among the lock's members of that mode.
    let seat: Int
  }

  private struct Line: Sendable {
    var members: [Int] = []
    var waiting = SmallestFirstSet(capacity: 0)
    /// Seat of the one let out to be tried.
    var scout: Int?
  }

  private struct Lock: Sendable {
    var shared = Line()
    var exclusive = Line()
    var holders: [Int] = []
    var isHeldExclusively = false

    func isFree(for mode: Mode) -> Bool {
      mode == .shared ? !isHeldExclusively : holders.isEmpty
    }
  }

  private enum Place: Sendable {
    case out
    /// Among those to be tried; `scoutFor` is the claim it was let out for.
    case open(scoutFor: Claim?)
    /// As if open, but passed by until `unshelve`.
    case shelved
    case parked(Claim)
  }

  private var locks: [Lock] = []
  private var claims: [[Claim]]
  private var places: [Place]
  private var open: SmallestFirstSet
  private var shelf: [Int] = []
  private let isExclusive: [Bool]
  private var running: SmallestFirstSet
  /// The one that runs alone.
  private var soloist: Int?

  init(_ plan: DispatchPlan) {
    claims = Array(repeating: [], count: plan.items.count)
    places = Array(repeating: .out, count: plan.items.count)
    open = SmallestFirstSet(capacity: plan.items.count)
    running = open
    isExclusive = plan.items.map(\.isExclusive)
    for group in plan.conflicts {
      let owners = Set(group.owners)
      add(exclusive: owners.sorted(), shared: Set(group.guests).subtracting(owners).sorted())
    }
  }

  private mutating func add(exclusive: [Int], shared: [Int]) {
    var lock = Lock()
    lock.exclusive.members = exclusive
    lock.exclusive.waiting = SmallestFirstSet(capacity: exclusive.count)
    lock.shared.members = shared
    lock.shared.waiting = SmallestFirstSet(capacity: shared.count)
    for (seat, item) in exclusive.enumerated() {
      claims[item].append(Claim(lock: locks.count, mode: .exclusive, seat: seat))
    }
    for (seat, item) in shared.enumerated() {
      claims[item].append(Claim(lock: locks.count, mode: .shared, seat: seat))
    }
    locks.append(lock)
  }

  /// The item wants to start as soon as it may.
  mutating func admit(_ item: Int) {
    guard case .out = places[item] else { return }
    places[item] = .open(scoutFor: nil)
    open.insert(item)
  }

  /// The item wants to start no more.
  mutating func withdraw(_ item: Int) {
    let place = places[item]
    places[item] = .out
    switch place {
    case .out, .shelved: break
    case .open(let claim):
      open.remove(item)
      if let claim { dismissScout(claim) }
    case .parked(let claim): withLine(claim) { $0.waiting.remove(claim.seat) }
    }
  }

  /// The first admitted item that may start; it stays admitted.
  mutating func next() -> Int? {
    while soloist == nil, let item = open.first {
      if isExclusive[item] { return running.isEmpty ? item : nil }
      guard let claim = blockingClaim(item) else { return item }
      park(item, at: claim)
    }
    return nil
  }

  /// Passes by an item that `next` gave, although it may start; those behind it at its locks may
  /// pass it.
  mutating func shelve(_ item: Int) {
    guard case .open(let claim) = places[item] else { return }
    places[item] = .shelved
    open.remove(item)
    shelf.append(item)
    if let claim { dismissScout(claim) }
  }

  /// Has all looked at again that were passed by.
  mutating func unshelve() {
    for item in shelf {
      guard case .shelved = places[item] else { continue }
      places[item] = .open(scoutFor: nil)
      open.insert(item)
    }
    shelf.removeAll(keepingCapacity: true)
  }

  /// Whether it is one that runs alone.
  func runsAlone(_ item: Int) -> Bool { isExclusive[item] }

  /// The first of those to be tried that runs alone.
  var nextAlone: Int? { open.first { isExclusive[$0] } }

  /// One that runs alone and lets nothing after it start until nothing runs.
  var waitingAlone: Int? {
    guard soloist == nil, !running.isEmpty, let item = open.first, isExclusive[item] else {
      return nil
    }
    return item
  }

  /// The item starts: it takes all its locks, which must be free for it.
  mutating func acquire(_ item: Int) {
    precondition(
      soloist == nil && (running.isEmpty || !isExclusive[item]), "one that runs alone does not")
    running.insert(item)
    if isExclusive[item] { soloist = item }
    for claim in claims[item] {
      precondition(locks[claim.lock].isFree(for: claim.mode), "conflicting workstreams at once")
      locks[claim.lock].holders.append(item)
      if claim.mode == .exclusive { locks[claim.lock].isHeldExclusively = true }
    }
    withdraw(item)
  }

  /// The item ended: it gives its locks back.
  mutating func release(_ item: Int) {
    running.remove(item)
    if soloist == item { soloist = nil }
    for claim in claims[item] {
      locks[claim.lock].holders.removeAll { $0 == item }
      if claim.mode == .exclusive { locks[claim.lock].isHeldExclusively = false }
    }
    for claim in claims[item] {
      sendScout(claim.lock, .exclusive)
      sendScout(claim.lock, .shared)
    }
  }

  /// Why an item may not start now.
  enum Obstacle: Hashable, Sendable {
    /// A lock (its place among the plan's groups) and an item that holds it.
    case lock(Int, holder: Int)
    /// One of the two runs alone.
    case alone(holder: Int)
    /// The other comes first and waits until nothing runs.
    case behind(Int)
  }

  func obstacle(to item: Int) -> Obstacle? {
    if let soloist, soloist != item { return .alone(holder: soloist) }
    if isExclusive[item], let holder = running.first { return .alone(holder: holder) }
    if let claim = blockingClaim(item), let holder = locks[claim.lock].holders.first {
      return .lock(claim.lock, holder: holder)
    }
    return nextAlone.flatMap { $0 < item && !running.isEmpty ? .behind($0) : nil }
  }

  private func blockingClaim(_ item: Int) -> Claim? {
    claims[item].first { !locks[$0.lock].isFree(for: $0.mode) }
  }

  private mutating func park(_ item: Int, at claim: Claim) {
    guard case .open(let scoutFor) = places[item] else { return }
    places[item] = .parked(claim)
    open.remove(item)
    withLine(claim) { $0.waiting.insert(claim.seat) }
    if let scoutFor { dismissScout(scoutFor) }
  }

  private mutating func dismissScout(_ claim: Claim) {
    withLine(claim) { $0.scout = nil }
    sendScout(claim.lock, claim.mode)
  }

  private mutating func sendScout(_ lock: Int, _ mode: Mode) {
    guard locks[lock].isFree(for: mode) else { return }
    let line = mode == .shared ? locks[lock].shared : locks[lock].exclusive
    guard let seat = line.waiting.first, seat < line.scout ?? .max else { return }
    // One that comes before the scout may have been parked while the lock was taken again.
    if let late = line.scout {
      open.remove(line.members[late])
      places[line.members[late]] = .parked(Claim(lock: lock, mode: mode, seat: late))
    }
    let claim = Claim(lock: lock, mode: mode, seat: seat)
    withLine(claim) { changed in
      if let late = line.scout { changed.waiting.insert(late) }
      changed.waiting.remove(seat)
      changed.scout = seat
    }
    places[line.members[seat]] = .open(scoutFor: claim)
    open.insert(line.members[seat])
  }

  private mutating func withLine(_ claim: Claim, _ body: (inout Line) -> Void) {
    switch claim.mode {
    case .shared: body(&locks[claim.lock].shared)
    case .exclusive: body(&locks[claim.lock].exclusive)
    }
  }
}
