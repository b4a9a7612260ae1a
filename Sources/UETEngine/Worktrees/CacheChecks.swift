import UETGit
import UETModel
import UETSystem

/// The answers of `CacheCheck`, each asked once for what stands in a cache: also by the next run.
actor CacheChecks {
  private let project: Project
  private var known: [String: (identity: String, task: Task<CacheCheck.Tie?, Never>)] = [:]

  init(_ project: Project) { self.project = project }

  /// What ties a cache to the main work tree; nil where it may be used elsewhere.
  func tie(of cache: LocalFile) async -> CacheCheck.Tie? {
    guard let root = project.repository.workTree else { return nil }
    let isLinked = project.configuration.run.cacheFallback == .link
    let places = [root] + [alias(of: root)].compactMap { $0 }
    let check = CacheCheck(root: root, cache: cache.path, isLinked: isLinked, places: places)
    let state = CacheListing("\(root)/\(cache.path)").identity
    let identity = "\(places.joined(separator: "\0"))\0\(isLinked)\0\(cache.path)\0\(state)"
    if let answer = known[cache.path], answer.identity == identity {
      return await answer.task.value
    }
    let file = self.file(cache)
    let digest = Repository.hashBlob(Array(identity.utf8)).hex
    let task = Task<CacheCheck.Tie?, Never> {
      if let answer = Self.remembered(file, digest) { return answer }
      let tie = await check.tie()
      Self.remember(tie, file, digest)
      return tie
    }
    known[cache.path] = (identity, task)
    return await task.value
  }

  /// What ties a folder, whose content has this identity, to the place in which it is; programs are
  /// looked into as well.
  func tie(of folder: String, in root: String, content: UInt64) async -> CacheCheck.Tie? {
    let (key, identity) = ("\(root)/\(folder)", "\(content)")
    if let answer = known[key], answer.identity == identity { return await answer.task.value }
    let check = CacheCheck(root: root, cache: folder, isLinked: false, readsBinaries: true)
    let task = Task<CacheCheck.Tie?, Never> { await check.tie() }
    known[key] = (identity, task)
    return await task.value
  }

  /// The root by the name that the user's shell has for it.
  private func alias(of root: String) -> String? {
    guard var place = project.environment["PWD"], place.hasPrefix("/") else { return nil }
    while place.count > 1 {
      if Files.real(place) == root { return place == root ? nil : place }
      place = String(place[..<(place.lastIndex(of: "/") ?? place.startIndex)])
    }
    return nil
  }

  private func file(_ cache: LocalFile) -> String {
    "\(project.stateDirectory)/caches/\(Repository.hashBlob(Array(cache.path.utf8)).hex)"
  }

  private static func remembered(_ file: String, _ digest: String) -> CacheCheck.Tie?? {
    guard let bytes = Files.content(of: file) else { return nil }
    let words = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 3, words[0] == digest else { return nil }
    switch words[1] {
    case "none": return .some(nil)
    case "names": return .names(file: words[2])
    case "leads": return .leads(link: words[2])
    default: return nil
    }
  }

  private static func remember(_ tie: CacheCheck.Tie?, _ file: String, _ digest: String) {
    let words =
      switch tie {
      case nil: ["none", ""]
      case .names(let file): ["names", file]
      case .leads(let link): ["leads", link]
      }
    try? Files.makeDirectory(above: file)
    try? Files.write(([digest] + words).joined(separator: "\0").utf8, to: file)
  }
}
