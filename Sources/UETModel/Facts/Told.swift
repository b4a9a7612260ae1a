/// What one kind of event says, or a part of it: its members under their names and in their types.
///
/// It is a view of the recorded JSON. What is absent, or holds something else than it should, reads
/// as nil, and what a newer version or another writer put beside it stays where it is. So reading
/// and writing an event never changes its bytes, and only what is asked for is decoded.
@dynamicMemberLookup
package struct Told<Names: FactNames>: Hashable, Sendable {
  package var members: JSONObject

  package init(members: JSONObject = JSONObject()) { self.members = members }

  package init(_ fill: (inout Self) -> Void) {
    self.init()
    fill(&self)
  }

  package subscript<Value: MemberValue>(
    dynamicMember path: KeyPath<Names, Member<Value>>
  ) -> Value? {
    get { members[Names.names[keyPath: path].key].flatMap { Value(json: $0) } }
    set { members[Names.names[keyPath: path].key] = newValue?.json }
  }

  /// The member as it is written, where that is text: also a word that only a newer version knows.
  package func text<Value>(_ path: KeyPath<Names, Member<Value>>) -> String? {
    members[Names.names[keyPath: path].key]?.string
  }

  /// Whether the member is there, in whatever form.
  package func has<Value>(_ path: KeyPath<Names, Member<Value>>) -> Bool {
    members[Names.names[keyPath: path].key] != nil
  }
}

/// The names and types of the members.
package protocol FactNames: Sendable {
  static var names: Self { get }
}

package struct Member<Value>: Sendable {
  let key: String

  init(_ key: String) { self.key = key }
}
