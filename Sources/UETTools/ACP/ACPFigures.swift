import UETModel

/// What an agent tells of tokens and money, in one of the ways that agents tell it.
struct ACPFigures: Hashable, Sendable {
  /// Of the session so far; nil where nothing is told.
  var counts: TokenCounts?
  /// US dollars of the session so far.
  var cost: Double?
  var requests: Int?

  /// From an update, and the notification it stands in.
  ///
  /// `usage_update` tells the cost, and of tokens only what fills the model's window now: the sums
  /// are in what vibe and openhands add.
  init(_ update: JSONObject, _ parameters: JSONObject) {
    if update.string("sessionUpdate") == "usage_update" {
      let cost = update.object("cost")
      if cost?.string("currency")?.uppercased() == "USD" { self.cost = cost?["amount"]?.double }
      if let more = update.object("_meta"), more["promptTokens"] != nil {
        counts = .inclusive(
          input: more.count("promptTokens"), cacheRead: more.count("cachedTokens"),
          output: more.count("completionTokens"))
        requests = more["steps"]?.integer
      }
    }
    if let metrics = parameters.object("_meta")?.object("field_meta")?
      .object("openhands.dev/metrics")
    {
      counts = .inclusive(
        input: metrics.count("input_tokens"), cacheRead: metrics.count("cache_read_tokens"),
        output: metrics.count("output_tokens"), reasoning: metrics.count("reasoning_tokens"))
      cost = metrics["cost"]?.double ?? cost
    }
  }

  /// From the `usage` of an answered prompt.
  ///
  /// The protocol does not say whether cached input is part of the input, nor thoughts of the
  /// output. The total does: it counts each token once.
  static func counts(_ usage: JSONObject) -> TokenCounts {
    let (input, output) = (usage.count("inputTokens"), usage.count("outputTokens"))
    let (read, written) = (usage.count("cachedReadTokens"), usage.count("cachedWriteTokens"))
    let (thought, total) = (usage.count("thoughtTokens"), usage.count("totalTokens"))
    let plain = input &+ output
    let isApart =
      thought > 0 && (total == plain &+ thought || total == plain &+ thought &+ read &+ written)
    let spoken = isApart ? output &+ thought : output
    if read &+ written > 0, total == input &+ spoken &+ read &+ written || read &+ written > input {
      return TokenCounts(
        input: input, cacheRead: read, cacheWrite5m: written, output: spoken, reasoning: thought)
    }
    return .inclusive(
      input: input, cacheRead: read, cacheWrite: written, output: spoken, reasoning: thought)
  }
}
