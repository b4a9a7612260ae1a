import UETModel

/// Keys for items whose id is missing or taken: from their words, never from their place, so that
/// they stay when others come and go.
struct MadeKeys {
  private var taken: Set<String> = []

  /// How much of a title is used.
  private static let limit = 40

  mutating func take(_ key: String) -> Bool { taken.insert(key).inserted }

  /// The item's own id where that is free, else one made of it and its title.
  mutating func key(id: String, title: String) -> (key: String, isMade: Bool) {
    if !id.isEmpty, take(id) { return (id, false) }
    var slug = String(slugOf: title, limit: Self.limit)
    while slug.last == "-" { slug.removeLast() }
    if slug.isEmpty { slug = String(Digest.of(title.utf8).prefix(8)) }
    let base = id.isEmpty ? slug : id + "-" + slug
    if take(base) { return (base, true) }
    let exact = base + "-" + Digest.of(title.utf8).prefix(8)
    if take(exact) { return (exact, true) }
    // The very same words again: nothing but their order tells them apart.
    var number = 2
    while !take("\(exact)-\(number)") { number += 1 }
    return ("\(exact)-\(number)", true)
  }
}

extension WorkList {
  /// Gives each item its key; parents are named by keys already and must be given in `parents` by
  /// index.
  mutating func makeKeys(parents: [Int?], noun: String) {
    var keys = MadeKeys()
    // Ids that are there come first: an item that has none never takes one from another.
    var made: [Int: String] = [:]
    for index in items.indices where !items[index].id.isEmpty {
      let found = keys.key(id: items[index].id, title: items[index].title)
      made[index] = found.key
      if found.isMade {
        note(
          "duplicate_id", line: items[index].place.line,
          "\(items[index].id.quoted(limit: 40)) is there twice; this one is called "
            + found.key.quoted(limit: 80), item: items[index].id, file: items[index].place.file)
      }
    }
    for index in items.indices where items[index].id.isEmpty {
      let found = keys.key(id: "", title: items[index].title)
      made[index] = found.key
      note(
        "no_id", line: items[index].place.line,
        "\(noun) without an id is called \(found.key.quoted(limit: 80))",
        file: items[index].place.file, weight: .note)
    }
    for index in items.indices { items[index].key = made[index] ?? items[index].id }
    for (index, parent) in parents.enumerated() {
      items[index].parent = parent.map { items[$0].key }
    }
  }
}
