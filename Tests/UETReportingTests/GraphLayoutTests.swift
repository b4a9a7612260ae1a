import Testing
import UETTestSupport

@testable import UETReporting

@Suite struct GraphLayoutTests {
  @Test func impliedEdgesAreLeftOut() {
    let layout = GraphLayout(order: [0, 1, 2, 3], before: [[], [0], [0, 1], [0, 2]])
    #expect(layout.ways == [[0, 1], [1, 2], [2, 3]])
    #expect(layout.layers == [[0], [1], [2], [3]])
  }

  @Test func longEdgesPassBesideBoxes() {
    // 0 → 1 → 2 → 3, and 4 → 3 beside it.
    let layout = GraphLayout(order: [4, 0, 1, 2, 3], before: [[], [0], [1], [2, 4], []])
    let way = layout.ways.first { $0.first == 4 } ?? []
    #expect(way.count == 4 && way.allSatisfy { $0 >= 4 || $0 == 3 }, "\(way)")
    for point in way.dropFirst().dropLast() {
      let box = layout.layers[layout.layer[point]].first { $0 < 5 } ?? 0
      #expect(abs(layout.middle[point] - layout.middle[box]) > Double(GraphLayout.boxHeight) / 2)
    }
  }

  @Test func edgesOfACycleGoAgainstTheOrder() {
    let layout = GraphLayout(order: [0, 1], before: [[1], [0]])
    #expect(layout.against == [SIMD2(1, 0)] && layout.ways == [[0, 1]])
    #expect(GraphLayout(order: [], before: []).layers.isEmpty)
  }

  /// Whatever the graph: nothing lies on anything else, ways go from layer to layer, and where one
  /// leads there is an order to be read.
  @Test func nothingOverlaps() {
    var random = SeededGenerator(seed: 20_261)
    for _ in 0..<300 {
      let count = Int.random(in: 1...60, using: &random)
      let names = Array(0..<count).shuffled(using: &random)
      var before = [[Int]](repeating: [], count: count)
      for (place, box) in names.enumerated() where place > 0 {
        for _ in 0..<Int.random(in: 0...3, using: &random) {
          let need = names[Int.random(in: 0..<place, using: &random)]
          if !before[box].contains(need) { before[box].append(need) }
        }
      }
      let layout = GraphLayout(order: names, before: before)
      for members in layout.layers {
        for (upper, lower) in zip(members, members.dropFirst()) {
          let halves = [upper, lower].map { $0 < count ? Double(GraphLayout.boxHeight) / 2 : 2 }
          let free = layout.middle[lower] - layout.middle[upper] - halves[0] - halves[1]
          #expect(free > 11.9, "seed 20261")
        }
      }
      for way in layout.ways {
        #expect(zip(way, way.dropFirst()).allSatisfy { layout.layer[$0] + 1 == layout.layer[$1] })
        #expect(before[way[way.count - 1]].contains(way[0]))
        #expect(way.dropFirst().dropLast().allSatisfy { $0 >= count })
      }
      let lowest = layout.middle.max() ?? 0
      #expect(layout.height == Int(lowest + 13) && (layout.middle.min() ?? 13) > 12.9)
      // Each box that others come before is led to.
      #expect(Set(layout.ways.map { $0[$0.count - 1] }).count == before.count { !$0.isEmpty })
    }
  }
}
