import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where the checkouts of a repository are, told from its files rather than from libgit2.
///
/// libgit2 ignores `config.worktree`, to which git moves `core.bare` when a worktree of a bare
/// repository becomes sparse, and takes the directory above for the work tree of a git directory
/// that has another name than `.git`.
struct CheckoutPlaces {
  let gitDirectory: String
  let commonDirectory: String
  let configuration: Configuration

  private var isLinked: Bool { gitDirectory != commonDirectory }

  /// The root of the checkout that `path` lies in; nil in a bare repository. `otherwise` is what
  /// libgit2 takes for it.
  func workTree(
    around path: String, _ environment: [String: String],
    otherwise found: UnsafePointer<CChar>?
  ) -> String? {
    if let explicit = environment["GIT_WORK_TREE"], !explicit.isEmpty {
      let resolved = Files.resolved(explicit, against: path)
      return Files.real(resolved) ?? resolved
    }
    if !isLinked {
      if configuration.value("core.bare").map(Repository.isTrue) ?? false { return nil }
      if let place = configured ?? entry(above: path) { return place }
      if !gitDirectory.hasSuffix("/.git") { return remembered }
    }
    return found.map { Files.trimmed(String(cString: $0)) }
  }

  /// The root of the main checkout; nil where there is none, or where nobody knows.
  func mainWorkTree(of workTree: String?) -> String? {
    if !isLinked { return workTree }
    if isMainBare { return nil }
    if let configured { return configured }
    return commonDirectory.hasSuffix("/.git") ? String(commonDirectory.dropLast(5)) : remembered
  }

  private var isMainBare: Bool {
    if configuration.value("core.bare").map(Repository.isTrue) ?? false { return true }
    guard let text = Files.content(of: commonDirectory + "/config.worktree") else { return false }
    let words = String(decoding: text, as: UTF8.self).lowercased().filter { !$0.isWhitespace }
    return words.contains("bare=true")
  }

  /// As a submodule's git directory has it.
  private var configured: String? {
    guard let path = configuration.value("core.worktree"), !path.isEmpty else { return nil }
    let resolved = Files.resolved(path, against: commonDirectory)
    return Files.real(resolved) ?? resolved
  }

  /// The next folder from `path` up whose `.git` is, or leads to, this git directory.
  private func entry(above path: String) -> String? {
    var place = Files.real(path) ?? path
    while true {
      let entry = Files.trimmed(place) + "/.git"
      if Files.exists(entry) { return leadsHere(entry) ? place : nil }
      guard let slash = place.lastIndex(of: "/"), place != "/" else { return nil }
      place = slash == place.startIndex ? "/" : String(place[..<slash])
    }
  }

  private func leadsHere(_ entry: String) -> Bool {
    if Files.real(entry) == gitDirectory { return true }
    guard let line = Files.text(entry), line.hasPrefix("gitdir: ") else { return false }
    let target = Files.resolved(
      String(line.dropFirst(8)), against: String(entry.dropLast(5)))
    return Files.real(target) == gitDirectory
  }

  /// Git itself does not know from a separate git directory where the checkout is.
  private var remembered: String? {
    guard let place = Files.text(commonDirectory + CheckoutPlaces.note),
      place.hasPrefix("/"), Files.isFile(place + "/.git")
    else { return nil }
    let main = CheckoutPlaces(
      gitDirectory: commonDirectory, commonDirectory: commonDirectory, configuration: configuration)
    return main.leadsHere(place + "/.git") ? place : nil
  }

  fileprivate static let note = "/uet/work-tree"
}

extension Repository {
  /// Notes where the main checkout is, for who comes from another one, where git has no note of it.
  package func rememberWorkTree() {
    guard let workTree, gitDirectory == commonDirectory, !gitDirectory.hasSuffix("/.git"),
      config("core.worktree") == nil
    else { return }
    mkdir(commonDirectory + "/uet", 0o755)
    try? Files.write(Array((workTree + "\n").utf8), to: commonDirectory + CheckoutPlaces.note)
  }
}
