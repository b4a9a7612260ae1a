import UETModel
import UETSystem

extension Repository {
  /// Makes an empty bare repository, whole or not at all; what is at `path` by then stays.
  ///
  /// With `objects`, the folder of another repository's objects, it has those as well. No template
  /// and no setting of the user's gets into it.
  package static func makeBare(
    at path: String, borrowing objects: String?
  ) throws(SystemFailure) {
    let draft = "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    for folder in ["objects/info", "objects/pack", "refs/heads", "info"] {
      try Files.makeDirectory("\(draft)/\(folder)")
    }
    let settings = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n"
    try Files.write(settings.utf8, to: "\(draft)/config")
    if let objects {
      try Files.write("\(objects)\n".utf8, to: "\(draft)/objects/info/alternates")
    }
    // What makes it a repository comes last.
    try Files.write("ref: refs/heads/main\n".utf8, to: "\(draft)/HEAD")
    do { try Files.move(draft, to: path) } catch {
      try? Files.removeAll(draft)
      throw error
    }
  }
}
