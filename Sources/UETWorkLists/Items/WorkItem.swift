import UETModel

/// One task of a list, in whichever tool's words it was written.
package struct WorkItem: Sendable {
  /// As it is written at the source; empty where the source gives none.
  package var id: String
  /// What tells it from the others of its list: its id, or one made where that is missing or taken.
  package var key: String
  package var title: String
  /// What else is said of it.
  package var text: [String] = []
  package var state: State
  /// The source's own word for its state.
  package var stateWord: String?
  /// Key of the item that it is a part of.
  package var parent: String?
  /// Whether it only holds others together, and is no work of its own.
  package var isGroup = false
  /// The phase or section that it stands in, and its place in their order.
  package var section: Section?
  package var wants: [Want] = []
  package var edges: [Edge] = []
  package var paths: [NamedPath] = []
  package var isMarkedParallel = false
  /// Ids of items that it says it conflicts with, as written.
  package var conflicts: [String] = []
  package var place: SourcePlace
  /// How it is ticked off.
  package var tick: Tick

  package init(id: String, title: String, state: State, place: SourcePlace, tick: Tick) {
    (self.id, self.key, self.title, self.state) = (id, id, title, state)
    (self.place, self.tick) = (place, tick)
  }

  package enum State: String, Hashable, Sendable {
    case open, done
    /// It will not be done: cancelled, not planned.
    case dropped
  }

  package struct Section: Hashable, Sendable {
    package var title: String
    package var index: Int
  }

  /// A dependency as it is written.
  package struct Want: Hashable, Sendable {
    package var text: String
    package var line: Int
    package var need = Need.one

    package enum Need: Hashable, Sendable {
      /// That item.
      case one
      /// All parts of that item.
      case parts
    }

    package init(_ text: String, line: Int, need: Need = .one) {
      (self.text, self.line, self.need) = (text, line, need)
    }
  }

  /// A dependency, and what it was found to mean.
  package struct Edge: Hashable, Sendable {
    package var want: Want
    package var standing: Standing

    package enum Standing: Hashable, Sendable {
      /// The key of the item.
      case resolved(String)
      /// As `resolved`, to an item further down in the list.
      case forward(String)
      case missing
      /// More than one item has that id.
      case ambiguous
      /// It would close a circle, and is left out.
      case cyclic(String)
    }
  }

  /// Where and how a result is noted at the source.
  package enum Tick: Hashable, Sendable {
    /// By an `x` in the box of this line.
    case box(digest: String)
    /// By a word in the line of the front matter that says the status.
    case field(digest: String, done: String)
    /// By the status in this object of a JSON file.
    case member(digest: String)
    /// Not at all: it has no place for it.
    case nothing
    /// By a command, as the file is no more than an export.
    case command([String])
  }
}

/// A path that an item names.
package struct NamedPath: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    /// A field that is made for it: the item says that it changes these.
    case declared
    /// Its text mentions it.
    case prose
  }

  package var text: String
  package var kind: Kind
  /// How it was found: the name of a field, or `text`.
  package var found: String
  /// Whether it is a path only if the repository has such a one: `and/or` looks like one as well.
  package var needsProof = false

  package init(_ text: String, _ kind: Kind, found: String, needsProof: Bool = false) {
    (self.text, self.kind, self.found, self.needsProof) = (text, kind, found, needsProof)
  }
}
