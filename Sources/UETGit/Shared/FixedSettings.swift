import Synchronization
import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Git's configuration, attributes and ignore rules as they are when this is made, for git's
/// children to see in place of what the files say later.
///
/// A folder of this process's own stands for the repository's common directory: links to all that
/// is there, but a configuration of its own and an `info` of its own. Costs one look at each of its
/// files a call, and nothing of it has to last: what is missing or was changed is made again.
package final class FixedSettings: Sendable {
  private let common: String
  private let files: [String: [UInt8]]
  /// What the attribute files outside of trees lead to.
  let rules: ContentRules
  private let place = Mutex<Place?>(nil)

  private struct Place {
    let path: String
    var states: [String: FileStamp]
  }

  /// Parts of the common directory that git may have to make; links to what is not there yet do for
  /// files only.
  private static let folders = ["logs", "worktrees", "modules", "lfs", "rr-cache"]
  private static let single = ["packed-refs", "shallow", "objects", "refs"]
  private static let own: Set<String> = [
    "config", "config.worktree", "info", "hooks", "HEAD", "index", "uet", "attributes", "excludes",
    "config.lock", "index.lock", "HEAD.lock",
  ]
  /// Settings that would lead git elsewhere, or to other files.
  private static func isLeftOut(_ key: String) -> Bool {
    [
      "core.worktree", "core.bare", "extensions.worktreeconfig", "core.attributesfile",
      "core.excludesfile", "core.hookspath", "core.fsmonitor",
    ].contains(key) || key.hasPrefix("include.") || key.hasPrefix("includeif.")
  }

  /// `rules` are those of the repository as it is; `leavingOut` names settings that are not to
  /// count.
  init(
    _ repository: Repository, home: String?, xdg: String?, rules: ContentRules,
    leavingOut: Set<String> = []
  ) {
    common = repository.commonDirectory
    self.rules = rules
    var files: [String: [UInt8]] = [:]
    var entries = repository.configuration.entries.filter {
      !Self.isLeftOut($0.key) && !leavingOut.contains($0.key)
    }
    for (key, name, usual) in [
      ("core.attributesFile", "attributes", "attributes"),
      ("core.excludesFile", "excludes", "ignore"),
    ] {
      let named = leavingOut.contains(key.lowercased()) ? nil : repository.config(key)
      let path = UserConfiguration.rules(named, usual, home: home, xdg: xdg)
      // An empty file stands for none: git would look for the usual one otherwise.
      files[name] = path.flatMap { Files.content(of: $0) } ?? []
      entries.append((key.lowercased(), name))
    }
    for name in ["attributes", "exclude", "sparse-checkout"] {
      files["info/" + name] = Files.content(of: "\(common)/info/\(name)")
    }
    self.files = files
    self.entries = entries
  }

  /// Two of them name files in the place, wherever that is.
  private let entries: [(key: String, value: String)]

  deinit { close() }

  /// Removes the folder; the next call makes it again.
  package func close() {
    place.withLock { place in
      if let path = place?.path { Folder.remove(path) }
      place = nil
    }
  }

  /// What a child is told instead of the repository's own common directory.
  func environment() throws(GitError) -> [String: String] {
    let path = try place.withLock { (place) throws(GitError) in
      if let place, Self.isIntact(place) { return place.path }
      if let old = place { Folder.remove(old.path) }
      place = nil
      let made = try make()
      place = made
      return made.path
    }
    return [
      "GIT_COMMON_DIR": path, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null",
    ]
  }

  private static func isIntact(_ place: Place) -> Bool {
    place.states.allSatisfy { name, state in
      var status = stat()
      return lstat("\(place.path)/\(name)", &status) == 0 && FileStamp(status) == state
    }
  }

  private func make() throws(GitError) -> Place {
    let path = try ScratchDirectory.made()
    for folder in Self.folders { mkdir("\(common)/\(folder)", 0o777) }
    let names = Set(Files.names(in: common)).union(Self.single).subtracting(Self.own)
    for name in names { symlink("\(common)/\(name)", "\(path)/\(name)") }
    mkdir("\(path)/info", 0o700)
    let settings = entries.map { key, value in
      ["core.attributesfile", "core.excludesfile"].contains(key)
        ? (key: key, value: "\(path)/\(value)") : (key: key, value: value)
    }
    var all = files
    all["config"] = ConfigurationText(settings).bytes
    all["HEAD"] = Array("ref: refs/heads/none\n".utf8)
    var states: [String: FileStamp] = [:]
    for (name, bytes) in all {
      try GitError.onDisk(Files.write(bytes, to: "\(path)/\(name)"))
      var status = stat()
      if lstat("\(path)/\(name)", &status) == 0 { states[name] = FileStamp(status) }
    }
    for name in ["info", "refs", "objects"] {
      var status = stat()
      if lstat("\(path)/\(name)", &status) == 0 { states[name] = FileStamp(status) }
    }
    return Place(path: path, states: states)
  }
}

/// Settings that name programs which git runs on content, or where it learns to.
package enum ProgramSetting {
  package static func isOne(_ key: String) -> Bool {
    let parts = key.split(separator: ".")
    guard parts.count > 1, let last = parts.last else { return false }
    switch parts[0] {
    case "filter": return ["clean", "smudge", "process"].contains(last)
    case "diff": return ["command", "textconv", "external"].contains(last)
    case "merge": return last == "driver"
    case "gpg": return last == "program" || last == "defaultkeycommand"
    case "core": return ["attributesfile", "fsmonitor", "editor", "sshcommand"].contains(last)
    case "sequence": return last == "editor"
    case "hook": return last == "command"
    default: return false
    }
  }
}

extension Repository {
  /// The settings that name programs, with a digest of what they say.
  package var programSettings: [String: String] {
    var result: [String: String] = [:]
    for (key, value) in configuration.entries where ProgramSetting.isOne(key) {
      result[key] = Repository.hashBlob(Array(value.utf8)).hex
    }
    return result
  }
}
