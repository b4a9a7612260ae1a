import UETModel

/// Moments at which items become due, earliest first: a binary heap.
///
/// Entries are not removed when an item no longer waits; the owner drops those on the way out.
struct TimerQueue: Sendable {
  struct Entry: Hashable, Sendable {
    let at: Timestamp
    let item: Int

    fileprivate func precedes(_ other: Entry) -> Bool { (at, item) < (other.at, other.item) }
  }

  private var heap: [Entry] = []

  var first: Entry? { heap.first }

  mutating func insert(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].precedes(heap[least]) { least = child }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
