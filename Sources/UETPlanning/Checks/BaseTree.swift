import UETModel

/// The tree that work starts from, looked at folder by folder.
package struct BaseTree: Sendable {
  /// The scalars of a name; Swift's own equality would take two names of git for one.
  package typealias Name = [UInt32]

  package enum Entry: Hashable, Sendable {
    case folder, file, submodule
    /// A symbolic link with its target; nil where that cannot be read.
    case link(String?)
  }

  /// What the folder at a path holds; nothing where there is no such folder.
  package let entries: @Sendable ([Name]) -> [Name: Entry]

  package init(entries: @escaping @Sendable ([Name]) -> [Name: Entry]) { self.entries = entries }

  /// Bounds a search; no tree that people work on needs so much.
  static let maximumSteps = 50_000

  /// Something that one of the lists names, links not followed; nil where there is nothing, or
  /// where it takes too long.
  func first(of lists: [[ScopePattern.Segment]]) -> String? {
    var steps = Self.maximumSteps
    for list in lists {
      if let names = first([], list[...], &steps) { return Self.text(names) }
    }
    return nil
  }

  private func first(
    _ path: [Name], _ rest: ArraySlice<ScopePattern.Segment>, _ steps: inout Int
  ) -> [Name]? {
    guard let segment = rest.first else { return path }
    guard steps > 0 else { return nil }
    steps -= 1
    let (here, next) = (entries(path), rest.dropFirst())
    if case .anyDepth = segment, let found = first(path, next, &steps) { return found }
    for name in matching(segment, here) {
      if segment != .anyDepth, next.isEmpty { return path + [name] }
      guard here[name] == .folder else { continue }
      let below = segment == .anyDepth ? rest : next
      if let found = first(path + [name], below, &steps) { return found }
    }
    return nil
  }

  /// The names in a folder that a segment takes, sorted.
  func matching(_ segment: ScopePattern.Segment, _ here: [Name: Entry]) -> [Name] {
    switch segment {
    case .name(let name): here[name] == nil ? [] : [name]
    case .glob(let glob): here.keys.filter(glob.matches).sorted { $0.lexicographicallyPrecedes($1) }
    case .anyDepth: here.keys.sorted { $0.lexicographicallyPrecedes($1) }
    }
  }

  static func text(_ names: [Name]) -> String {
    names.map { String(scalars: $0) }.joined(separator: "/")
  }
}

extension BaseTree {
  /// Where a link ends.
  enum Goal: Hashable {
    case at([Name])
    /// Out of the repository, or into its `.git`.
    case outside
    /// Links that lead to one another.
    case circle
    /// No link at all, but a repository of its own.
    case submodule
  }

  /// Where `target` leads, seen from a folder in which no link stands above; links on the way are
  /// followed, as the system does.
  func goal(of target: String, from folder: [Name], hops: Int = 0) -> Goal {
    guard hops < 40 else { return .circle }
    guard !target.hasPrefix("/") else { return .outside }
    var place = folder
    for part in target.unicodeScalars.split(separator: "/") {
      let name = part.map(\.value)
      if name == [0x2E] { continue }
      if name == [0x2E, 0x2E] {
        guard place.popLast() != nil else { return .outside }
        continue
      }
      if String(scalars: name).lowercased() == ".git" { return .outside }
      guard case .link(let next?) = entries(place)[name] else {
        place.append(name)
        continue
      }
      switch goal(of: next, from: place, hops: hops + 1) {
      case .at(let end): place = end
      case let other: return other
      }
    }
    return .at(place)
  }
}
