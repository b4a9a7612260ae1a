import UETModel
import UETSystem

/// What git would do to a file's content on its way between the store and the disk.
enum ContentRules: Int, Comparable, Sendable {
  /// Nothing at all.
  case asIs
  /// Line ends are put right when a file that has CRs is taken in; nothing on the way out.
  case text
  /// Anything else: filters, encodings, keywords, line ends on the way out. For git alone.
  case filtered

  static func < (left: ContentRules, right: ContentRules) -> Bool {
    left.rawValue < right.rawValue
  }

  /// What one `.gitattributes` file can lead to, whatever paths it names.
  init(attributes bytes: [UInt8]) {
    var result = ContentRules.asIs
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == 13 }
      if words.first?.first == UInt8(ascii: "#") { continue }
      for word in words.dropFirst() {
        result = max(result, Self.of(String(decoding: word, as: UTF8.self)))
      }
    }
    self = result
  }

  private static func of(_ attribute: String) -> ContentRules {
    // Unset or unspecified means that nothing is done.
    if attribute.hasPrefix("-") || attribute.hasPrefix("!") { return .asIs }
    let parts = attribute.split(separator: "=", maxSplits: 1)
    switch parts.first {
    case "filter", "ident", "working-tree-encoding": return .filtered
    case "eol": return parts.last == "lf" ? .text : .filtered
    case "text", "crlf": return .text
    default: return .asIs
    }
  }
}
