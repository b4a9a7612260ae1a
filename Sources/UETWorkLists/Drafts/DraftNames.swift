import UETModel

/// Names of workstreams and files: made of the list's name and the item's own id.
struct DraftNames {
  private let known: [ItemName: WorkstreamID]
  private var taken: Set<WorkstreamID>
  private var stems: Set<String> = []

  /// How much of the name of a list, and of an id, is used.
  private static let listLimit = 60
  private static let keyLimit = 100

  init(_ options: DraftOptions) {
    known = options.known
    taken = options.taken.union(options.known.values)
  }

  /// The name of a list's file; another list of the same name gets one of its own.
  mutating func stem(of list: WorkList) -> String {
    let name = Self.slug(list.name, Self.listLimit)
    let plain = list.format.rawValue + (name.isEmpty ? "" : "-" + name)
    if stems.insert(plain).inserted { return plain }
    let exact = plain + "-" + Digest.of((list.name + "\0" + list.origin).utf8).prefix(8)
    stems.insert(exact)
    return exact
  }

  mutating func id(of item: WorkItem, in list: WorkList) -> WorkstreamID {
    let name = ItemName(format: list.format, list: list.name, key: item.key)
    if let id = known[name] { return id }
    var parts = [Self.slug(list.name, Self.listLimit), Self.slug(item.key, Self.keyLimit)]
    if list.format == .github { parts[0] = "issue" }
    let text = "ws-" + parts.filter { !$0.isEmpty }.joined(separator: "-")
    // `1.2` and `1-2` are one word here, and a text without ASCII letters is none.
    let digest = String(Digest.of((list.name + "\0" + item.key).utf8))
    let candidates = [parts[1].isEmpty ? "" : text, text + "-" + digest.prefix(8), "ws-" + digest]
    for candidate in candidates {
      if let id = WorkstreamID(candidate), taken.insert(id).inserted { return id }
    }
    var number = 2
    while true {
      if let id = WorkstreamID("ws-\(digest)-\(number)"), taken.insert(id).inserted { return id }
      number += 1
    }
  }

  private static func slug(_ text: String, _ limit: Int) -> String {
    var slug = String(slugOf: text, limit: limit)
    while slug.last == "-" { slug.removeLast() }
    return slug
  }
}
