/// A binary heap, the smallest first.
struct MinHeap<Element: Comparable> {
  private var items: [Element] = []

  var isEmpty: Bool { items.isEmpty }
  var count: Int { items.count }
  var first: Element? { items.first }

  mutating func push(_ item: Element) {
    var place = items.count
    items.append(item)
    while place > 0 {
      let parent = (place - 1) / 2
      guard item < items[parent] else { break }
      items[place] = items[parent]
      place = parent
    }
    items[place] = item
  }

  mutating func pop() -> Element? {
    guard let smallest = items.first, let last = items.popLast() else { return nil }
    if items.isEmpty { return smallest }
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < items.count else { break }
      if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
      guard items[child] < last else { break }
      items[place] = items[child]
      place = child
    }
    items[place] = last
    return smallest
  }
}
