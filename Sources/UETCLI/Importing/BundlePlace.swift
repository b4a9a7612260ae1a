import UETEngine
import UETModel
import UETSystem
import UETWorkLists

/// Where bundles are written, and how: each file whole, through a new one beside it.
struct BundlePlace {
  /// The top of the work tree.
  let root: String
  /// The folder of the bundles on the disk.
  let directory: String
  /// The folder as the repository has it.
  let shown: String

  init(_ project: Project, root: String, into: String?, from folder: String) {
    let real = Files.real(root) ?? root
    self.root = real
    directory =
      into.map { Files.absolute($0, from: folder) }
      ?? Files.absolute(project.configuration.workstreams, from: real)
    shown = WorkListFiles(root: real).shown(directory)
  }

  /// Writes files, by their paths in the repository; nil bytes remove one. Nothing is written where
  /// one of them changed, or came, since it was read.
  ///
  /// - Parameter sources: What the files held when they were read.
  func write(
    _ files: [(path: String, bytes: [UInt8]?)], replacing sources: [WorkListFile]
  ) throws {
    let before = Dictionary(
      sources.map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    let placed = files.map { (name: $0.path, path: real($0.path), bytes: $0.bytes) }
    for file in placed where try Files.read(file.path) != before[file.name] {
      throw Refusal(
        .failed, "'\(file.name.terminalSafe)' was changed meanwhile; it is left as it is",
        hint: "try again")
    }
    for file in placed {
      if let bytes = file.bytes {
        try Files.makeDirectory(above: file.path)
        try Files.write(bytes, to: file.path, mode: Files.mode(file.path) ?? 0o644)
      } else {
        try Files.remove(file.path)
      }
    }
  }

  /// A link stays, and what it leads to is written.
  private func real(_ name: String) -> String {
    let named = Files.absolute(name, from: root)
    return Files.real(named) ?? named
  }
}
