import UETPlanning

/// Where the workstreams of a dependency graph are drawn: in layers, with few crossings.
struct DependencyLayout {
  /// For each layer its workstreams from top to bottom.
  private(set) var layers: [[Int]] = []
  /// For each workstream its layer and its place in it.
  private(set) var layer: [Int]
  private(set) var place: [Int]
  /// The dependencies that no others imply: enough to read the order from.
  let edges: [(from: Int, to: Int)]

  init(_ graph: DependencyGraph) {
    layer = [Int](repeating: 0, count: graph.count)
    place = layer
    edges = Self.reduced(graph)
    for index in graph.order {
      layer[index] = graph.before[index].map { layer[$0] + 1 }.max() ?? 0
      while layers.count <= layer[index] { layers.append([]) }
      layers[layer[index]].append(index)
    }
    for number in layers.indices { layers[number].sort() }
    number()
    uncross()
  }

  private static func reduced(_ graph: DependencyGraph) -> [(from: Int, to: Int)] {
    var ancestors = [Set<Int>](repeating: [], count: graph.count)
    var edges: [(from: Int, to: Int)] = []
    for index in graph.order {
      for need in graph.before[index] {
        let isImplied = graph.before[index].contains { $0 != need && ancestors[$0].contains(need) }
        if !isImplied { edges.append((need, index)) }
        ancestors[index].insert(need)
        ancestors[index].formUnion(ancestors[need])
      }
    }
    return edges.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
  }

  private mutating func number() {
    for members in layers {
      for (position, index) in members.enumerated() { place[index] = position }
    }
  }

  /// Sorts each layer by the middle of its neighbours, forwards and back (Sugiyama 1981).
  private mutating func uncross() {
    var neighbours = [[Int]](repeating: [], count: layer.count)
    for edge in edges {
      neighbours[edge.from].append(edge.to)
      neighbours[edge.to].append(edge.from)
    }
    for sweep in 0..<8 {
      let numbers = sweep % 2 == 0 ? Array(layers.indices) : layers.indices.reversed()
      for number in numbers {
        var keys: [Int: Int] = [:]
        for index in layers[number] {
          let others = neighbours[index].filter {
            sweep % 2 == 0 ? layer[$0] < number : layer[$0] > number
          }
          let sum = others.reduce(0) { $0 + place[$1] * 1000 }
          keys[index] = others.isEmpty ? place[index] * 1000 : sum / others.count
        }
        layers[number].sort { (keys[$0] ?? 0, place[$0], $0) < (keys[$1] ?? 0, place[$1], $1) }
        for (position, index) in layers[number].enumerated() { place[index] = position }
      }
    }
  }
}
