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

  /// Writes files, by their paths in the repository; nil bytes remove one.
  ///
  /// - Parameter sources: What the files held when they were read; one that holds something else
  ///   now is not overwritten.
  func write(
    _ files: [(path: String, bytes: [UInt8]?)], replacing sources: [WorkListFile] = []
  ) throws {
    let before = Dictionary(
      sources.map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    for (name, bytes) in files {
      let named = Files.absolute(name, from: root)
      // A link stays, and what it leads to is written.
      let path = Files.real(named) ?? named
      if let known = before[name], try Files.read(path) != known {
        throw Refusal(
          .failed, "'\(name.terminalSafe)' was changed meanwhile; it is left as it is",
          hint: "try again")
      }
      if let bytes {
        try Files.makeDirectory(above: path)
        try Files.write(bytes, to: path, mode: Files.mode(path) ?? 0o644)
      } else {
        try Files.remove(path)
      }
    }
  }
}
