import Testing
import UETModel

@testable import UETTools

@Suite struct PriceTests {
  private static let book = PriceBook.builtIn()

  private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

  private func cost(
    _ model: String, _ counts: TokenCounts, at time: String = "2026-11-29T12:00:00Z",
    tier: String? = nil, provider: String? = nil, session requests: Int? = nil
  ) throws -> Cost {
    let record = UsageRecord(
      model: model, provider: provider, tier: tier, counts: counts, requests: requests ?? 1,
      extent: requests == nil ? .request : .session, source: .stream)
    return Self.book.cost(of: record, at: try self.time(time))
  }

  private func dollars(_ text: String) throws -> Cost {
    let parts = text.split(separator: ".")
    let fraction = String(parts[1]) + String(repeating: "0", count: 12 - parts[1].count)
    return .priced(
      Money(
        picodollars: try #require(Int64(parts[0])) * 1_000_000_000_000
          + (try #require(Int64(fraction)))))
  }

  private let long = TokenCounts(input: 250_000, output: 10_000)

  /// The whole request is at the higher price, what came back as well; checked against both
  /// sources.
  @Test(arguments: [
    ("gemini-2.5-pro", "0.775"), ("gemini-3.1-pro-preview", "1.18"), ("claude-haiku-5-5", "0.15"),
    ("gpt-5.4", "0.775"), ("gpt-5.6-sol", "1.20"), ("claude-sonnet-4-6", "0.90"),
  ])
  func aLongRequestIsDearerAsAWhole(model: String, amount: String) throws {
    #expect(try cost(model, long) == dollars(amount))
  }

  @Test func aThresholdIsExceededNotReached() throws {
    let at = try cost("gemini-2.5-pro", TokenCounts(input: 200_000, output: 10_000))
    #expect(at == (try dollars("0.35")))
    let above = try cost("gemini-2.5-pro", TokenCounts(input: 200_001, output: 10_000))
    #expect(above == (try dollars("0.6500025")))
    // What was cached counts as input there.
    let cached = try cost("gemini-2.5-pro", TokenCounts(input: 1, cacheRead: 200_000))
    #expect(cached == (try dollars("0.0500025")))
    // xAI alone changes at the threshold.
    let grok = try cost("grok-code-fast-1", TokenCounts(input: 200_000))
    #expect(grok == (try dollars("0.40")))
  }

  /// 2 requests of 150,000 tokens are not one of 300,000.
  @Test func theSumOfASessionIsARange() throws {
    let sum = TokenCounts(input: 300_000, output: 10_000)
    let low = Money(dollars: 0.475)
    let high = Money(dollars: 0.9)
    #expect(try cost("gemini-2.5-pro", sum, session: 2) == .range(low, high))
    #expect(try cost("gemini-2.5-pro", sum, session: 1) == .priced(high))
    let short = TokenCounts(input: 100_000, output: 10_000)
    #expect(try cost("gemini-2.5-pro", short, session: 9) == .priced(Money(dollars: 0.225)))
    #expect(try cost("claude-sonnet-5", sum, session: 9) == .priced(Money(dollars: 0.7)))
  }

  @Test func cachesAndSearchesHaveTheirPrices() throws {
    let counts = TokenCounts(
      input: 1000, cacheRead: 90_000, cacheWrite1h: 10_000, output: 1000, webSearches: 5)
    #expect(try cost("claude-opus-4-8", counts) == dollars("0.225"))
    let shortLived = TokenCounts(cacheWrite5m: 10_000)
    #expect(try cost("claude-opus-4-8", shortLived) == dollars("0.0625"))
  }

  @Test func pricesChangeOnTheirDay() throws {
    let counts = TokenCounts(input: 1_000_000, output: 1_000_000)
    #expect(try cost("gemini-4-argon", counts, at: "2026-11-30T23:59:59Z") == dollars("12.0"))
    #expect(try cost("gemini-4-argon", counts, at: "2026-12-01T00:00:00Z") == dollars("24.0"))
    #expect(
      try cost("gemini-4-argon", counts, at: "2026-12-02T00:00:00Z", tier: "batch")
        == dollars("12.0"))
    #expect(
      try cost("gpt-5.6-sol", TokenCounts(input: 1000), at: "2026-08-20T00:00:00Z")
        == dollars("0.005"))
  }

  /// 2026-11-29 is a Sunday, on which there are no dear hours.
  @Test func pricesChangeWithTheHour() throws {
    let counts = TokenCounts(input: 1_000_000)
    #expect(try cost("deepseek-v4-pro", counts, at: "2026-11-29T02:00:00Z") == dollars("0.66"))
    #expect(try cost("deepseek-v4-pro", counts, at: "2026-11-30T02:00:00Z") == dollars("1.32"))
    #expect(try cost("deepseek-v4-pro", counts, at: "2026-11-30T04:00:00Z") == dollars("0.66"))
  }

  @Test func aTierHasItsPriceOrNone() throws {
    let counts = TokenCounts(input: 10_000, output: 3000)
    #expect(try cost("gpt-5.6-sol", counts) == dollars("0.10"))
    #expect(try cost("gpt-5.6-sol", counts, tier: "priority") == dollars("0.20"))
    #expect(try cost("gpt-5.6-sol", counts, tier: "flex") == dollars("0.05"))
    #expect(try cost("gpt-5.6-sol", counts, tier: "default") == dollars("0.10"))
    guard case .unpriced = try cost("gpt-5.6-sol", counts, tier: "unheard-of") else {
      Issue.record("an unknown tier is not the ordinary one")
      return
    }
  }

  @Test(arguments: [
    ("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"), ("claude-opus-4-8[1m]", "claude-opus-4-8"),
    ("claude-opus-5-5[1m]", "claude-opus-5-5"), ("anthropic/claude-opus-4.8", "claude-opus-4-8"),
    ("openrouter/anthropic/claude-opus-4.8", "claude-opus-4-8"),
    ("Claude-Sonnet-5", "claude-sonnet-5"), ("claude-haiku-4-5@20251001", "claude-haiku-4-5"),
    ("claude-opus-5-5-latest", "claude-opus-5-5"), ("gpt-5.4-2026-03-05", "gpt-5.4"),
    ("openai/gpt-5-codex", "gpt-5"), ("gpt-5.6", "gpt-5.6-sol"),
    ("gpt-6-sol-2026-10-01", "gpt-6-sol"), ("models/gemini-2.5-pro", "gemini-2.5-pro"),
    ("gemini/gemini-2.5-pro", "gemini-2.5-pro"), ("moonshotai/kimi-k2.5", "kimi-k2.5"),
    ("z-ai/glm-5.3", "glm-5.3"), ("global.anthropic.claude-opus-4-8-v1", "claude-opus-4-8"),
  ])
  func aNameAsProgramsPrintItIsFound(name: String, model: String) {
    #expect(Self.book.resolve(name)?.model == model)
  }

  @Test(arguments: [
    "claude-opus-9", "claude-opus", "opus", "default", "gpt-5-codex-high", "kimi-for-coding",
    "us.anthropic.claude-opus-4-8-v1:0", "somebody/claude-opus-4-8", "", "[1m]", "/", "gpt-",
  ])
  func aNameIsNeverCompleted(name: String) throws {
    #expect(Self.book.resolve(name) == nil)
    guard case .unpriced = try cost(name, long) else {
      Issue.record("'\(name)' has a price")
      return
    }
  }

  @Test func oneProvidersGLMIsNotAnothers() {
    #expect(Self.book.resolve("glm-5.3", provider: "zai")?.provider == "zai")
    #expect(Self.book.resolve("claude-opus-4-8", provider: "openai") == nil)
  }

  @Test func anOwnBookComesFirst() throws {
    let own = try PriceBook(
      reading: """
        book: mine
        prices:
          - {provider: anthropic, model: claude-sonnet-5, input: 1, output: 2.5}
          - {provider: house, model: tiny, input: 0, output: 0.0000001}
        """)
    let book = Self.book.overlaid(by: own)
    let record = UsageRecord(
      model: "claude-sonnet-5", counts: TokenCounts(input: 1_000_000, cacheRead: 1_000_000),
      extent: .request,
      source: .stream)
    let noon = try time("2026-11-29T12:00:00Z")
    #expect(book.cost(of: record, at: noon) == .priced(Money(dollars: 2)))
    #expect(book.resolve("tiny")?.provider == "house" && book.edition.hasSuffix("+mine"))
    #expect(book.rows(of: PriceBook.Key("house", "tiny"))[0].rates.output == Money(picodollars: 1))
  }

  @Test(arguments: [
    "- {provider: a, model: b, input: 1}", "- {provider: a, model: b, input: x, output: 1}",
    "- {provider: a, input: 1, output: 1}",
    "- {provider: a, model: b, input: 1, output: 1, color: 1}",
    "- {provider: a, model: b, input: 1, output: -1}",
    "- {provider: a, model: b, input: 1, output: 1, hours: 4-3}",
    "- {provider: a, model: b, input: 1, output: 1, from: tomorrow}",
    "- {provider: a, model: b, input: 99999999999999999999, output: 1}", "- {provider}",
  ])
  func aBrokenRowIsTold(row: String) {
    #expect(throws: PriceBookError.self) { try PriceBook(reading: "prices:\n  \(row)\n") }
  }

  /// What a request may have, beside what it costs; one's own book counts over ours.
  @Test func windowsAreInTheBook() throws {
    let book = PriceBook.builtIn()
    let key = try #require(book.resolve("claude-haiku-4-5-20251001"))
    #expect(book.window(of: key) == 200_000)
    let own = try PriceBook(
      reading: "windows:\n  - {provider: anthropic, model: claude-haiku-4-5, input: 500000}\n")
    #expect(book.overlaid(by: own).window(of: key) == 500_000)
    #expect(book.rows(of: key) == book.overlaid(by: own).rows(of: key))
    #expect(throws: PriceBookError.self) {
      try PriceBook(reading: "windows:\n  - {provider: a, model: b}\n")
    }
  }
}
