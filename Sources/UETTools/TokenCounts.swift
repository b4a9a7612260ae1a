/// Tokens of one or more requests, each counted once: what was cached is no part of `input`.
///
/// Vendors count differently (OpenAI's input holds what was cached, Anthropic's does not); each
/// adapter turns its program's figures into these.
package struct TokenCounts: Hashable, Sendable {
  /// Input that was neither read from nor written to a cache.
  package var input = 0
  package var cacheRead = 0
  /// Written to a cache that lives for five minutes, or for a time the program does not tell.
  package var cacheWrite5m = 0
  package var cacheWrite1h = 0
  /// All that came back, `reasoning` included.
  package var output = 0
  package var reasoning = 0
  package var webSearches = 0

  package init(
    input: Int = 0, cacheRead: Int = 0, cacheWrite5m: Int = 0, cacheWrite1h: Int = 0,
    output: Int = 0, reasoning: Int = 0, webSearches: Int = 0
  ) {
    self.input = max(0, input)
    self.cacheRead = max(0, cacheRead)
    self.cacheWrite5m = max(0, cacheWrite5m)
    self.cacheWrite1h = max(0, cacheWrite1h)
    self.output = max(0, output)
    self.reasoning = max(0, reasoning)
    self.webSearches = max(0, webSearches)
  }

  /// From figures whose input holds what was read from a cache and what was written to one.
  package static func inclusive(
    input: Int, cacheRead: Int, cacheWrite: Int = 0, output: Int, reasoning: Int = 0
  ) -> TokenCounts {
    TokenCounts(
      input: input - cacheRead - cacheWrite, cacheRead: min(cacheRead, input),
      cacheWrite5m: cacheWrite, output: output, reasoning: reasoning)
  }

  /// The whole input, cached or not: what thresholds of prices and the model's window are about.
  package var wholeInput: Int { input + cacheRead + cacheWrite5m + cacheWrite1h }

  package var isZero: Bool { self == TokenCounts() }

  package static func + (left: TokenCounts, right: TokenCounts) -> TokenCounts {
    left.combined(with: right) { $0.addingReportingOverflow($1).partialValue }
  }

  /// What was added since `earlier`, for counters that only grow; never below 0.
  package func since(_ earlier: TokenCounts) -> TokenCounts {
    combined(with: earlier) { max(0, $0 - $1) }
  }

  private func combined(with other: TokenCounts, _ operation: (Int, Int) -> Int) -> TokenCounts {
    TokenCounts(
      input: operation(input, other.input), cacheRead: operation(cacheRead, other.cacheRead),
      cacheWrite5m: operation(cacheWrite5m, other.cacheWrite5m),
      cacheWrite1h: operation(cacheWrite1h, other.cacheWrite1h),
      output: operation(output, other.output), reasoning: operation(reasoning, other.reasoning),
      webSearches: operation(webSearches, other.webSearches))
  }
}
