import UETModel
import UETPlanning

/// Confirms proposed scopes: writes `false` where a bundle says `proposed: true`, and nothing else.
struct Confirmation {
  /// Workstreams that are confirmed now.
  private(set) var confirmed: [WorkstreamID] = []
  /// Files that change, with their new bytes.
  private(set) var files: [BundleFile] = []

  /// - Parameter wanted: The workstreams to confirm; empty for all.
  init(_ bundles: [BundleFile], _ wanted: Set<WorkstreamID>) {
    for file in bundles {
      let source = SourceText(path: file.path, bytes: file.bytes)
      guard let root = Document(source).root else { continue }
      // An anchor gives one word to several workstreams.
      var places: Set<Int> = []
      for node in Self.workstreams(root) {
        guard let id = node["id"]?.json.string.flatMap({ WorkstreamID($0) }),
          wanted.isEmpty || wanted.contains(id), let proposed = node["proposed"],
          case .bool(true) = proposed.value
        else { continue }
        places.insert(proposed.offset)
        confirmed.append(id)
      }
      guard !places.isEmpty else { continue }
      files.append(
        BundleFile(path: file.path, bytes: Self.edited(file.bytes, places, source)))
    }
    confirmed.sort()
  }

  private static func workstreams(_ root: Node) -> [Node] {
    switch root.value {
    case .array(let items): return items
    case .object:
      guard case .array(let items)? = root["workstreams"]?.value else { return [root] }
      return items
    default: return []
    }
  }

  /// Offsets do not count a byte order mark.
  private static func edited(
    _ bytes: [UInt8], _ places: Set<Int>, _ source: SourceText
  ) -> [UInt8] {
    let skipped = source.hasByteOrderMark ? 3 : 0
    var result = bytes
    for place in places.sorted(by: >) {
      let range = (place + skipped)..<(place + skipped + "true".utf8.count)
      result.replaceSubrange(range, with: "false".utf8)
    }
    return result
  }
}
