import UETContext
import UETModel
import UETScheduling
import UETSystem
import UETTools

extension AttemptRunner {
  /// About how many tokens a program is handed: what it is asked, and where it opens them itself
  /// the files that its scope names; and how many it would be without comments.
  func handedTokens(
    _ adapter: any ToolAdapter.Type, model: String?
  ) -> (tokens: Int, pruned: Int, files: Int) {
    let family = context.project.vocabulary(
      of: model, provider: adapter.provider, context.prices.book
    ).family
    let prompt = TextProfile(Files.content(of: promptFile) ?? []).tokens(family)
    guard adapter.opensFiles else { return (prompt, prompt, 0) }
    let files = existingFiles.map { name in
      ReadFile(path: name, text: Files.content(of: "\(path)/\(name)") ?? [])
    }
    return files.reduce((prompt, prompt, files.count)) { sum, file in
      (sum.0 + file.tokens(family), sum.1 + file.prunedTokens(family), sum.2)
    }
  }

  /// Why the program is not started: what it is handed does not fit its model.
  func overflow(
    _ handed: (tokens: Int, pruned: Int, files: Int), _ adapter: any ToolAdapter.Type,
    model: String?
  ) -> AttemptFailure? {
    guard context.configuration.context.overflow == .refuse, let model,
      let window = context.project.vocabulary(
        of: model, provider: adapter.provider, context.prices.book
      ).window,
      let strategy = window.strategy(
        whole: handed.tokens, pruned: handed.pruned, scope: handed.pruned)
    else { return nil }
    let files = handed.files == 0 ? "" : " and \(handed.files.counting("file")) to open"
    let way =
      switch strategy {
      case .prune: "without comments it would fit (prune)"
      case .summarise: "with declarations alone it would fit (summarise)"
      case .split: "it is to be split: git uet context \(id) --split"
      }
    return AttemptFailure(
      .contextOverflow,
      "the prompt\(files) have about \(handed.tokens) tokens, and '\(model)' takes \(window.size), "
        + "of which \(window.room) are for them; \(way)")
  }
}
