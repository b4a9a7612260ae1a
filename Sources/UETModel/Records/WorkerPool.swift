/// The workers of a run in the order of their names' first use. Thousands may wait for other
/// machines: those of a name or in a state are found without a look at the others.
package struct WorkerPool: Sendable {
  private var workers = BlockList<WorkerRecord>()
  private var places: [String: Int] = [:]
  private var members: [WorkerRecord.State: PlaceSet] = [:]

  package init(_ workers: some Sequence<WorkerRecord> = []) {
    for worker in workers { append(worker) }
  }

  /// The caller knows that none of the name is there.
  mutating func append(_ worker: WorkerRecord) {
    places[worker.name] = workers.count
    members[worker.state, default: PlaceSet()].insert(workers.count)
    workers.append(worker)
  }

  package subscript(name: String?) -> WorkerRecord? { place(of: name).map { workers[$0] } }

  func place(of name: String?) -> Int? { name.flatMap { places[$0] } }

  /// The one place where a record changes.
  mutating func update(_ place: Int, _ change: (inout WorkerRecord) -> Void) {
    let old = workers[place].state
    change(&workers[place])
    let new = workers[place].state
    if old == new { return }
    members[old]?.remove(place)
    members[new, default: PlaceSet()].insert(place)
  }

  package func count(in state: WorkerRecord.State) -> Int { members[state]?.count ?? 0 }

  package func workers(in state: WorkerRecord.State) -> some Sequence<WorkerRecord> {
    (members[state] ?? PlaceSet()).lazy.map { workers[$0] }
  }

  package func first(in state: WorkerRecord.State) -> WorkerRecord? {
    members[state]?.first { _ in true }.map { workers[$0] }
  }
}

extension WorkerPool: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { workers.count }

  package subscript(position: Int) -> WorkerRecord { workers[position] }
}

extension WorkerPool: Hashable {
  package static func == (one: WorkerPool, other: WorkerPool) -> Bool {
    one.workers == other.workers
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(workers) }
}

/// Places in a list in their order: one bit each.
private struct PlaceSet: Sequence, Sendable {
  private var words: [UInt64] = []
  private(set) var count = 0

  mutating func insert(_ place: Int) {
    let missing = place / 64 + 1 - words.count
    if missing > 0 { words.append(contentsOf: repeatElement(0, count: missing)) }
    words[place / 64] |= 1 << UInt64(place % 64)
    count += 1
  }

  mutating func remove(_ place: Int) {
    words[place / 64] &= ~(1 << UInt64(place % 64))
    count -= 1
  }

  struct Iterator: IteratorProtocol {
    private let words: [UInt64]
    private var position = 0
    private var rest: UInt64

    init(_ words: [UInt64]) { (self.words, rest) = (words, words.first ?? 0) }

    mutating func next() -> Int? {
      while rest == 0 {
        position += 1
        guard position < words.count else { return nil }
        rest = words[position]
      }
      defer { rest &= rest - 1 }
      return position * 64 + rest.trailingZeroBitCount
    }
  }

  func makeIterator() -> Iterator { Iterator(words) }
}
