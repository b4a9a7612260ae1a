import UETGit
import UETLedger
import UETModel
import UETSystem

/// Tells one clone from another: a run's main chain is written by the clone that started it, alone.
///
/// The name is kept in the clone's own git configuration and stands in the record; it says who, and
/// proves nothing. What proves it is the key beside it, which nothing copies.
extension Project {
  static let cloneKey = "uet.cloneId"

  /// This clone's name; made and kept where there is none yet, with the key that goes with it.
  ///
  /// Under the start lock, and read anew there: of two first runs that start together the second
  /// must neither fail on the lock of git's configuration nor replace the name the first one
  /// recorded.
  func cloneID() async throws -> String {
    if let known = repository.config(Self.cloneKey), CloneSeal.load(repository) != nil {
      return known
    }
    return try await StartLock.holdingAsync(in: self) {
      let found = try reopened().config(Self.cloneKey)
      let name = found ?? Self.randomDigits(2)
      if found == nil { try await git.check(["config", "--local", Self.cloneKey, name]) }
      try makeSeal(name)
      return name
    }
  }

  private static func randomDigits(_ words: Int) -> String {
    var random = SystemRandomNumberGenerator()
    return (0..<words).map { _ in
      let text = String(random.next(), radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
  }

  /// Makes the key where there is none. What an older version of this program began here under this
  /// name is taken over as it stands now; while one of its runs is going on, that waits.
  private func makeSeal(_ name: String) throws {
    guard CloneSeal.load(repository) == nil else { return }
    var adopted: [String: ObjectID] = [:]
    for chain in try reader.chains() {
      let isMain = chain.writer == LedgerNames.mainWriter
      guard let root = try? reader.root(of: chain.run, writer: chain.writer),
        isMain
          ? root.details["clone"]?.string == name
          : chain.writer == InboxWriter.name(ofClone: name)
      else { continue }
      if isMain, try liveHolder(of: chain.run) != nil { return }
      adopted["\(chain.run)/\(chain.writer)"] = chain.tip
    }
    let document = CloneSeal.document(key: Self.randomDigits(4), adopted: adopted)
    let path = CloneSeal.path(in: repository)
    try Files.write(Array(document.encoded().utf8), to: path, mode: 0o600)
    Files.sync(from: path, upTo: repository.commonDirectory)
  }

  /// This clone's name where it has one; read anew where it was made after the repository was
  /// opened.
  var knownCloneID: String? {
    repository.config(Self.cloneKey) ?? (try? reopened())?.config(Self.cloneKey)
  }

  /// The repository opened once more: the ledger's writes to the disk then hold up nobody else.
  func reopened() throws(GitError) -> Repository {
    try Repository.open(
      discoveringFrom: repository.gitDirectory, environment: repository.pinned(environment))
  }
}
