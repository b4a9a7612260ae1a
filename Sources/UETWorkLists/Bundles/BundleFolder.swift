import UETModel

/// The bundles of a folder, as an import finds them.
package struct BundleFolder: Sendable {
  /// A workstream that was imported before.
  struct Place {
    let file: Int
    let entry: Int
    let id: WorkstreamID
    let record: ImportRecord
  }

  let path: String
  var texts: [BundleText] = []
  private(set) var places: [ItemName: Place] = [:]
  /// Workstreams that were imported into files which are no JSON, and the files.
  package private(set) var foreign: [ItemName: (id: WorkstreamID, file: String)] = [:]
  private var ids: Set<WorkstreamID> = []
  /// Names of dependencies that workstreams in such files have.
  private(set) var otherDependencies: Set<String> = []
  /// Files whose names are taken.
  private var names: Set<String> = []

  /// - Parameters:
  ///   - path: The folder, as messages name it.
  ///   - files: Paths and bytes of its JSON files.
  package init(path: String, files: [(path: String, bytes: [UInt8])]) {
    self.path = path
    for file in files {
      names.insert(file.path)
      guard let text = BundleText(path: file.path, bytes: file.bytes) else { continue }
      for (entry, node) in text.entries.enumerated() {
        guard let id = node["id"]?.string.flatMap({ WorkstreamID($0) }) else { continue }
        ids.insert(id)
        guard let record = ImportRecord(node[BundleEntry.key]?.json) else { continue }
        places[record.name] = Place(file: texts.count, entry: entry, id: id, record: record)
      }
      texts.append(text)
    }
  }

  /// Tells of a workstream in a file that is no JSON.
  package mutating func add(
    id: WorkstreamID, imported: JSONValue?, dependsOn: [String], file: String
  ) {
    ids.insert(id)
    names.insert(file)
    otherDependencies.formUnion(dependsOn)
    if let record = ImportRecord(imported) { foreign[record.name] = (id, file) }
  }

  package func isTaken(_ name: String) -> Bool { names.contains(name) }

  /// Ids of all workstreams that were not imported.
  package var taken: Set<WorkstreamID> { ids.subtracting(known.values) }

  /// The id that each item has already.
  package var known: [ItemName: WorkstreamID] {
    places.mapValues(\.id).merging(foreign.mapValues(\.id)) { first, _ in first }
  }

  /// Imported workstreams with what is kept of their source, by file and place.
  package var imported: [(id: WorkstreamID, record: ImportRecord)] {
    places.values.sorted { ($0.file, $0.entry) < ($1.file, $1.entry) }.map { ($0.id, $0.record) }
  }
}
