/// Finds cycles in a directed graph, iteratively: a chain of any length costs no stack.
struct ShortestCycle {
  private let edges: [[Int]]
  /// Edges that the searches may still look at: bounds dense graphs of many thousands.
  private var budget: Int
  /// Whether a node still takes part in the search.
  private var isAlive: [Bool]

  /// For each knot of nodes that reach one another, in the order of their first nodes: a shortest
  /// cycle through it, starting at its smallest node. Edges from a node to itself do not count.
  static func all(in edges: [[Int]], budget: Int = 10_000_000) -> [[Int]] {
    var search = ShortestCycle(edges, budget: budget)
    guard search.peel() else { return [] }
    let knots = search.knots().sorted { $0[0] < $1[0] }
    return knots.compactMap { search.shortest(in: $0) }
  }

  private init(_ edges: [[Int]], budget: Int) {
    self.edges = edges
    self.budget = budget
    isAlive = Array(repeating: true, count: edges.count)
  }

  /// Takes out the nodes that can be put in order; false when that is all of them (Kahn 1962).
  private mutating func peel() -> Bool {
    var inCount = Array(repeating: 0, count: edges.count)
    for (node, list) in edges.enumerated() {
      for next in list where next != node { inCount[next] += 1 }
    }
    var idle = edges.indices.filter { inCount[$0] == 0 }
    var left = edges.count
    while let node = idle.popLast() {
      isAlive[node] = false
      left -= 1
      for next in edges[node] where next != node {
        inCount[next] -= 1
        if inCount[next] == 0 { idle.append(next) }
      }
    }
    return left > 0
  }

  /// Takes out every node of `nodes` that no cycle among the living ones can pass through.
  private mutating func trim(_ nodes: [Int]) {
    var incoming: [Int: [Int]] = [:]
    var outCount: [Int: Int] = [:]
    var inCount: [Int: Int] = [:]
    for node in nodes where isAlive[node] {
      for next in edges[node] where next != node && isAlive[next] {
        incoming[next, default: []].append(node)
        outCount[node, default: 0] += 1
        inCount[next, default: 0] += 1
      }
    }
    var idle = nodes.filter { isAlive[$0] && (outCount[$0] == nil || inCount[$0] == nil) }
    for node in idle { isAlive[node] = false }
    while let node = idle.popLast() {
      for next in edges[node] where next != node && isAlive[next] {
        inCount[next, default: 1] -= 1
        if inCount[next] == 0 { retire(next, &idle) }
      }
      for before in incoming[node] ?? [] where isAlive[before] {
        outCount[before, default: 1] -= 1
        if outCount[before] == 0 { retire(before, &idle) }
      }
    }
  }

  private mutating func retire(_ node: Int, _ idle: inout [Int]) {
    isAlive[node] = false
    idle.append(node)
  }
}

extension ShortestCycle {
  /// Strongly connected components of two nodes or more, each sorted (Tarjan 1972, with an own
  /// stack).
  private func knots() -> [[Int]] {
    var tarjan = Tarjan(edges, isAlive)
    for node in edges.indices where isAlive[node] { tarjan.visit(node) }
    return tarjan.components
  }

  private struct Tarjan {
    private(set) var components: [[Int]] = []
    private let edges: [[Int]]
    private let isAlive: [Bool]
    private var number: [Int]
    private var low: [Int]
    private var onStack: [Bool]
    private var stack: [Int] = []
    private var count = 0

    init(_ edges: [[Int]], _ isAlive: [Bool]) {
      self.edges = edges
      self.isAlive = isAlive
      number = Array(repeating: -1, count: edges.count)
      low = number
      onStack = Array(repeating: false, count: edges.count)
    }

    mutating func visit(_ start: Int) {
      if number[start] >= 0 { return }
      enter(start)
      var frames = [(node: start, edge: 0)]
      while let frame = frames.last {
        guard frame.edge < edges[frame.node].count else {
          frames.removeLast()
          close(frame.node)
          if let parent = frames.last { low[parent.node] = min(low[parent.node], low[frame.node]) }
          continue
        }
        frames[frames.count - 1].edge += 1
        let next = edges[frame.node][frame.edge]
        guard isAlive[next] else { continue }
        if number[next] < 0 {
          enter(next)
          frames.append((next, 0))
        } else if onStack[next] {
          low[frame.node] = min(low[frame.node], number[next])
        }
      }
    }

    private mutating func enter(_ node: Int) {
      number[node] = count
      low[node] = count
      count += 1
      stack.append(node)
      onStack[node] = true
    }

    private mutating func close(_ node: Int) {
      guard low[node] == number[node], let start = stack.lastIndex(of: node) else { return }
      let component = stack[start...].sorted()
      stack.removeSubrange(start...)
      for member in component { onStack[member] = false }
      if component.count > 1 { components.append(component) }
    }
  }
}

extension ShortestCycle {
  /// A shortest cycle in a knot: the best of the shortest through each node, where a node that was
  /// tried is taken out, since no cycle through it is of interest any more.
  private mutating func shortest(in knot: [Int]) -> [Int]? {
    let member = Set(knot)
    var best: [Int]?
    var tried = 0
    for node in knot where isAlive[node] {
      if let best, best.count == 2 || budget <= 0 { return Self.rotated(best) }
      if let cycle = cycle(through: node, member, shorterThan: best?.count) { best = cycle }
      isAlive[node] = false
      tried += 1
      // A long ring falls apart after the first; trimming more often than this would cost more than
      // it saves.
      if tried.nonzeroBitCount == 1 { trim(knot) }
    }
    return best.map(Self.rotated)
  }

  /// Breadth first from `start` back to it.
  private mutating func cycle(
    through start: Int, _ member: Set<Int>, shorterThan limit: Int?
  ) -> [Int]? {
    var parent: [Int: Int] = [:]
    var level = [start]
    var length = 1
    while !level.isEmpty, length < limit ?? .max {
      var next: [Int] = []
      for node in level {
        budget -= edges[node].count
        for target in edges[node] where target != node && isAlive[target] && member.contains(target)
        {
          if target == start { return Self.path(to: node, parent, from: start) }
          guard parent[target] == nil else { continue }
          parent[target] = node
          next.append(target)
        }
      }
      level = next
      length += 1
    }
    return nil
  }

  private static func path(to end: Int, _ parent: [Int: Int], from start: Int) -> [Int] {
    var path = [end]
    while let node = path.last, node != start, let before = parent[node] { path.append(before) }
    return path.reversed()
  }

  /// The cycle, starting at its smallest node.
  private static func rotated(_ cycle: [Int]) -> [Int] {
    guard let least = cycle.min(), let place = cycle.firstIndex(of: least) else { return cycle }
    return Array(cycle[place...] + cycle[..<place])
  }
}
