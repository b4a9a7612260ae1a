import UETContext
import UETModel
import UETScheduling
import UETSystem
import UETTools

extension AttemptRunner {
  /// About how many tokens a program is handed: what it is asked, and where it opens them itself
  /// the files that its scope names.
  func handedTokens(
    _ adapter: any ToolAdapter.Type, model: String?
  ) -> (tokens: Int, files: Int) {
    let book = context.prices.book
    let family = context.project.vocabulary(of: model, provider: adapter.provider, book).family
    func tokens(_ path: String) -> Int {
      TextProfile(Files.content(of: path) ?? []).tokens(family)
    }
    let files = adapter.opensFiles ? existingFiles : []
    return (
      files.reduce(tokens(promptFile)) { $0 + tokens("\(path)/\($1)") }, files.count
    )
  }

  /// Why the program is not started: what it is handed does not fit its model. Files that it opens
  /// itself it opens whole, so that only a narrower scope helps.
  func overflow(
    _ handed: (tokens: Int, files: Int), _ adapter: any ToolAdapter.Type, model: String?
  ) -> AttemptFailure? {
    let book = context.prices.book
    guard context.configuration.context.overflow == .refuse, let model,
      let window = context.project.vocabulary(of: model, provider: adapter.provider, book).window,
      handed.tokens > window.room
    else { return nil }
    let (files, way) =
      handed.files == 0
      ? ("", "say less in its tasks")
      : (
        " and \(handed.files.counting("file")) to open",
        "it is to be split: git uet context \(id) --split"
      )
    return AttemptFailure(
      .contextOverflow,
      "the prompt\(files) have about \(handed.tokens) tokens, and '\(model)' takes \(window.size), "
        + "of which \(window.room) are for them; \(way)")
  }
}
