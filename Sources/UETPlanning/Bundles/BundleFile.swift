/// A bundle as it was read: a name for messages, whose extension says the format, and the bytes.
public struct BundleFile: Hashable, Sendable {
  /// For messages; it ends in `.json`, `.yaml` or `.yml`.
  public var path: String
  public var bytes: [UInt8]

  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// Which of a directory's entries are bundles, in the order in which they are read.
  ///
  /// Names that end in `.json`, `.yaml` or `.yml` and do not start with a dot, sorted by their
  /// bytes. Directories below are not searched: a folder `archive` beside the bundles keeps old
  /// ones out.
  public static func names(among entries: [String]) -> [String] {
    let extensions = [".json", ".yaml", ".yml"]
    return
      entries
      .filter { name in
        !name.hasPrefix(".") && extensions.contains { name.hasSuffix($0) && name != $0 }
      }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
