/// Where the boxes of a graph stand: in layers from left to right, with few crossings, and for each
/// edge a way that passes beside the boxes of the layers between.
struct GraphLayout {
  /// Boxes come first, by their index; then the points through which long edges pass.
  private(set) var layers: [[Int]] = []
  /// For each box and point its layer.
  private(set) var layer: [Int]
  /// For each box and point the height of its middle, in pixels from the top of the picture.
  private(set) var middle: [Double] = []
  /// For each edge what it passes, from one box to the other.
  private(set) var ways: [[Int]] = []
  /// Edges that go against the order, as pairs of boxes; they have no way.
  private(set) var against: [SIMD2<Int>] = []
  private(set) var height = 0

  private let boxes: Int
  private var neighbours: [[Int]]

  static let boxHeight = 26
  private static let gap = 12
  private static let wayHeight = 4

  /// - Parameters:
  ///   - order: All boxes; each after those that come before it, as far as there is such an order.
  ///   - before: For each box those that come before it. What others imply is left out.
  init(order: [Int], before: [[Int]]) {
    boxes = order.count
    layer = [Int](repeating: 0, count: boxes)
    neighbours = [[Int]](repeating: [], count: boxes)
    var rank = layer
    for (position, box) in order.enumerated() { rank[box] = position }
    var along = before
    for box in order {
      against += before[box].filter { rank[$0] >= rank[box] }.map { SIMD2($0, box) }
      along[box].removeAll { rank[$0] >= rank[box] }
      layer[box] = along[box].map { layer[$0] + 1 }.max() ?? 0
      while layers.count <= layer[box] { layers.append([]) }
      layers[layer[box]].append(box)
    }
    for number in layers.indices { layers[number].sort() }
    layWays(Self.reduced(order: order, before: along))
    uncross()
    height = settle()
  }

  private static func reduced(order: [Int], before: [[Int]]) -> [SIMD2<Int>] {
    var ancestors = [Set<Int>](repeating: [], count: order.count)
    var edges: [SIMD2<Int>] = []
    for box in order {
      for need in before[box] {
        let isImplied = before[box].contains { $0 != need && ancestors[$0].contains(need) }
        if !isImplied { edges.append(SIMD2(need, box)) }
        ancestors[box].insert(need)
        ancestors[box].formUnion(ancestors[need])
      }
    }
    return edges.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
  }

  /// Edges that leave one box share their way until they part.
  private mutating func layWays(_ edges: [SIMD2<Int>]) {
    var points: [SIMD2<Int>: Int] = [:]
    var joined: Set<SIMD2<Int>> = []
    for edge in edges {
      var way = [edge.x]
      for number in (layer[edge.x] + 1)..<layer[edge.y] {
        let key = SIMD2(edge.x, number)
        let point = points[key] ?? addPoint(number)
        points[key] = point
        way.append(point)
      }
      way.append(edge.y)
      for (one, next) in zip(way, way.dropFirst())
      where joined.insert(SIMD2(one, next)).inserted {
        neighbours[one].append(next)
        neighbours[next].append(one)
      }
      ways.append(way)
    }
  }

  private mutating func addPoint(_ number: Int) -> Int {
    layer.append(number)
    neighbours.append([])
    layers[number].append(layer.count - 1)
    return layer.count - 1
  }

  /// Sorts each layer by the middle of its neighbours, forwards and back (Sugiyama 1981).
  private mutating func uncross() {
    var place = [Double](repeating: 0, count: layer.count)
    func number(_ members: [Int]) {
      for (position, one) in members.enumerated() { place[one] = Double(position) }
    }
    layers.forEach(number)
    for sweep in 0..<8 {
      let isForward = sweep % 2 == 0
      for number in isForward ? Array(layers.indices) : layers.indices.reversed() {
        let key = Dictionary(
          uniqueKeysWithValues: layers[number].map { one in
            (one, mean(of: one, isForward: isForward, in: place) ?? place[one])
          })
        layers[number].sort { (key[$0] ?? 0, place[$0], $0) < (key[$1] ?? 0, place[$1], $1) }
        for (position, one) in layers[number].enumerated() { place[one] = Double(position) }
      }
    }
  }

  /// The mean of its neighbours in the layer before, or in the one after; nil where it has none.
  private func mean(of one: Int, isForward: Bool, in values: [Double]) -> Double? {
    let side = neighbours[one].filter { isForward == (layer[$0] < layer[one]) }
    return side.isEmpty ? nil : side.reduce(0) { $0 + values[$1] } / Double(side.count)
  }

  private func isPoint(_ one: Int) -> Bool { one >= boxes }

  /// How far apart the middles of two are that stand one below the other.
  private func distance(_ upper: Int, _ lower: Int) -> Double {
    func half(_ one: Int) -> Double {
      Double((isPoint(one) ? Self.wayHeight : Self.boxHeight) + Self.gap) / 2
    }
    return half(upper) + half(lower)
  }

  /// Moves each as near to its neighbours as the order of its layer allows. Returns the height.
  private mutating func settle() -> Int {
    middle = [Double](repeating: 0, count: layer.count)
    for members in layers {
      for (upper, lower) in zip(members, members.dropFirst()) {
        middle[lower] = middle[upper] + distance(upper, lower)
      }
    }
    for sweep in 0..<12 {
      let isForward = sweep % 2 == 0
      for members in isForward ? layers : layers.reversed() {
        let wished = members.map { mean(of: $0, isForward: isForward, in: middle) ?? middle[$0] }
        place(members, at: wished)
      }
    }
    let half = Double(Self.boxHeight) / 2
    let top = middle.min() ?? half
    for one in middle.indices { middle[one] += half - top }
    return Int((middle.max() ?? half) + half)
  }

  /// The nearest heights to those wished for (by squares) that keep order and distance: pools of
  /// adjacent violators.
  private mutating func place(_ members: [Int], at wished: [Double]) {
    var offsets: [Double] = []
    for (position, one) in members.enumerated() {
      offsets.append(
        position == 0 ? 0 : offsets[position - 1] + distance(members[position - 1], one))
    }
    var pools: [(sum: Double, weight: Double, count: Int)] = []
    for (position, one) in members.enumerated() {
      // A long edge that is straight is easier to follow.
      let weight = isPoint(one) ? 4.0 : 1
      pools.append(((wished[position] - offsets[position]) * weight, weight, 1))
      while let last = pools.last, let before = pools.dropLast().last,
        before.sum / before.weight > last.sum / last.weight
      {
        pools.removeLast(2)
        pools.append(
          (before.sum + last.sum, before.weight + last.weight, before.count + last.count))
      }
    }
    var position = 0
    for pool in pools {
      for _ in 0..<pool.count {
        middle[members[position]] = pool.sum / pool.weight + offsets[position]
        position += 1
      }
    }
  }
}
