import UETModel

/// Turns `depends_on` entries, ids and patterns, into indexes of declarations sorted by id.
struct DependencyResolver {
  private(set) var dependencies: [[Int]] = []
  private(set) var diagnostics: [Diagnostic] = []
  private let declarations: [Declaration]
  private let names: [String]
  private let places: [WorkstreamID: Int]
  /// Ids that files declare which could not be read.
  private let known: Set<WorkstreamID>
  private let sources: [SourceText]
  private var matches: [IDPattern: [Int]] = [:]
  private var nearest = Nearest()
  private var expanded = 0

  /// Edges that patterns may add up to: bounds memory for `ws-*` in each of many workstreams.
  private static let maximumExpansion = 5_000_000

  init(_ declarations: [Declaration], known: Set<WorkstreamID>, sources: [SourceText]) {
    self.declarations = declarations
    self.known = known
    self.sources = sources
    names = declarations.map(\.workstream.id.rawValue)
    var places: [WorkstreamID: Int] = [:]
    places.reserveCapacity(declarations.count)
    for index in declarations.indices { places[declarations[index].workstream.id] = index }
    self.places = places
  }

  mutating func resolve() {
    dependencies.reserveCapacity(declarations.count)
    for index in declarations.indices {
      var list: [Int] = []
      let entries = declarations[index].workstream.dependsOn
      list.reserveCapacity(entries.count)
      for number in entries.indices {
        if let pattern = IDPattern(entries[number]) {
          list += all(pattern, for: index, entry: number)
        } else if let id = WorkstreamID(entries[number]) {
          if let place = one(id, for: index, entry: number) { list.append(place) }
        }
      }
      dependencies.append(Self.sortedUnique(list))
    }
  }

  private static func sortedUnique(_ list: [Int]) -> [Int] {
    if list.count < 2 { return list }
    var result: [Int] = []
    result.reserveCapacity(list.count)
    for index in list.sorted() where index != result.last { result.append(index) }
    return result
  }

  private mutating func one(_ id: WorkstreamID, for index: Int, entry: Int) -> Int? {
    let own = declarations[index].workstream.id
    if id == own {
      note("self_dependency", index, entry, "'\(id)' depends on itself")
      return nil
    }
    if let place = places[id] { return place }
    guard !known.contains(id) else { return nil }
    note(
      "missing_dependency", index, entry,
      "'\(own)' depends on '\(id)', which no file declares\(suggestion(for: id, own))")
    return nil
  }

  /// The one id that goes on where `id` ends, or else the nearest; never the one that asks.
  private mutating func suggestion(for id: WorkstreamID, _ own: WorkstreamID) -> String {
    let start = id.rawValue + "-"
    let longer = names[lowerBound(of: start)...].prefix(3)
      .filter { $0.hasPrefix(start) && $0 != own.rawValue }
    let name =
      longer.count == 1
      ? longer.first
      : nearest.name(for: id.rawValue, among: names, except: own.rawValue) ?? longer.first
    return name.map { "; did you mean '\($0)'?" } ?? ""
  }

  private func lowerBound(of text: String) -> Int {
    var (low, high) = (0, names.count)
    while low < high {
      let middle = (low + high) / 2
      if names[middle] < text { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func all(_ pattern: IDPattern, for index: Int, entry: Int) -> [Int] {
    let list = places(matching: pattern).filter { $0 != index }
    if list.isEmpty, !known.contains(where: pattern.matches) {
      note(
        "missing_dependency", index, entry,
        "no other workstream matches '\(declarations[index].workstream.dependsOn[entry])'")
    }
    expanded += list.count
    guard expanded <= Self.maximumExpansion else {
      if expanded - list.count <= Self.maximumExpansion {
        note(
          "too_many_dependencies", index, entry,
          "the patterns of all workstreams stand for more than \(Self.maximumExpansion)"
            + " dependencies")
      }
      return []
    }
    return list
  }

  private mutating func places(matching pattern: IDPattern) -> [Int] {
    if let list = matches[pattern] { return list }
    var list: [Int] = []
    for index in lowerBound(of: pattern.prefix)..<names.count {
      guard names[index].hasPrefix(pattern.prefix) else { break }
      if pattern.matches(declarations[index].workstream.id) { list.append(index) }
    }
    matches[pattern] = list
    return list
  }

  private mutating func note(_ code: String, _ index: Int, _ entry: Int, _ message: String) {
    let declaration = declarations[index]
    diagnostics.append(
      Diagnostic(
        .error, code, declaration.dependencyPlace(entry, sources), message,
        workstreams: [declaration.workstream.id]))
  }
}
