/// Circles in a graph, one for each edge that closes one on a walk in the nodes' order.
enum Circles {
  struct Circle {
    /// The edge that leads back: its node, and its place in that node's list.
    let node: Int
    let edge: Int
    /// The nodes of the circle; the edge leads from the last to the first.
    let path: [Int]
  }

  /// Depth first, without recursion; `edges` holds for each node those it leads to, others than
  /// nodes (-1) being none. Without the edges found no circle is left.
  static func closing(_ edges: [[Int]]) -> [Circle] {
    // 0: not seen, 1: on the way, 2: done.
    var color = [UInt8](repeating: 0, count: edges.count)
    var result: [Circle] = []
    for start in edges.indices where color[start] == 0 {
      var way: [(node: Int, edge: Int)] = [(start, 0)]
      color[start] = 1
      while let (node, edge) = way.last {
        guard edge < edges[node].count else {
          color[node] = 2
          way.removeLast()
          continue
        }
        way[way.count - 1].edge += 1
        let next = edges[node][edge]
        guard edges.indices.contains(next) else { continue }
        if color[next] == 0 {
          color[next] = 1
          way.append((next, 0))
        } else if color[next] == 1 {
          let path = way.map(\.node).drop { $0 != next }
          result.append(Circle(node: node, edge: edge, path: Array(path)))
        }
      }
    }
    return result
  }
}
