/// What the words of a provider's refusal mean, whichever program passes them on.
enum FaultWords {
  /// The outcome that a message speaks of; nil where it speaks of none that is known.
  static func outcome(of message: String) -> ToolOutcome? {
    let words = message.lowercased()
    func has(_ parts: [String]) -> Bool { parts.contains { words.contains($0) } }
    let line = firstLine(message)
    if has(contextual) { return .contextOverflow(line) }
    if has(login) || hasStatus(401, words) { return .notLoggedIn(line) }
    if has(credit) || hasStatus(402, words) { return .refused(line) }
    if has(limits) || hasStatus(429, words) { return .rateLimited(wait: wait(in: words)) }
    if has(overload) || [500, 502, 503, 504, 529].contains(where: { hasStatus($0, words) }) {
      return .overloaded(line)
    }
    if hasStatus(403, words) || has(["permission_error", "permission denied by the provider"]) {
      return .refused(line)
    }
    return nil
  }

  /// The outcome of an HTTP status of the provider; nil for one that says nothing.
  static func outcome(ofStatus status: Int, _ message: String, wait: Double? = nil) -> ToolOutcome?
  {
    let line = firstLine(message)
    return switch status {
    case 401: .notLoggedIn(line)
    case 402, 403: .refused(line)
    case 413: .contextOverflow(line)
    case 429: .rateLimited(wait: wait ?? Self.wait(in: message.lowercased()))
    case 500...599: .overloaded(line)
    default: outcome(of: message)
    }
  }

  private static let login = [
    "authenticationerror", "authentication_error", "authentication failed", "invalid api key",
    "invalid_api_key", "incorrect api key", "bad key", "not able to authenticate you",
    "authentication required", "unauthorized", "not logged in", "please run /login",
    "api key is missing", "no api key", "failed to authenticate",
  ]
  private static let credit = [
    "insufficient_quota", "credit balance is too low", "exceeded your current quota",
    "billing_hard_limit", "payment required",
  ]
  private static let limits = [
    "ratelimiterror", "rate_limit", "rate limit", "too many requests", "usage limit reached",
  ]
  private static let overload = [
    "overloaded_error", "overloaded", "internalservererror", "internal server error",
    "service unavailable", "bad gateway", "apiconnectionerror", "api error: connection dropped",
    "econnreset", "econnrefused", "connection error", "server disconnected",
    "stream disconnected before completion",
    "error sending request",
  ]
  private static let contextual = [
    "context_length_exceeded", "contextwindowexceedederror", "prompt is too long",
    "maximum context length", "input is too long for requested model",
  ]

  /// Whether a status stands in the text as a number of its own, behind a word that says what it
  /// is.
  private static func hasStatus(_ status: Int, _ words: String) -> Bool {
    ["status ", "status: ", "status code: ", "error code: ", "api error: ", "(", "error '"].contains
    {
      words.contains($0 + String(status))
    }
  }

  /// Seconds to wait, as `try again in 20s`, `retry-after: 3` or `in 1m30s` say.
  static func wait(in words: String) -> Double? {
    for lead in ["try again in ", "retry after ", "retry-after: ", "retry-after ", "wait "] {
      guard let range = words.firstRange(of: lead) else { continue }
      if let seconds = duration(words[range.upperBound...]) { return seconds }
    }
    return nil
  }

  /// Reads `1h2m3.5s`, `20 seconds`, `350ms` or a bare number of seconds at the start of a text.
  private static func duration(_ text: Substring) -> Double? {
    var rest = text
    var total: Double?
    while let (number, behind) = number(rest) {
      let word = behind.drop { $0 == " " }
      let unit = word.prefix { $0.isLetter }
      let factor: Double? =
        switch unit {
        case "ms", "milliseconds": 0.001
        case "", "s", "sec", "secs", "second", "seconds": 1
        case "m", "min", "mins", "minute", "minutes": 60
        case "h", "hour", "hours": 3600
        default: nil
        }
      guard let factor else { break }
      total = (total ?? 0) + number * factor
      rest = word.dropFirst(unit.count)
      if unit.isEmpty { break }
    }
    return total
  }

  private static func number(_ text: Substring) -> (Double, Substring)? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let value = Double(digits.hasSuffix(".") ? digits.dropLast() : digits) else { return nil }
    return (value, text.dropFirst(digits.count))
  }

  /// The first line that says something, cut to what a status line holds.
  static func firstLine(_ message: String) -> String {
    let line =
      message.split(whereSeparator: \.isNewline).first { line in line.contains { !$0.isWhitespace }
      }
      ?? "no message"
    return line.count <= 160 ? String(line) : line.prefix(159) + "…"
  }
}
