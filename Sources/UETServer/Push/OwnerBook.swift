import UETGit
import UETModel
import UETSystem

/// Who began each chain that came by a push, for who may go on with it.
///
/// In files of the host alone, which no push reaches: the record itself says who wrote it, and
/// whoever writes it can say so.
struct OwnerBook {
  private let folder: String
  private static let longest = 4096

  init(_ repository: Repository) { folder = "\(repository.commonDirectory)/uet-server/owners" }

  /// Nil where nobody is known to have begun it.
  func owner(of run: RunID, _ writer: String) -> String? {
    let text = Files.content(of: path(run, writer), limit: Self.longest)
    return text.map { String(decoding: $0, as: UTF8.self) }
      .flatMap { $0.hasSuffix("\n") ? String($0.dropLast()) : nil }
  }

  /// Notes who began a chain; false where somebody else did at the same time.
  func bind(_ run: RunID, _ writer: String, to owner: String) throws(SystemFailure) -> Bool {
    let path = path(run, writer)
    if let known = self.owner(of: run, writer) { return known == owner }
    try Files.makeDirectory(folder, mode: 0o775)
    let draft = "\(path).\(UInt64.random(in: 0...UInt64.max))"
    try Files.write(Array((owner + "\n").utf8), to: draft)
    defer { try? Files.remove(draft) }
    try Files.sync(draft)
    if try Files.linkNew(draft, to: path) {
      Files.sync(from: folder, upTo: folder)
      return true
    }
    return self.owner(of: run, writer) == owner
  }

  private func path(_ run: RunID, _ writer: String) -> String { "\(folder)/\(run).\(writer)" }
}
