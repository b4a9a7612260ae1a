import UETGit
import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Remembers beside the record where this clone left its chains. Only a help, and disposable: what it says
/// counts where the commit that it names proves itself.
struct ChainMemory: Sendable {
  private let folder: String

  init(_ repository: Repository) { folder = "\(repository.commonDirectory)/uet/ends" }

  private func path(_ run: RunID, _ writer: String) -> String { "\(folder)/\(run).\(writer)" }

  /// A failure costs nothing but the help.
  func note(_ tip: ObjectID, _ run: RunID, _ writer: String) {
    mkdir(String(folder.dropLast(5)), 0o755)
    mkdir(folder, 0o755)
    guard let file = fopen(path(run, writer), "w") else { return }
    fputs(tip.hex, file)
    fclose(file)
  }

  func end(_ run: RunID, _ writer: String) -> ObjectID? {
    SystemFile.bytes(path(run, writer), limit: 64)
      .flatMap { ObjectID(String(decoding: $0, as: UTF8.self)) }
  }
}
