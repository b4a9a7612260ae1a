extension SecretShape {
  /// What stands at `start`, where one of the beginnings ends at `rest`.
  ///
  /// What is decided stays so whatever follows, and no more is looked at than that takes.
  func verdict(_ text: SecretText, from start: Int, _ rest: Int) -> SecretVerdict {
    switch rule {
    case .run(let set, let length, let place):
      if case .atWordStart = place, !text.isWordStart(start) { return .none }
      return Self.run(text, start, rest, set, length)
    case .webToken: return Self.webToken(text, start, rest)
    case .privateKey: return Self.privateKey(text, start, rest)
    case .header(let schemes, let shortest): return Self.header(text, rest, schemes, shortest)
    case .address: return Self.address(text, start, rest)
    }
  }

  private static func run(
    _ text: SecretText, _ start: Int, _ rest: Int, _ set: ByteSet, _ length: Length
  ) -> SecretVerdict {
    let end = text.end(of: set, from: rest, limit: SecretText.longestRun)
    let count = end - rest
    let isCut = end == text.count && !text.isLast
    switch length {
    case .exactly(let wanted):
      if count > wanted { return .none }
      if isCut { return .undecided }
      guard count == wanted else { return .none }
    case .atLeast(let wanted):
      if isCut, count < SecretText.longestRun { return .undecided }
      guard count >= wanted else { return .none }
    }
    guard isVaried(text, rest, length.least), !isExample(text, rest, end) else { return .none }
    let last = text.end(of: set, from: end)
    return .found(start..<last, open: last == text.count && !text.isLast ? set : nil)
  }

  /// What is made of few characters is a placeholder.
  private static func isVaried(_ text: SecretText, _ start: Int, _ count: Int) -> Bool {
    var sample = ByteSet()
    for place in start..<start + count { sample.insert(text.bytes[place]) }
    return sample.count >= min(10, count / 3 + 1)
  }

  /// As documents write it, so that nobody takes it for one.
  private static func isExample(_ text: SecretText, _ start: Int, _ end: Int) -> Bool {
    end - start <= 16 && text.bytes[start..<end].suffix(7).elementsEqual("EXAMPLE".utf8)
  }

  private static func webToken(_ text: SecretText, _ start: Int, _ rest: Int) -> SecretVerdict {
    if !text.isWordStart(start) { return .none }
    var place = rest
    for part in 0..<2 {
      let end = text.end(of: .webSafe, from: place, limit: SecretText.longestRun)
      guard let next = text.byte(end) else { return text.isLast ? .none : .undecided }
      guard next == UInt8(ascii: "."), end - place >= 10 else { return .none }
      place = end + 1
      guard part == 0 else { break }
      for wanted in "eyJ".utf8 {
        guard let byte = text.byte(place) else { return text.isLast ? .none : .undecided }
        guard byte == wanted else { return .none }
        place += 1
      }
    }
    return run(text, start, place, .webSafe, .atLeast(16))
  }

  /// So many bytes of it at most; some have comments in front.
  private static let longestKey = 16_384

  private static func privateKey(_ text: SecretText, _ start: Int, _ rest: Int) -> SecretVerdict {
    let head = text.end(of: .upper + .digits + ByteSet(" "), from: rest, limit: 60)
    let dashes = text.end(of: ByteSet("-"), from: head, limit: 5)
    if dashes == text.count, !text.isLast { return .undecided }
    let label = String(decoding: text.bytes[rest..<head], as: UTF8.self)
    guard dashes - head == 5, label.contains("PRIVATE KEY") else { return .none }
    let limit = dashes + longestKey
    let last = LiteralSet.find("-----END ", in: text.bytes, from: dashes, to: limit)
    guard let last else {
      if text.count < limit, !text.isLast { return .undecided }
      // Its end is missing: as far as it looks like one.
      let end = text.end(of: .base64 + ByteSet("\r\n\t\\"), from: dashes, limit: longestKey)
      return isKeyMaterial(text, dashes..<end) ? .found(start..<end, open: nil) : .none
    }
    let tail = text.end(of: .upper + .digits + ByteSet(" "), from: last + 9, limit: 60)
    let end = text.end(of: ByteSet("-"), from: tail, limit: 5)
    if end == text.count, end - tail < 5, !text.isLast { return .undecided }
    return isKeyMaterial(text, dashes..<last) ? .found(start..<end, open: nil) : .none
  }

  /// Enough of base64, and not all alike.
  private static func isKeyMaterial(_ text: SecretText, _ range: Range<Int>) -> Bool {
    var (count, sample) = (0, ByteSet())
    for place in range where ByteSet.base64.contains(text.bytes[place]) {
      count += 1
      sample.insert(text.bytes[place])
    }
    return count >= 64 && sample.count >= 16
  }

  private static func header(
    _ text: SecretText, _ rest: Int, _ schemes: [String], _ shortest: Int
  ) -> SecretVerdict {
    let unknown: SecretVerdict = text.isLast ? .none : .undecided
    let quotes = ByteSet("\"'\\") + .blank
    var place = text.end(of: quotes, from: rest, limit: 8)
    guard let sign = text.byte(place) else { return unknown }
    guard sign == UInt8(ascii: ":") || sign == UInt8(ascii: "=") else { return .none }
    place = text.end(of: quotes, from: place + 1, limit: 8)
    if !schemes.isEmpty {
      let end = text.end(of: .letters + ByteSet("-"), from: place, limit: 10)
      if end == text.count { return unknown }
      let word = String(decoding: text.bytes[place..<end], as: UTF8.self).lowercased()
      guard schemes.contains(word) else { return .none }
      place = text.end(of: .blank, from: end, limit: 4)
      if place == text.count { return unknown }
      guard place > end else { return .none }
    }
    if place == text.count { return unknown }
    return run(text, place, place, .base64 + .webSafe + ByteSet(".~"), .atLeast(shortest))
  }

  private static func address(_ text: SecretText, _ start: Int, _ rest: Int) -> SecretVerdict {
    guard start > 0, ByteSet.alphanumeric.contains(text.bytes[start - 1]) else { return .none }
    let unknown: SecretVerdict = text.isLast ? .none : .undecided
    let user = text.end(of: userCharacters, from: rest, limit: 256)
    guard let next = text.byte(user) else { return unknown }
    if next == UInt8(ascii: "@") {
      // A token stands for user and password.
      let name = text.bytes[rest..<user]
      let isToken =
        name.count >= 20 && name.contains(where: ByteSet.digits.contains)
        && name.contains(where: ByteSet.letters.contains)
      return isToken ? .found(rest..<user, open: nil) : .none
    }
    guard next == UInt8(ascii: ":") else { return .none }
    let password = user + 1
    let end = text.end(of: passwordCharacters, from: password, limit: 256)
    guard let after = text.byte(end) else { return unknown }
    guard after == UInt8(ascii: "@"), end - password >= 3,
      // `$PASSWORD`, `{password}`, `***` and the like name none.
      !ByteSet("${<[*").contains(text.bytes[password])
    else { return .none }
    return .found(password..<end, open: nil)
  }

  private static let userCharacters = ByteSet.word + ByteSet("-.~%!$&'()*+,;=")
  private static let passwordCharacters = userCharacters + ByteSet(":#?^|[]{}")
}
