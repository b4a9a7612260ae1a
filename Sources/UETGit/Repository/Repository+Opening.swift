import CLibgit2
import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Repository {
  /// Opens the repository that `path` lies in, as git would find it.
  ///
  /// `environment` counts as git's own does: GIT_DIR, GIT_WORK_TREE, GIT_CEILING_DIRECTORIES, the
  /// `git -c` settings, and a push's quarantine, whose objects become readable. Nothing is taken
  /// from this process's environment but the home directory for `safe.directory`.
  ///
  /// Throws one clear case for each kind of repository that cannot be worked with. Bare, shallow
  /// and unborn ones are no errors here.
  package static func open(
    discoveringFrom path: String, environment: [String: String]
  ) throws(GitError) -> Repository {
    guard Libgit2.isKnown else { throw .unknownLibrary(version: libraryVersion) }
    let gitDirectory = try discover(from: path, environment: environment)
    var commonDirectory = gitDirectory
    if let line = Files.text(gitDirectory + "/commondir") {
      let resolved = Files.resolved(line, against: gitDirectory)
      commonDirectory = Files.real(resolved) ?? resolved
    }
    try RepositoryFormat(commonDirectory: commonDirectory).check()
    let quarantine = environment["GIT_QUARANTINE_PATH"].map {
      Files.resolved($0, against: path)
    }
    let handle = try openHandle(gitDirectory, quarantine: quarantine)
    let configuration = try Configuration(
      reading: handle, gitDirectory: gitDirectory, commonDirectory: commonDirectory,
      environment: environment)
    let places = CheckoutPlaces(
      gitDirectory: gitDirectory, commonDirectory: commonDirectory, configuration: configuration)
    let workTree = places.workTree(
      around: path, environment, otherwise: git_repository_workdir(handle.repository))
    let facts = Facts(
      gitDirectory: gitDirectory, commonDirectory: commonDirectory, workTree: workTree,
      mainWorkTree: places.mainWorkTree(of: workTree),
      isShallow: Files.exists(commonDirectory + "/shallow"), quarantine: quarantine)
    return Repository(handle, facts: facts, configuration: configuration)
  }

  /// An environment in which just this repository, with this checkout, is found.
  package func pinned(_ environment: [String: String]) -> [String: String] {
    var result = environment
    result["GIT_DIR"] = gitDirectory
    result["GIT_WORK_TREE"] = workTree
    return result
  }

  /// Another handle of the same repository.
  package func another() throws(GitError) -> Repository {
    try Repository.open(discoveringFrom: gitDirectory, environment: pinned([:]))
  }

  /// The git directory that git would use, as an absolute path.
  private static func discover(
    from path: String, environment: [String: String]
  ) throws(GitError) -> String {
    if let directory = environment["GIT_DIR"], !directory.isEmpty {
      let resolved = Files.resolved(directory, against: path)
      guard let real = Files.real(resolved), Files.exists(real + "/HEAD") else {
        throw .notARepository(path: resolved)
      }
      return real
    }
    var buffer = git_buf()
    defer { git_buf_dispose(&buffer) }
    let across = environment["GIT_DISCOVERY_ACROSS_FILESYSTEM"].map(Self.isTrue) ?? false
    let code = git_repository_discover(
      &buffer, path, across ? 1 : 0, environment["GIT_CEILING_DIRECTORIES"])
    guard code == 0, let found = buffer.ptr else {
      if let refused = try refusal(above: path, code: code) { throw refused }
      throw .notARepository(path: path)
    }
    let directory = Files.trimmed(String(cString: found))
    return Files.real(directory) ?? directory
  }

  /// Why a directory that looks like a repository was not taken for one.
  private static func refusal(above path: String, code: Int32) throws(GitError) -> GitError? {
    var place = Files.real(path) ?? path
    while true {
      let candidate = Files.trimmed(place) + "/.git"
      if Files.exists(candidate) {
        if isForeign(candidate) { return .notOwned(path: place) }
        if access(candidate, R_OK | X_OK) != 0, errno == EACCES {
          return .unreadable(path: candidate, detail: "permission denied")
        }
        return nil
      }
      guard let slash = place.lastIndex(of: "/"), place != "/" else { return nil }
      place = slash == place.startIndex ? "/" : String(place[..<slash])
    }
  }

  private static func openHandle(
    _ gitDirectory: String, quarantine: String?
  ) throws(GitError) -> RepositoryHandle {
    let handle = try RepositoryHandle(taking: openPointer(gitDirectory))
    if let quarantine { git_odb_add_disk_alternate(handle.objects, quarantine) }
    return handle
  }

  /// The caller frees it.
  static func openPointer(_ gitDirectory: String) throws(GitError) -> OpaquePointer {
    var pointer: OpaquePointer?
    let flags = GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue
    let code = git_repository_open_ext(&pointer, gitDirectory, flags, nil)
    guard code == 0, let pointer else {
      let message = Libgit2.lastMessage
      if code == GIT_EOWNER.rawValue || isForeign(gitDirectory) {
        throw .notOwned(path: rootToTrust(gitDirectory))
      }
      throw .unreadable(path: gitDirectory, detail: message)
    }
    return pointer
  }

  /// What `safe.directory` must name: the work tree, or the git directory of a bare repository.
  private static func rootToTrust(_ gitDirectory: String) -> String {
    gitDirectory.hasSuffix("/.git") ? String(gitDirectory.dropLast(5)) : gitDirectory
  }

  private static func isForeign(_ path: String) -> Bool {
    guard let owner = Files.owner(path) else { return false }
    return owner != geteuid()
  }

  /// A boolean as git reads it.
  static func isTrue(_ value: String) -> Bool {
    switch value.lowercased() {
    case "true", "yes", "on": true
    default: Int(value).map { $0 != 0 } ?? false
    }
  }
}
