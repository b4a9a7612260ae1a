import UETModel

/// Items in, workstreams out.
package enum Drafting {
  /// The workstreams of the open items of `lists`; groups and what is done are left out.
  package static func drafts(
    of lists: [WorkList], in paths: RepositoryPaths, _ options: DraftOptions
  ) -> [DraftList] {
    var names = DraftNames(options)
    return lists.map { list in
      var drafting = ListDrafting(list, paths, options, &names)
      drafting.connect()
      drafting.checkMarks()
      return drafting.result
    }
  }
}

/// One list on its way to workstreams.
private struct ListDrafting {
  var result: DraftList
  private let options: DraftOptions
  private let list: WorkList
  /// Of items: the place of each key, its parts, and its draft.
  private var places: [String: Int] = [:]
  private var parts: [[Int]]
  private var draftOf: [Int?]

  init(
    _ list: WorkList, _ paths: RepositoryPaths, _ options: DraftOptions, _ names: inout DraftNames
  ) {
    (self.list, self.options) = (list, options)
    let scopes = ListScopes(list, paths)
    result = DraftList(list: list, stem: names.stem(of: list))
    result.findings = list.findings + scopes.findings
    parts = list.items.map { _ in [] }
    draftOf = list.items.map { _ in nil }
    for (index, item) in list.items.enumerated() { places[item.key] = index }
    for (index, item) in list.items.enumerated() {
      if let parent = item.parent.flatMap({ places[$0] }) { parts[parent].append(index) }
    }
    for (index, item) in list.items.enumerated() where item.state == .open && !item.isGroup {
      draftOf[index] = result.drafts.count
      result.drafts.append(
        Draft(
          item: item, id: names.id(of: item, in: list), tasks: tasks(item),
          scope: scopes.proposals[index], tool: options.tool))
    }
    noteEmptyGroups()
  }

  private func tasks(_ item: WorkItem) -> [String] {
    var tasks = ([item.title] + item.text).map(\.trimmed).filter { !$0.isEmpty }
    if tasks.isEmpty { tasks = ["Task \(item.key)"] }
    if let parent = item.parent.flatMap({ places[$0] }).map({ list.items[$0] }) {
      tasks.append("Part of \(parent.key): \(parent.title)")
      if parent.isGroup { tasks += parent.text }
    }
    if list.format != .beads, list.format != .github {
      tasks.append("Listed in \(item.place.file) as \(item.id.isEmpty ? item.title : item.id)")
    }
    return tasks
  }

  private mutating func noteEmptyGroups() {
    guard list.format != .taskmaster else { return }
    for (index, item) in list.items.enumerated()
    where item.isGroup && item.state == .open && drafts(below: index).isEmpty {
      result.findings.append(
        Finding(
          "open_with_done_parts", item.place.file, line: item.place.line,
          "\(item.key) is open and none of its parts is; it is left out", item: item.id
        ))
    }
  }

  /// The drafts of the open parts of an item, at every depth.
  private func drafts(below index: Int) -> [Int] {
    var result: [Int] = []
    var seen: Set<Int> = [index]
    var rest = parts[index]
    while let next = rest.popLast() {
      guard seen.insert(next).inserted else { continue }
      if let draft = draftOf[next] { result.append(draft) }
      rest += parts[next]
    }
    return result.sorted()
  }

  // MARK: Dependencies

  mutating func connect() {
    var edges: [[Int]] = result.drafts.map { _ in [] }
    var before: [Int: [Int]] = [:]
    if options.ordersPhases {
      for section in list.sections { before[section] = drafts(before: section) }
    }
    for (index, item) in list.items.enumerated() {
      guard let draft = draftOf[index] else { continue }
      var wanted: Set<Int> = []
      for owner in [index] + groupsAbove(index) {
        for edge in list.items[owner].edges { wanted.formUnion(drafts(meantBy: edge)) }
      }
      if let section = item.section?.index { wanted.formUnion(before[section] ?? []) }
      // A part never waits for itself by way of what it is a part of.
      wanted.remove(draft)
      edges[draft] = wanted.sorted()
    }
    for circle in Circles.closing(edges) {
      let (from, to) = (circle.node, edges[circle.node][circle.edge])
      result.findings.append(
        Finding(
          "cycle", result.drafts[from].item.place.file, line: result.drafts[from].item.place.line,
          "\(result.drafts[from].item.key) and \(result.drafts[to].item.key)"
            + " wait for each other by way of what they are parts of; left out that the first waits",
          item: result.drafts[from].item.id))
      edges[from][circle.edge] = -1
    }
    for (draft, targets) in edges.enumerated() {
      result.drafts[draft].dependsOn = targets.filter { $0 >= 0 }.map { result.drafts[$0].id }
    }
  }

  private func groupsAbove(_ index: Int) -> [Int] {
    var result: [Int] = []
    var next = list.items[index].parent.flatMap { places[$0] }
    while let parent = next, result.count < 32, !result.contains(parent) {
      if list.items[parent].isGroup { result.append(parent) }
      next = list.items[parent].parent.flatMap { places[$0] }
    }
    return result
  }

  /// What is done needs no waiting; of a group all that is open in it is waited for.
  private func drafts(meantBy edge: WorkItem.Edge) -> [Int] {
    guard let target = edge.target.flatMap({ places[$0] }) else { return [] }
    let item = list.items[target]
    if edge.want.need == .parts { return drafts(below: target) }
    guard item.state == .open else { return [] }
    if item.isGroup { return drafts(below: target) }
    return draftOf[target].map { [$0] } ?? []
  }

  /// The drafts of the sections before one; an empty section hands on to those before it.
  private func drafts(before section: Int) -> [Int] {
    var result: [Int] = []
    var seen: Set<Int> = []
    var rest = list.sectionOrder[section] ?? []
    while let next = rest.popLast() {
      guard seen.insert(next).inserted else { continue }
      let found = self.result.drafts.indices.filter {
        self.result.drafts[$0].item.section?.index == next
      }
      if found.isEmpty { rest += list.sectionOrder[next] ?? [] } else { result += found }
    }
    return result
  }

  // MARK: Marks

  /// What lists say of tasks that go or do not go side by side, compared with the scopes.
  mutating func checkMarks() {
    joinConflicts()
    var users: [String: [Int]] = [:]
    for (index, draft) in result.drafts.enumerated() where draft.scope.ground != .unknown {
      for pattern in draft.scope.writes { users[pattern, default: []].append(index) }
    }
    var told: Set<[Int]> = []
    for (pattern, indexes) in users.sorted(by: { $0.key < $1.key }) where indexes.count > 1 {
      for index in indexes where result.drafts[index].item.isMarkedParallel {
        guard let other = indexes.first(where: { $0 != index && isBeside(index, $0) }),
          told.insert([min(index, other), max(index, other)]).inserted
        else { continue }
        noteMark(index, other, pattern)
      }
    }
  }

  /// Whether two drafts could run at the same time for all that their list says.
  private func isBeside(_ one: Int, _ other: Int) -> Bool {
    let (left, right) = (result.drafts[one], result.drafts[other])
    return !left.dependsOn.contains(right.id) && !right.dependsOn.contains(left.id)
  }

  private mutating func noteMark(_ index: Int, _ other: Int, _ pattern: String) {
    let (item, second) = (result.drafts[index].item, result.drafts[other].item)
    let mark = list.format == .speckit ? "[P]" : "parallel"
    let both = second.isMarkedParallel ? "both are" : "the first is"
    result.findings.append(
      Finding(
        "parallel_mark", item.place.file, line: item.place.line,
        "\(item.key) and \(second.key) share \(pattern.quoted(limit: 60)), "
          + "though \(both) marked \(mark)", item: item.id))
  }

  /// `conflicts_with` counts in both directions; all that are joined by it form a group.
  private mutating func joinConflicts() {
    var group = Array(result.drafts.indices)
    func root(_ index: Int) -> Int {
      var index = index
      while group[index] != index { index = group[index] }
      return index
    }
    var byID: [String: [Int]] = [:]
    for (index, item) in list.items.enumerated() {
      byID[list.sameness.canonical(item.id), default: []].append(index)
    }
    var joined: Set<Int> = []
    for (index, item) in list.items.enumerated() where !item.conflicts.isEmpty {
      for text in item.conflicts {
        let found = byID[list.sameness.canonical(text)] ?? list.aliases[text].map { [$0] } ?? []
        guard let other = found.first else {
          noteConflict(
            "missing", item, "conflicts with \(text.quoted(limit: 40)), which is not in the list")
          continue
        }
        let back = list.items[other].conflicts.contains {
          list.sameness.canonical($0) == list.sameness.canonical(item.id)
        }
        if !back {
          noteConflict(
            "one_sided", item,
            "conflicts with \(list.items[other].key), which does not say so; taken both ways",
            weight: .note)
        }
        guard let left = draftOf[index], let right = draftOf[other], left != right else { continue }
        group[max(root(left), root(right))] = min(root(left), root(right))
        joined.formUnion([left, right])
      }
    }
    for index in joined {
      result.drafts[index].conflictGroup = "\(result.stem): \(result.drafts[root(index)].item.key)"
    }
  }

  private mutating func noteConflict(
    _ code: String, _ item: WorkItem, _ message: String, weight: Finding.Weight = .warning
  ) {
    result.findings.append(
      Finding(
        code, item.place.file, line: item.place.line, "\(item.key) \(message)",
        item: item.id, weight: weight))
  }
}
