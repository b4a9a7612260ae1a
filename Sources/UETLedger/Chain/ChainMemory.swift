import UETGit
import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Remembers beside the record where this clone left its chains. Only a help, and disposable: what
/// it says counts where the commit that it names proves itself.
struct ChainMemory: Sendable {
  private let folder: String

  init(_ repository: Repository) { folder = "\(repository.commonDirectory)/uet/ends" }

  private func path(_ run: RunID, _ writer: String) -> String { "\(folder)/\(run).\(writer)" }

  /// A failure costs nothing but the help.
  func note(_ tip: ObjectID, _ run: RunID, _ writer: String) {
    try? Files.makeDirectory(folder)
    try? Files.write(tip.hex.utf8, to: path(run, writer))
  }

  func end(_ run: RunID, _ writer: String) -> ObjectID? {
    Files.content(of: path(run, writer), limit: 64)
      .flatMap { ObjectID(String(decoding: $0, as: UTF8.self)) }
  }
}
