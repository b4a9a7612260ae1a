import UETContext
import UETModel
import UETPlanning

/// A workstream in parts whose scopes each fit its model, as bundles.
package struct SplitWorkstream: Sendable {
  /// The parts; the last has the old name, so that what depends on it still does.
  package let parts: [JSONObject]
  /// Tokens of the files of each.
  package let tokens: [Int]
}

extension Project {
  /// - Parameter room: The most tokens of a part's files; nil for what the model takes.
  package func split(_ context: WorkContext, room: Int?) throws -> SplitWorkstream {
    guard let most = room ?? context.window.map({ max(1, $0.room - context.prompt) }) else {
      throw Refusal(
        .usage, "nobody says how much '\(context.model ?? "the model")' takes",
        hint: "say how much a part may have: --room TOKENS, or name a model: --model MODEL")
    }
    let files =
      context.scope.map { (path: $0.path, tokens: $0.tokens) }
      + context.binary.map { (path: $0, tokens: 0) }
    let parts = ScopeSplit.parts(files, room: most)
    guard parts.count > 1 else {
      throw Refusal(
        .usage,
        "'\(context.workstream)' needs no split: its files have \(context.scopeTokens) tokens, and "
          + "a part may have \(most)")
    }
    let loaded = BundleLoader.load(try bundleFiles())
    guard let place = loaded.workstreams.firstIndex(where: { $0.id == context.workstream }) else {
      throw Refusal.unknownWorkstream(
        context.workstream.rawValue, known: loaded.workstreams.map(\.id))
    }
    let taken = Set(loaded.workstreams.map(\.id.rawValue))
    let whole = loaded.workstreams[place]
    var names: [String] = []
    var number = 1
    while names.count < parts.count - 1 {
      let name = "\(whole.id)-part-\(number)"
      if !taken.contains(name) { names.append(name) }
      number += 1
    }
    let needs = loaded.dependencies[place].map { loaded.workstreams[$0].id.rawValue }
    let all = try repository.changes(from: nil, to: context.base).map(\.path)
    let bundles = parts.enumerated().map { index, part in
      let isLast = index == parts.count - 1
      return bundle(
        whole, name: isLast ? whole.id.rawValue : names[index], part, isLast: isLast,
        needs: isLast ? needs + names : needs, of: parts.count, number: index + 1, in: all)
    }
    return SplitWorkstream(parts: bundles, tokens: parts.map(\.tokens))
  }

  private func bundle(
    _ whole: Workstream, name: String, _ part: ScopeSplit.Part, isLast: Bool, needs: [String],
    of count: Int, number: Int, in all: [String]
  ) -> JSONObject {
    func list(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
    // What is new may belong to any part: the last one makes it, when all else is there.
    let creates = isLast ? whole.scope.creates.map(\.text) : []
    var bundle: JSONObject = [
      "id": .string(name), "files_scope": list(ScopeSplit.patterns(part.paths, of: all)),
      "tasks": list(
        ["Part \(number) of \(count): the tasks below, in the files of this scope alone."]
          + whole.tasks),
      "tool": .string(whole.tool), "depends_on": list(needs),
    ]
    if !creates.isEmpty { bundle.append("files_create", list(creates)) }
    // Nobody confirms a scope by cutting it.
    bundle.append("proposed", whole.isProposed ? true : nil)
    bundle.append("model", whole.model.map(JSONValue.string))
    bundle.append("estimated_context_tokens", .integer(Int64(part.tokens)))
    return bundle
  }
}
