import UETModel

/// Turns bundle files into workstreams with resolved dependencies; the same files in any order give
/// the same result.
package enum BundleLoader {
  /// Reads every file, whatever is wrong with the others.
  package static func load(_ files: [BundleFile]) -> LoadedBundles {
    var result = LoadedBundles()
    var found: [Declaration] = []
    var mentioned: Set<WorkstreamID> = []
    let sorted = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    result.sources.reserveCapacity(files.count)
    found.reserveCapacity(files.count)
    for file in sorted {
      let source = SourceText(path: file.path, bytes: file.bytes)
      let document = Document(source)
      result.diagnostics += document.diagnostics
      if let root = document.root {
        let reader = BundleReader(root, source: source, file: result.sources.count)
        result.diagnostics += reader.diagnostics
        found += reader.declarations
        if let phase = reader.phase { result.phases.append(phase) }
      } else {
        mentioned.formUnion(BrokenFile.ids(in: source))
      }
      result.sources.append(source)
    }
    link(found, mentioned: mentioned, into: &result)
    result.diagnostics = result.diagnostics.inFileOrder
    return result
  }

  /// Checks across files, and what is left when duplicates and invalid declarations are taken out.
  private static func link(
    _ found: [Declaration], mentioned: Set<WorkstreamID>, into result: inout LoadedBundles
  ) {
    let unique = firstOfEach(found, &result)
    checkPhases(&result)
    var resolver = DependencyResolver(
      unique, known: mentioned, sources: result.sources)
    resolver.resolve()
    result.diagnostics += resolver.diagnostics
    result.diagnostics += CycleReport.diagnostics(
      unique, resolver.dependencies, sources: result.sources)
    keepValid(unique, resolver.dependencies, &result)
  }

  /// The first declaration of each id, sorted by id.
  private static func firstOfEach(
    _ found: [Declaration], _ result: inout LoadedBundles
  ) -> [Declaration] {
    var order = found.indices.filter { found[$0].hasID }
    order.sort { left, right in
      let (a, b) = (found[left].workstream.id, found[right].workstream.id)
      return a == b ? left < right : a < b
    }
    let isInOrder =
      order.count == found.count
      && order.indices.allSatisfy { number in
        order[number] == number
          && (number == 0 || found[number].workstream.id != found[number - 1].workstream.id)
      }
    if isInOrder { return found }
    var unique: [Declaration] = []
    unique.reserveCapacity(order.count)
    for index in order {
      let id = found[index].workstream.id
      guard let first = unique.last, first.workstream.id == id else {
        unique.append(found[index])
        continue
      }
      let place = first.idPlace(result.sources)
      result.diagnostics.append(
        Diagnostic(
          .error, "duplicate_id", found[index].idPlace(result.sources),
          "workstream '\(id)' is declared twice; first in \(place.description.terminalSafe)",
          workstreams: [id]))
    }
    return unique
  }

  private static func checkPhases(_ result: inout LoadedBundles) {
    var first: [String: SourcePlace] = [:]
    for phase in result.phases {
      guard let place = first[phase.name] else {
        first[phase.name] = phase.source
        continue
      }
      result.diagnostics.append(
        Diagnostic(
          .error, "duplicate_phase", phase.source,
          "phase \(phase.name.quoted(limit: 60)) is declared twice; first in "
            + place.description.terminalSafe))
    }
  }

  private static func keepValid(
    _ unique: [Declaration], _ dependencies: [[Int]], _ result: inout LoadedBundles
  ) {
    guard unique.contains(where: { !$0.isValid }) else {
      result.declarations = unique
      result.workstreams = unique.map(\.workstream)
      result.dependencies = dependencies
      return
    }
    var places: [Int?] = []
    for declaration in unique {
      places.append(declaration.isValid ? result.workstreams.count : nil)
      guard declaration.isValid else { continue }
      result.declarations.append(declaration)
      result.workstreams.append(declaration.workstream)
    }
    for (index, list) in dependencies.enumerated() where unique[index].isValid {
      result.dependencies.append(list.compactMap { places[$0] })
    }
  }
}
