import UETModel

/// What a reading gathers, whatever the program is.
struct Account: Sendable {
  var session: String?
  var lastMessage: String?
  var warnings: [String] = []
  /// The last lines that were not the program's own format, for words of a fault.
  private var heard: [[UInt8]] = []
  /// Where the oldest of them is, once there are as many as are kept.
  private var oldest = 0

  private static let mostLines = 40

  mutating func hear(_ line: ArraySlice<UInt8>) {
    guard !line.isEmpty else { return }
    if heard.count < Self.mostLines { return heard.append(Array(line.prefix(2000))) }
    heard[oldest].removeAll(keepingCapacity: true)
    heard[oldest] += line.prefix(2000)
    oldest = (oldest + 1) % Self.mostLines
  }

  private var words: [String] {
    (heard[oldest...] + heard[..<oldest]).map { String(decoding: $0, as: UTF8.self) }
  }

  /// What was heard as one text. Programs wrap long lines in the middle of words, so it is joined
  /// both ways.
  var spoken: String { words.joined(separator: "\n") + "\n" + words.joined() }

  var lastWords: String? {
    words.last { line in line.contains { !$0.isWhitespace } }.map(FaultWords.firstLine)
  }

  /// Warns where a version is not of those that the adapter was measured with.
  mutating func check(version: String?, of name: String, known: String) {
    guard let version, !(version + ".").hasPrefix(known + ".") else { return }
    warnings.append(
      "\(name) \(FaultWords.firstLine(version)) was never measured (known: \(known)); "
        + "look at what it reports")
  }

  /// The outcome by the words and the ending alone, for a program that said nothing better.
  func outcome(_ ending: ToolEnding) -> ToolOutcome {
    switch ending {
    case .signalled, .stopped: .interrupted
    case .exited(let status) where [129, 130, 137, 143].contains(status): .interrupted
    case .exited(let status):
      FaultWords.outcome(of: spoken) ?? .failed(lastWords ?? "status \(status) and no word")
    }
  }

  /// A session's name that can be told to the program again: it is never taken for an option.
  private static func harmless(_ name: String) -> String? {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    return isPlain && !name.isEmpty && name.utf8.count <= 128 && !name.hasPrefix("-") ? name : nil
  }

  func conclusion(
    _ outcome: ToolOutcome, _ usage: [UsageRecord], isComplete: Bool
  ) -> ToolConclusion {
    ToolConclusion(
      outcome, usage: usage.filter { !$0.counts.isZero || ($0.reportedCost ?? 0) > 0 },
      isComplete: isComplete, session: session.flatMap(Self.harmless), warnings: warnings,
      lastMessage: lastMessage)
  }
}

extension [UInt8] {
  /// Each line of a file of JSON lines; those that are no objects are left out.
  var jsonLines: [JSONObject] {
    var lines: [JSONObject] = []
    var splitter = LineSplitter()
    splitter.feed(self[...]) { line in if let object = line.jsonObject { lines.append(object) } }
    splitter.finish { line in if let object = line.jsonObject { lines.append(object) } }
    return lines
  }

  var jsonObject: JSONObject? { (try? JSONValue(parsing: self[...]))?.object }
}
