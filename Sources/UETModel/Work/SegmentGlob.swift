/// A glob over the name of one file or directory.
package struct SegmentGlob: Hashable, Sendable {
  package enum Element: Hashable, Sendable {
    case scalar(UInt32)
    case set(ScalarSet)
    /// `?`: any one scalar.
    case any
    /// `*`: any number of scalars.
    case star

    package func accepts(_ scalar: UInt32) -> Bool {
      switch self {
      case .scalar(let own): own == scalar
      case .set(let set): set.contains(scalar)
      case .any, .star: true
      }
    }

    /// What one scalar of the element may be.
    package var scalars: ScalarSet {
      switch self {
      case .scalar(let own): ScalarSet(own)
      case .set(let set): set
      case .any, .star: .all
      }
    }
  }

  package let elements: [Element]

  package init(_ elements: [Element]) { self.elements = elements }

  /// `*`: any name.
  package static let anything = SegmentGlob([.star])

  /// The name, where there is only one.
  package var name: [UInt32]? {
    var result: [UInt32] = []
    for element in elements {
      guard case .scalar(let scalar) = element else { return nil }
      result.append(scalar)
    }
    return result
  }

  /// The scalars that each matching name starts with.
  package var literalPrefix: [UInt32] {
    var result: [UInt32] = []
    for case .scalar(let scalar) in elements.prefix(while: { $0.isScalar }) {
      result.append(scalar)
    }
    return result
  }

  /// Whether the whole name matches: on a mismatch the last star takes one more scalar.
  package func matches(_ name: [UInt32]) -> Bool {
    var (element, place) = (0, 0)
    var retry: (element: Int, place: Int)?
    while place < name.count {
      if element < elements.count, elements[element] == .star {
        retry = (element + 1, place)
        element += 1
      } else if element < elements.count, elements[element].accepts(name[place]) {
        element += 1
        place += 1
      } else if let last = retry {
        retry = (last.element, last.place + 1)
        (element, place) = (last.element, last.place + 1)
      } else {
        return false
      }
    }
    return elements[element...].allSatisfy { $0 == .star }
  }
}

extension SegmentGlob.Element {
  fileprivate var isScalar: Bool { if case .scalar = self { true } else { false } }
}
