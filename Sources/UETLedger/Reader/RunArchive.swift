import UETGit
import UETModel

/// The runs that were put away: references below `refs/uet/` beginning with `archive`, each a chain
/// of commits that have the ends of archived chains as parents, and an index of them as their tree.
///
/// Nothing is ever taken out, so that what is in one commit of an archive is in all later ones.
package struct RunArchive: Sendable {
  package let repository: Repository
  package let names: LedgerNames

  package init(repository: Repository, names: LedgerNames = .standard) {
    self.repository = repository
    self.names = names
  }

  /// The folder of the index; a file in it is named as the run, with `.json` behind.
  static let folder = "runs"

  static func file(_ run: RunID) -> String { "\(run).json" }

  /// Whether a name below the prefix is an archive's.
  package static func isArchive(_ name: some StringProtocol) -> Bool {
    name == "archive"
      || (name.hasPrefix("archive-") && name.count > 8 && !name.contains("/"))
  }

  /// The archives that there are: full names, sorted, with their last commits.
  package func archives() throws(LedgerError) -> [(name: String, tip: ObjectID)] {
    let all = try LedgerError.wrap { () throws(GitError) in
      try repository.references(under: names.prefix)
    }
    return all.filter { Self.isArchive($0.name.dropFirst(names.prefix.count + 1)) }
      .map { ($0.name, $0.id) }
  }

  /// Every archived run, newest first.
  package func runs() throws(LedgerError) -> [RunID] {
    var found: Set<RunID> = []
    for archive in try archives() {
      for entry in try entries(archive.tip) {
        if entry.name.hasSuffix(".json"), let run = RunID(String(entry.name.dropLast(5))) {
          found.insert(run)
        }
      }
    }
    return found.sorted(by: >)
  }

  /// Runs that a person took away here, as the configuration names them.
  package static func forgotten(_ repository: Repository) -> Set<String> {
    Set(
      repository.configList(prefix: "uet.").filter { $0.key.lowercased() == "uet.forgotten" }
        .map(\.value))
  }

  /// What is known of an archived run; nil where it is in no archive.
  package func find(_ run: RunID) throws(LedgerError) -> ArchivedRun? {
    var result: ArchivedRun?
    for archive in try archives() {
      guard let found = try readable(run, in: archive.tip) else { continue }
      result = try result.map { (other) throws(LedgerError) in try join(other, found) } ?? found
    }
    return result
  }

  /// The last commit of an archived chain; nil where there is none.
  func tip(of run: RunID, writer: String) throws(LedgerError) -> ObjectID? {
    try find(run)?.tip(of: writer)
  }

  /// Which runs the archives have, as they are now, with the blobs of their entries: for those who
  /// ask of many runs.
  func index() throws(LedgerError) -> [RunID: [ObjectID]] {
    var index: [RunID: [ObjectID]] = [:]
    for archive in try archives() {
      for entry in try entries(archive.tip) where entry.name.hasSuffix(".json") {
        if let run = RunID(String(entry.name.dropLast(5))) {
          index[run, default: []].append(entry.id)
        }
      }
    }
    return index
  }

  /// The entry of a run from its blobs.
  func read(_ run: RunID, from blobs: [ObjectID]) throws(LedgerError) -> ArchivedRun? {
    var result: ArchivedRun?
    for blob in blobs {
      let bytes = try LedgerError.wrap { () throws(GitError) in try repository.blob(blob) }
      guard let found = Self.parse(bytes), found.run == run else { continue }
      result = try result.map { (other) throws(LedgerError) in try join(other, found) } ?? found
    }
    return result
  }

  private func entries(_ commit: ObjectID) throws(LedgerError) -> [TreeEntry] {
    try LedgerError.wrap { () throws(GitError) in
      guard let folder = try repository.entry(at: Self.folder, in: commit), folder.mode == .tree
      else { return [] }
      return try repository.tree(folder.id).filter { $0.mode == .file }
    }
  }

  /// What the index of one commit says of a run.
  package func read(_ run: RunID, in commit: ObjectID) throws(LedgerError) -> ArchivedRun? {
    let bytes = try LedgerError.wrap { () throws(GitError) -> [UInt8]? in
      let path = "\(Self.folder)/\(Self.file(run))"
      guard let entry = try repository.entry(at: path, in: commit), entry.mode == .file
      else { return nil }
      return try repository.blob(entry.id)
    }
    guard let bytes else { return nil }
    guard let found = Self.parse(bytes), found.run == run else {
      throw .broken(commit: commit, reason: "its entry of run '\(run)' cannot be read")
    }
    return found
  }

  /// The entry of a run, where one that says nothing counts as none; one of a newer version is not
  /// passed over.
  func readable(_ run: RunID, in commit: ObjectID) throws(LedgerError) -> ArchivedRun? {
    do throws(LedgerError) { return try read(run, in: commit) } catch {
      guard case .broken = error, !isNewer(run, commit) else { throw error }
      return nil
    }
  }

  private func isNewer(_ run: RunID, _ commit: ObjectID) -> Bool {
    let found = try? repository.entry(at: "\(Self.folder)/\(Self.file(run))", in: commit)
    guard let entry = found ?? nil, let bytes = try? repository.blob(entry.id),
      let version = (try? JSONValue(parsing: bytes))?["version"]?.integer
    else { return false }
    return version > ArchivedRun.formatVersion
  }

  static func parse(_ bytes: [UInt8]) -> ArchivedRun? {
    (try? JSONValue(parsing: bytes)).flatMap { ArchivedRun(json: $0) }
  }
}

extension RunArchive {
  /// What two archives say of the same run as one, whichever of them is asked first. A chain that
  /// goes on where another ends takes its place.
  func join(_ left: ArchivedRun, _ right: ArchivedRun) throws(LedgerError) -> ArchivedRun {
    if left == right { return left }
    var references = left.references
    for (name, tips) in right.references {
      let all = references[name, default: []].union(tips)
      references[name] = name.hasPrefix("runs/") ? try newest(all, name, left.run) : all
    }
    let main = ArchivedRun.chain(left.run, LedgerNames.mainWriter)
    // The one that speaks of the chain as it is in the end; of equals, whichever sorts first.
    let texts = [left, right].map { (side: $0, text: $0.json.encoded()) }.sorted {
      let isLast = [$0, $1].map { $0.side.references[main] == references[main] }
      return isLast[0] != isLast[1] ? isLast[0] : $0.text < $1.text
    }
    var joined = texts[0].side
    joined.references = references
    return joined
  }

  /// Those of several ends of a chain that no other of them goes on from. Where this clone wrote
  /// one, those that others made of its chain do not count.
  private func newest(
    _ tips: Set<ObjectID>, _ name: String, _ run: RunID
  ) throws(LedgerError) -> Set<ObjectID> {
    guard tips.count > 1 else { return tips }
    let reader = LedgerReader(repository: repository, names: names)
    let (order, chains) = (ChainOrder(reader: reader), OwnChains(reader))
    let writer = String(name.dropFirst(ArchivedRun.chain(run, "").count))
    let own = tips.filter { chains.wrote($0, run, writer) }
    let tips = own.isEmpty ? tips : own
    var result = tips
    for older in tips.sorted() {
      for newer in tips.sorted() where newer != older && result.contains(newer) {
        // What is no chain goes on from nothing.
        if (try? order.extends(newer, older)) == true { result.remove(older) }
      }
    }
    return result
  }
}
