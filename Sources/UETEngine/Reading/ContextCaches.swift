import UETContext
import UETGit
import UETModel
import UETPlanning
import UETSystem
import UETTools

extension Project {
  private func contextPath(_ name: String) -> String { "\(stateDirectory)/context-\(name)" }

  /// What was kept under a name; it may be deleted at any time.
  func contextCache(_ name: String) -> [UInt8]? { Files.content(of: contextPath(name)) }

  /// Whoever writes last is right: both know what they have read.
  func keepContextCache(_ name: String, _ bytes: [UInt8]) {
    try? Files.makeDirectory(stateDirectory)
    try? Files.write(bytes, to: contextPath(name))
  }

  /// How many commits are looked through for files that change together.
  private static let pastCommits = 2000

  /// Which files the last commits before `base` changed together.
  func coChange(at base: ObjectID) async throws -> CoChange {
    let head = Array("uet together 1 \(base.hex)\n".utf8)
    if let kept = contextCache("together"), kept.starts(with: head) {
      return Self.coChange(kept.dropFirst(head.count), commit: 0x0A)
    }
    let output = try await git.check([
      "log", "--no-merges", "--max-count=\(Self.pastCommits)", "--name-only", "--no-renames", "-z",
      "--format=%x01", base.hex,
    ])
    let found = Self.coChange(output.stdout[...], commit: 0x01)
    let lines = found.commits.map { Array($0.joined(separator: "\0").utf8) + [0x0A] }
    keepContextCache("together", head + lines.flatMap { $0 })
    return found
  }

  /// Commits with their paths, which NUL separates.
  private static func coChange(_ bytes: ArraySlice<UInt8>, commit: UInt8) -> CoChange {
    var found = CoChange()
    for part in bytes.split(separator: commit) {
      found.add(
        part.split { $0 == 0 || $0 == 0x0A }.map { String(decoding: $0, as: UTF8.self) })
    }
    return found
  }

  /// The vocabulary and the window of the model that a workstream is done with.
  func vocabulary(
    of workstream: Workstream, model: String?, _ book: PriceBook
  ) -> (family: TokenFamily, isOwn: Bool, window: ContextWindow?, model: String?) {
    let tool = configuration.tools[workstream.tool]
    let adapter = tool.flatMap { AgentPrograms.named($0.adapter.rawValue) }
    let name = model ?? configuration.model(for: workstream, tool: workstream.tool)
    return vocabulary(of: name, provider: adapter?.provider, book)
  }

  func vocabulary(
    of model: String?, provider: String?, _ book: PriceBook
  ) -> (family: TokenFamily, isOwn: Bool, window: ContextWindow?, model: String?) {
    let key = model.flatMap { book.resolve($0, provider: provider) }
    let (family, isOwn) = TokenFamily.of(
      provider: key?.provider ?? provider, model: key?.model ?? model ?? "")
    let window = key.flatMap(book.window).map {
      ContextWindow(size: $0, reserve: configuration.context.reserve)
    }
    return (family, isOwn && model != nil, window, model)
  }
}
