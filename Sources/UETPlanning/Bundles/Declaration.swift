import UETModel

/// One workstream as a file declares it, valid or not, with the places that later checks name.
struct Declaration: Sendable {
  /// Its id is `unnamed` where the file gives no valid one.
  var workstream = Workstream(
    id: .unnamed, tasks: [], tool: "", scope: Workstream.Scope(writes: []))
  /// Index of the file among those that were read.
  var file: Int
  /// Whether it was read without an error.
  var isValid = true
  var idOffset = 0
  var toolOffset = 0
  var tasksOffset = 0
  /// Beside `workstream.dependsOn`: where each entry stands in the file and in its list.
  var dependencyPlaces: [EntryPlace] = []
  /// Beside the patterns of `workstream.scope`.
  var patternOffsets: [Conflict.Field: [Int]] = [:]
  /// Whether `files_scope` says `reads` and `writes` apart.
  var hasScopeObject = false
  /// Beside `workstream.gates`.
  var gatePlaces: [EntryPlace] = []

  var hasID: Bool { workstream.id != .unnamed || isValid }

  struct EntryPlace: Hashable, Sendable {
    var offset: Int
    var index: Int
  }
}

extension Declaration {
  func idPlace(_ sources: [SourceText]) -> SourcePlace {
    place(idOffset, "/id", sources)
  }

  func toolPlace(_ sources: [SourceText]) -> SourcePlace {
    place(toolOffset, "/tool", sources)
  }

  func tasksPlace(_ sources: [SourceText]) -> SourcePlace {
    place(tasksOffset, "/tasks", sources)
  }

  func dependencyPlace(_ number: Int, _ sources: [SourceText]) -> SourcePlace {
    let entry = dependencyPlaces[number]
    return place(entry.offset, "/depends_on/\(entry.index)", sources)
  }

  func gatePlace(_ number: Int, _ sources: [SourceText]) -> SourcePlace {
    let entry = gatePlaces[number]
    return place(entry.offset, "/test_gates/\(entry.index)/type", sources)
  }

  func patternPlace(
    _ field: Conflict.Field, _ number: Int, _ sources: [SourceText]
  ) -> SourcePlace {
    let name =
      switch field {
      case .filesScope: hasScopeObject ? "/files_scope/writes" : "/files_scope"
      case .filesCreate: "/files_create"
      case .reads: "/files_scope/reads"
      }
    let offsets = patternOffsets[field] ?? []
    let offset = number < offsets.count ? offsets[number] : idOffset
    return place(offset, "\(name)/\(number)", sources)
  }

  private func place(_ offset: Int, _ field: String, _ sources: [SourceText]) -> SourcePlace {
    sources[file].place(at: offset, pointer: workstream.source.pointer + field)
  }
}
