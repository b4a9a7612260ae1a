/// Takes secrets out of what comes piece by piece: what it gives is, in all, what the whole would
/// give at once, however it is cut.
package struct RedactedStream: Sendable {
  private let redaction: Redaction
  /// A few bytes that were given, then those that cannot be before more is known.
  private var kept: [UInt8] = []
  private var lead = 0
  /// What was replaced already and goes on in what is kept: so far at least, and as long as there
  /// are such characters.
  private var replaced: (count: Int, open: [ByteSet])?

  package init(_ redaction: Redaction) { self.redaction = redaction }

  /// What can be shown by now.
  package mutating func take(_ bytes: [UInt8]) -> [UInt8] { take(bytes, isLast: false) }

  /// What was kept back; there is no more to come.
  package mutating func finish() -> [UInt8] {
    defer { (kept, lead, replaced) = ([], 0, nil) }
    return take([], isLast: true)
  }

  private mutating func take(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
    if bytes.isEmpty, !isLast { return [] }
    let known = kept + bytes
    var result: [UInt8] = []
    known.withUnsafeBufferPointer { buffer in
      let text = SecretText(bytes: buffer, lead: lead, isLast: isLast)
      let (found, end) = redaction.matcher.search(text, with: beginning(text))
      result.reserveCapacity(end - lead)
      Redaction.write(buffer[lead..<end], found, to: &result)
      replaced = nil
      if let last = found.last(where: { $0.range.lowerBound < end || $0.meaning == nil }),
        last.range.upperBound > end || (last.range.upperBound == end && !last.open.isEmpty)
      {
        replaced = (last.range.upperBound - end, last.open)
      }
      lead = min(end, SecretText.longestLead)
      kept = Array(buffer[(end - lead)...])
    }
    return result
  }

  /// What was replaced, as far as it goes on in this text.
  private func beginning(_ text: SecretText) -> SecretMatcher.Found? {
    guard let replaced else { return nil }
    var end = text.lead + replaced.count
    var open: [ByteSet] = []
    if end <= text.count {
      let start = end
      for set in replaced.open {
        let place = text.end(of: set, from: start)
        if place == text.count, !text.isLast { open.append(set) }
        end = max(end, place)
      }
    }
    return SecretMatcher.Found(range: text.lead..<min(end, text.count), meaning: nil, open: open)
  }
}
