import ArgumentParser
import UETEngine
import UETLedger
import UETModel

struct CacheCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache", abstract: "the SQLite cache of the record: rebuild or verify it",
    discussion: """
      The cache is built from refs/uet by itself whenever it is missing, old or damaged; it holds \
      nothing of its own and may be deleted at any time.
      """,
    subcommands: [Rebuild.self, Verify.self])

  struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "build the cache anew from the record")

    func run() async throws {
      let context = CommandContext()
      let project = try context.project()
      let count = try project.cache.rebuild()
      context.output.line("rebuilt from the record: \(count) event\(count == 1 ? "" : "s")")
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "compare the cache with one built anew from the record")

    func run() async throws {
      let context = CommandContext()
      let project = try context.project()
      let differences = try project.cache.verify()
      guard differences.isEmpty else {
        for difference in differences { context.errors.line("error: " + text(difference)) }
        context.errors.line("hint: build it anew: git uet cache rebuild")
        throw ExitStatus.failed
      }
      context.output.line("the cache agrees with the record")
    }

    private func text(_ difference: CacheDifference) -> String {
      let found = difference.found ?? "nothing"
      let expected = difference.expected ?? "nothing"
      return "\(difference.table): has \(found), should have \(expected)".terminalSafe
    }
  }
}
