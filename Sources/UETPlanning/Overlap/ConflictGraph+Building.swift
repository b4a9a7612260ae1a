import UETModel

extension ConflictGraph {
  /// Gathers equal patterns, finds which overlap, and keeps what two workstreams contend for.
  struct Builder {
    private struct Use {
      let workstream: Int
      let field: Conflict.Field
      let pattern: ScopePattern
    }

    private let workstreams: [Workstream]
    private var places: [ScopePattern.Form: Int] = [:]
    private var patterns: [ScopePattern] = []
    private var writers: [[Int]] = []
    private var readers: [[Use]] = []
    private var pairs: [ScopeIndex.Pair] = []
    private var coarse: [[Int]] = []

    init(_ workstreams: [Workstream]) {
      self.workstreams = workstreams
      places.reserveCapacity(workstreams.count * 2)
      for (index, workstream) in workstreams.enumerated() {
        for pattern in workstream.scope.writes { addWriter(index, pattern) }
        for pattern in workstream.scope.creates { addWriter(index, pattern) }
        for pattern in workstream.scope.reads {
          readers[place(pattern)].append(Use(workstream: index, field: .reads, pattern: pattern))
        }
      }
    }

    private mutating func place(_ pattern: ScopePattern) -> Int {
      if let place = places[pattern.form] { return place }
      places[pattern.form] = patterns.count
      patterns.append(pattern)
      writers.append([])
      readers.append([])
      return patterns.count - 1
    }

    private mutating func addWriter(_ index: Int, _ pattern: ScopePattern) {
      let place = place(pattern)
      if writers[place].last != index { writers[place].append(index) }
    }

    mutating func findOverlaps(steps: Int) {
      let index = ScopeIndex(patterns, steps: steps) { [writers] left, right in
        !writers[left].isEmpty || !writers[right].isEmpty
      }
      (pairs, coarse) = (index.pairs, index.coarse)
    }

    func fill(_ graph: inout ConflictGraph) {
      var lockOf = [Int](repeating: -1, count: patterns.count)
      func lock(_ pattern: Int) -> Int {
        if lockOf[pattern] < 0 {
          lockOf[pattern] = graph.locks.count
          graph.locks.append(Lock(kind: .pattern(patterns[pattern]), members: writers[pattern]))
        }
        return lockOf[pattern]
      }
      for pattern in patterns.indices where writers[pattern].count > 1 {
        let own = lock(pattern)
        graph.locks[own].clashes.append(own)
      }
      for pair in pairs where contend(pair) {
        let (left, right) = (lock(pair.left), lock(pair.right))
        graph.locks[left].clashes.append(right)
        graph.locks[right].clashes.append(left)
      }
      for group in coarse {
        addShared(.coarse, Array(Set(group.flatMap { writers[$0] })).sorted(), to: &graph)
      }
      graph.isCoarse = !coarse.isEmpty
      addGroups(to: &graph)
      for index in graph.locks.indices {
        graph.locks[index].clashes.sort()
        for member in graph.locks[index].members { graph.needs[member].append(index) }
      }
      let degrees = graph.locks.map(\.clashes.count)
      for index in graph.locks.indices {
        graph.locks[index].isSingle = graph.locks[index].clashes.contains(index)
        graph.locks[index].above = graph.locks[index].clashes.filter {
          (degrees[$0], $0) > (degrees[index], index)
        }
      }
      addReadWrites(to: &graph)
    }

    /// Whether the two patterns keep two different workstreams apart.
    private func contend(_ pair: ScopeIndex.Pair) -> Bool {
      let (left, right) = (writers[pair.left], writers[pair.right])
      guard !left.isEmpty, !right.isEmpty else { return false }
      return left.count > 1 || right.count > 1 || left != right
    }

    private func addShared(
      _ kind: Lock.Kind, _ members: [Int], to graph: inout ConflictGraph
    ) {
      guard members.count > 1 else { return }
      let place = graph.locks.count
      graph.locks.append(Lock(kind: kind, members: members, clashes: [place]))
    }

    private func addGroups(to graph: inout ConflictGraph) {
      var groups: [String: [Int]] = [:]
      for (index, workstream) in workstreams.enumerated() {
        if let group = workstream.conflictGroup { groups[group, default: []].append(index) }
      }
      for (name, members) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
        addShared(.group(name), members, to: &graph)
      }
    }

    private func addReadWrites(to graph: inout ConflictGraph) {
      var seen: Set<SIMD2<Int>> = []
      func add(reading: Int, writing: Int) {
        for use in readers[reading] {
          for writer in writers[writing] where writer != use.workstream {
            guard graph.readWrites.count < ConflictGraph.maximumReadWrites else {
              graph.readWritesOmitted = true
              return
            }
            guard seen.insert(SIMD2(use.workstream, writer)).inserted else { continue }
            graph.readWrites.append(
              ReadWrite(
                reader: use.workstream, writer: writer,
                overlap: overlap(use, writer: writer, patterns[writing])))
          }
        }
      }
      for pattern in patterns.indices { add(reading: pattern, writing: pattern) }
      for pair in pairs {
        add(reading: pair.left, writing: pair.right)
        add(reading: pair.right, writing: pair.left)
      }
      graph.readWrites.sort { ($0.reader, $0.writer) < ($1.reader, $1.writer) }
    }

    private func overlap(
      _ use: Use, writer: Int, _ pattern: ScopePattern
    ) -> Conflict.Overlap {
      let scope = workstreams[writer].scope
      let written = scope.writes.first { $0.form == pattern.form }
      let created = scope.creates.first { $0.form == pattern.form }
      return Conflict.Overlap(
        left: use.pattern, leftField: .reads, right: written ?? created ?? pattern,
        rightField: written == nil ? .filesCreate : .filesScope)
    }
  }
}
