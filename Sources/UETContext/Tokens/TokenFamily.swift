/// A vocabulary whose tokens are estimated.
package enum TokenFamily: String, CaseIterable, Hashable, Sendable {
  /// The one that Anthropic published for its models before the third generation.
  case claude
  /// OpenAI since GPT-4o, and before.
  case o200k, cl100k
  case deepseek, qwen
  /// Tekken.
  case mistral

  /// The vocabulary that comes nearest to a model's.
  /// - Returns: the vocabulary, and whether the model is known to use it; another one stands in
  ///   where its makers do not publish theirs.
  package static func of(provider: String?, model: String) -> (family: TokenFamily, isOwn: Bool) {
    let name = model.lowercased()
    func has(_ parts: String...) -> Bool { parts.contains { name.contains($0) } }
    switch provider {
    case "anthropic"?: return (.claude, false)
    case "deepseek"?: return (.deepseek, true)
    case "alibaba"?: return (.qwen, true)
    case "mistral"?: return (.mistral, true)
    case "openai"?:
      let isOld = name == "gpt-4" || has("gpt-3.5", "gpt-4-turbo", "gpt-4-0", "gpt-4-1")
      return isOld && !has("gpt-4.1") ? (.cl100k, true) : (.o200k, true)
    default: break
    }
    if has("claude") { return (.claude, false) }
    if has("deepseek") { return (.deepseek, true) }
    if has("qwen") { return (.qwen, true) }
    if has("mistral", "codestral", "devstral") { return (.mistral, true) }
    if has("gpt-4o", "gpt-5", "gpt-4.1") { return (.o200k, true) }
    return (.o200k, false)
  }
}

extension TextProfile {
  /// About how many tokens the text is: for a single text of some hundred bytes and more within
  /// 10 % in 19 of 20 cases; see docs/performance.md for what was measured.
  package func tokens(_ family: TokenFamily) -> Int {
    guard bytes > 0, let weights = TokenWeights.all[family] else { return 0 }
    var sum = 0
    for (count, weight) in zip(counts, weights) where count != 0 { sum += Int(count) * weight }
    let more = markedShare
    if more > 0 {
      var extra = 0
      for place in 0..<(2 * Piece.longestWord) {
        let count = (0..<Piece.Start.all).reduce(0) { sum, start in
          sum + Int(counts[Piece.words + start * Piece.Case.all * Piece.longestWord + place])
        }
        extra += count * weights[Piece.count + place]
      }
      sum += Int(Double(extra) * more)
    }
    return max(1, (sum + 500) / 1000)
  }

  /// 0 for a text without marks on its letters, 1 for one in a language that has many.
  private var markedShare: Double {
    let marked = counts[Piece.scriptRuns]
    guard marked > 0 else { return 0 }
    let words = counts[Piece.words..<Piece.rare].reduce(0) { $0 + Int($1) }
    return min(1, 20 * Double(marked) / Double(max(1, words)))
  }
}

/// What each kind of piece weighs, in thousandths of a token.
private enum TokenWeights {
  static let all: [TokenFamily: [Int]] = tokenTables.mapValues { line in
    line.split(separator: " ").map { Int($0) ?? 0 }
  }
}
