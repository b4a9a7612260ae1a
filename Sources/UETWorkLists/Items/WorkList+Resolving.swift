import UETModel

extension WorkList {
  /// Finds out what the dependencies of all items mean, and leaves out those that close a circle.
  mutating func resolve() {
    var places: [String: [Int]] = [:]
    for (index, item) in items.enumerated() where !item.id.isEmpty {
      places[sameness.canonical(item.id), default: []].append(index)
    }
    for index in items.indices {
      var seen: Set<String> = []
      for want in items[index].wants where seen.insert(want.text).inserted {
        if let standing = standing(of: want, from: index, places) {
          items[index].edges.append(WorkItem.Edge(want: want, standing: standing))
        }
      }
    }
    breakCircles()
  }

  private mutating func standing(
    of want: WorkItem.Want, from index: Int, _ places: [String: [Int]]
  ) -> WorkItem.Edge.Standing? {
    let item = items[index]
    let name = item.id.isEmpty ? item.key : item.id
    let found =
      places[sameness.canonical(want.text)]
      ?? aliases[want.text].map { [$0] } ?? []
    func note(
      _ code: String, _ message: String, _ list: inout WorkList,
      weight: Finding.Weight = .warning
    ) {
      list.note(
        code, line: want.line, message, item: item.id, file: item.place.file, weight: weight)
    }
    var shown: String { want.text.quoted(limit: 60) }
    guard let target = found.first else {
      if knownDone.contains(want.text) || isPartial { return nil }
      note("missing", "\(name) depends on \(shown), which is not in the list", &self)
      return .missing
    }
    if found.count > 1 {
      note(
        "ambiguous",
        "\(name) depends on \(shown), which is there \(found.count) times",
        &self)
      return .ambiguous
    }
    if target == index {
      note("itself", "\(name) depends on itself; left out", &self)
      return nil
    }
    let other = items[target]
    if other.state == .dropped, item.state == .open {
      note(
        "depends_on_dropped",
        "\(name) depends on \(shown), which was dropped; taken as free", &self)
    }
    guard hasReadingOrder, target > index else { return .resolved(other.key) }
    note(
      "forward", "\(name) depends on \(shown), which comes later in the list", &self,
      weight: .note)
    return .forward(other.key)
  }

  /// Takes out each edge that closes a circle.
  private mutating func breakCircles() {
    var places: [String: Int] = [:]
    for (index, item) in items.enumerated() { places[item.key] = index }
    let targets = items.map { item in
      item.edges.map { edge in edge.target.flatMap { places[$0] } ?? -1 }
    }
    for circle in Circles.closing(targets) { leaveOut(circle.edge, of: circle.node, circle.path) }
  }

  private mutating func leaveOut(_ edge: Int, of item: Int, _ circle: [Int]) {
    guard let key = items[item].edges[edge].target, let first = circle.first else { return }
    items[item].edges[edge].standing = .cyclic(key)
    let names = (circle + [first]).map { items[$0].id.isEmpty ? items[$0].key : items[$0].id }
    note(
      "cycle", line: items[item].edges[edge].want.line,
      "a circle of dependencies: "
        + (names.count > 8 ? names.prefix(8) + ["..."] : names).joined(separator: " -> ")
        + "; left out that \(names[names.count - 2]) waits for "
        + "\(names[names.count - 1])",
      item: items[item].id, file: items[item].place.file)
  }
}

extension WorkItem.Edge {
  /// The key of the item that is waited for; nil where it stands for none.
  package var target: String? {
    switch standing {
    case .resolved(let key), .forward(let key): key
    case .missing, .ambiguous, .cyclic: nil
    }
  }
}
