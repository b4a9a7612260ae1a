/// The members of a JSON object in their order; few, so that a linear search is the fastest.
package struct JSONObject: Hashable, Sendable {
  package struct Member: Hashable, Sendable {
    package var key: String
    package var value: JSONValue

    package init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  package var members: [Member]

  package init() { members = [] }

  package init(_ pairs: [(String, JSONValue)]) { members = pairs.map { Member($0.0, $0.1) } }

  package init(members: [Member]) { self.members = members }

  /// Members from pairs; nil values are left out.
  package init(_ pairs: KeyValuePairs<String, JSONValue?>) {
    members = pairs.compactMap { key, value in value.map { Member(key, $0) } }
  }

  package var isEmpty: Bool { members.isEmpty }

  package var keys: [String] { members.map(\.key) }

  /// The member of that name; setting nil removes it.
  package subscript(key: String) -> JSONValue? {
    get { members.first { $0.key == key }?.value }
    set {
      let index = members.firstIndex { $0.key == key }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(key, value))
      case (nil, nil): break
      }
    }
  }

  /// Adds a member at the end unless the value is nil; the key must be new.
  package mutating func append(_ key: String, _ value: JSONValue?) {
    if let value { members.append(Member(key, value)) }
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}

extension JSONObject {
  /// Adds the members that are not there yet.
  package mutating func complete(with others: JSONObject) {
    for member in others.members where self[member.key] == nil { append(member.key, member.value) }
  }
}
