import CLibgit2
import UETModel
import UETSystem

/// What a repository's own `config` file says of its format, read before libgit2 opens it.
///
/// libgit2 would either refuse with a message that helps nobody, or open what it cannot read.
struct RepositoryFormat {
  let path: String
  private(set) var version = "0"
  /// Names as written, with their values.
  private(set) var extensions: [(name: String, value: String)] = []

  init(commonDirectory: String) throws(GitError) {
    path = commonDirectory
    let file = commonDirectory + "/config"
    guard Files.exists(file) else { return }
    var config: OpaquePointer?
    guard git_config_open_ondisk(&config, file) == 0, let config else {
      throw .unreadable(path: commonDirectory, detail: Libgit2.lastMessage)
    }
    defer { git_config_free(config) }
    for entry in try ConfigEntries(in: config, path: commonDirectory).all {
      if entry.key == "core.repositoryformatversion" { version = entry.value }
      if entry.key.hasPrefix("extensions.") {
        extensions.append((String(entry.key.dropFirst(11)), entry.value))
      }
    }
  }

  /// Refuses what cannot be supported, naming it.
  func check() throws(GitError) {
    guard version == "0" || version == "1" else {
      throw .unsupportedFormatVersion(path: path, version: version)
    }
    for (name, value) in extensions {
      switch name {
      case "objectformat" where value != "sha1":
        throw .unsupportedObjectFormat(path: path, format: value)
      case "refstorage" where value != "files":
        throw .unsupportedReferenceStorage(path: path, format: value)
      case _ where name == "noop" || Libgit2.supportedExtensions.contains(name): continue
      // Version 0 knows no extensions but historical ones, so git ignores what it does not know.
      case _ where version == "1": throw .unknownExtension(path: path, name: name)
      default: continue
      }
    }
  }
}

/// All entries of an open configuration, in the order in which they count.
struct ConfigEntries {
  private(set) var all: [(key: String, value: String)] = []

  init(in config: OpaquePointer, path: String) throws(GitError) {
    var iterator: OpaquePointer?
    guard git_config_iterator_new(&iterator, config) == 0, let iterator else {
      throw .unreadable(path: path, detail: Libgit2.lastMessage)
    }
    defer { git_config_iterator_free(iterator) }
    var entry: UnsafeMutablePointer<git_config_entry>?
    while git_config_next(&entry, iterator) == 0, let entry {
      guard let name = entry.pointee.name else { continue }
      // A key without a value counts as true.
      let value = entry.pointee.value.map { String(cString: $0) } ?? "true"
      all.append((String(cString: name), value))
    }
  }
}
