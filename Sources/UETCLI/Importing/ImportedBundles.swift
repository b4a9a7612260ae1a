import UETEngine
import UETModel
import UETPlanning
import UETSystem
import UETWorkLists

/// The folder of bundles that an import writes to, as it stands.
struct ImportedBundles {
  /// The folder on the disk.
  let directory: String
  let files: [BundleFile]

  /// - Parameter shown: How messages name the folder.
  init(in directory: String, shown: String) throws {
    self.directory = directory
    var files: [BundleFile] = []
    for name in BundleFile.names(among: Files.names(in: directory)) {
      guard let bytes = try Files.read(directory + "/" + name) else { continue }
      files.append(BundleFile(path: (shown.isEmpty ? "" : shown + "/") + name, bytes: bytes))
    }
    self.files = files
  }

  /// What they held, for whoever replaces them.
  var sources: [WorkListFile] { files.map { WorkListFile(path: $0.path, bytes: $0.bytes) } }

  /// Refuses where a file cannot be read as what its name says: what was imported into it is not
  /// known, and would be imported a second time.
  func requireReadable() throws {
    for file in files where Document(SourceText(path: file.path, bytes: file.bytes)).root == nil {
      throw Refusal(
        .usage,
        "\(file.path.quoted()) cannot be read: what was imported into it is not known",
        hint: "see what is wrong with it: git uet validate")
    }
  }

  /// All that they declare.
  var workstreams: [Workstream] { BundleLoader.load(files).workstreams }

  /// As an import needs it: JSON files to be edited, the rest as what it declares.
  func folder(shown: String) -> BundleFolder {
    let isJSON = { (path: String) in Document.Format(path: path) == .json }
    var folder = BundleFolder(
      path: shown, files: files.filter { isJSON($0.path) }.map { ($0.path, $0.bytes) })
    for workstream in BundleLoader.load(files.filter { !isJSON($0.path) }).workstreams {
      folder.add(
        id: workstream.id, imported: workstream.legacy["imported"],
        dependsOn: workstream.dependsOn, file: workstream.source.file)
    }
    return folder
  }

  /// Workstreams that were imported, with what is kept of their source.
  static func imported(
    _ workstreams: [Workstream]
  ) -> [(id: WorkstreamID, record: ImportRecord)] {
    workstreams.compactMap { workstream in
      ImportRecord(workstream.legacy["imported"]).map { (workstream.id, $0) }
    }
  }

  /// The tool that is named for all of the workstreams; nil for several, or none.
  var onlyTool: String? {
    let tools = Set(workstreams.map(\.tool))
    return tools.count == 1 ? tools.first : nil
  }
}
