import UETGit
import UETModel
import UETSystem

/// What this clone alone knows. With it, it tells the commits of chains that it wrote from all
/// others.
///
/// The clone's name stands in the root of each run, for all to read, and proves nothing. The key is
/// in a file of the git directory, which no clone, fetch or push copies.
package struct CloneSeal: Hashable, Sendable {
  /// The key as it goes into the inner and the outer hash.
  private let inner: [UInt8]
  private let outer: [UInt8]
  /// The ends of chains that this clone began before it had a key, by `RUN/WRITER`.
  package let adopted: [String: ObjectID]

  private static let trailer = "UET-Seal: "
  private static let formatVersion: Int64 = 1

  package static func path(in repository: Repository) -> String {
    "\(repository.commonDirectory)/uet.key"
  }

  /// Reads the file; nil where this clone has no key yet.
  package static func load(_ repository: Repository) -> CloneSeal? {
    guard let bytes = Files.content(of: path(in: repository)),
      let document = try? JSONValue(parsing: bytes), let text = document["key"]?.string
    else { return nil }
    var adopted: [String: ObjectID] = [:]
    for member in document["adopted"]?.object?.members ?? [] {
      adopted[member.key] = member.value.objectID
    }
    return CloneSeal(key: text, adopted: adopted)
  }

  /// The file's content. `key` is at least 128 random bits in any form.
  package static func document(key: String, adopted: [String: ObjectID]) -> JSONValue {
    let ends = adopted.sorted { $0.key < $1.key }.map {
      JSONObject.Member($0.key, .string($0.value.hex))
    }
    return [
      "version": .integer(formatVersion), "key": .string(key),
      "adopted": .object(JSONObject(members: ends)),
    ]
  }

  /// The file's content with the end of one more chain taken over as it is; nil where there is no
  /// key.
  package static func document(
    adopting tip: ObjectID, of run: RunID, _ writer: String, in repository: Repository
  ) -> JSONValue? {
    guard let bytes = Files.content(of: path(in: repository)), let seal = load(repository),
      let key = (try? JSONValue(parsing: bytes))?["key"]?.string
    else { return nil }
    return document(
      key: key, adopted: seal.adopted.merging(["\(run)/\(writer)": tip]) { $1 })
  }

  package init?(key: String, adopted: [String: ObjectID] = [:]) {
    let bytes = Array(key.utf8)
    guard bytes.count >= 32 else { return nil }
    let block = bytes + [UInt8](repeating: 0, count: max(0, 64 - bytes.count))
    inner = block.map { $0 ^ 0x36 }
    outer = block.map { $0 ^ 0x5C }
    self.adopted = adopted
  }

  /// A code that nobody can make without the key, built as HMAC (RFC 2104) is, over git's hash of
  /// blobs.
  package func code(over bytes: [UInt8]) -> String {
    let first = Repository.hashBlob(inner + bytes)
    return Repository.hashBlob(outer + Array(first.hex.utf8)).hex
  }
}

extension CloneSeal {
  /// A commit's message with the code over it, and over all that the commit holds.
  func sealed(_ message: String, tree: ObjectID, parents: [ObjectID]) -> String {
    "\(message)\(Self.trailer)\(code(message, tree, parents))\n"
  }

  /// Whether this clone wrote a commit. Since it never goes on from what others wrote, all of the
  /// chain before such a commit is its own as well.
  package func wrote(_ commit: Commit) -> Bool {
    let message = Array(commit.message.utf8)
    let length = Self.trailer.utf8.count + 41
    guard message.count > length else { return false }
    let text = String(decoding: message.dropLast(length), as: UTF8.self)
    return sealed(text, tree: commit.tree, parents: commit.parents) == commit.message
  }

  private func code(_ message: String, _ tree: ObjectID, _ parents: [ObjectID]) -> String {
    let parents = parents.map(\.hex).joined(separator: " ")
    return code(over: Array("chain\n\(tree.hex)\n\(parents)\n\(message)".utf8))
  }
}
