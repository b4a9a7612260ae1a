import UETSystem

/// The configuration as git itself reads it, for what the library does not understand.
///
/// A child takes some milliseconds, so only where it can make a difference.
struct ConfigurationByGit {
  let gitDirectory: String
  let environment: [String: String]

  /// All entries of all files, in git's order; nil where git cannot say.
  var entries: [(key: String, value: String)]? {
    guard let executable = Spawn.find("git", environment) else { return nil }
    let watch = ChildWatch()
    watch.limit = .seconds(10)
    let child = Child(
      executable: executable, name: "git config",
      arguments: ["--git-dir=" + gitDirectory, "config", "--list", "-z", "--includes"],
      environment: ChildEnvironment.sealed(environment), directory: gitDirectory, input: [],
      limit: 0)
    guard let channel = try? ChildChannel(child, watch) else { return nil }
    var bytes: [UInt8] = []
    while channel.receive(into: &bytes) {
      if bytes.count > 64 << 20 { return nil }
    }
    return bytes.last == 0 ? Self.parse(bytes) : nil
  }

  /// `KEY`, a line feed and the value, or the key alone for one that counts as true; each ends in
  /// NUL.
  static func parse(_ bytes: [UInt8]) -> [(key: String, value: String)] {
    bytes.split(separator: 0).map { field in
      guard let end = field.firstIndex(of: UInt8(ascii: "\n")) else {
        return (String(decoding: field, as: UTF8.self), "true")
      }
      return (
        String(decoding: field[..<end], as: UTF8.self),
        String(decoding: field[field.index(after: end)...], as: UTF8.self)
      )
    }
  }
}
