import UETModel
import UETReporting

/// A piece of a page: text of others is escaped when it becomes one, and only names that stand in
/// this program are tags and attributes.
struct HTML: Sendable {
  private(set) var text: String

  /// Text that anybody may have written, control characters shown as such.
  init(_ words: some StringProtocol) { text = Markup.escaped(String(words)) }

  private init(raw: String) { text = raw }

  /// A picture, or another piece that one of our own drawings made and escaped.
  static func drawn(_ markup: String) -> HTML { HTML(raw: markup) }

  static let none = HTML(raw: "")

  static func + (left: HTML, right: HTML) -> HTML { HTML(raw: left.text + right.text) }

  static func += (left: inout HTML, right: HTML) { left.text += right.text }

  /// An attribute; nil values are left out.
  struct Attribute: Sendable {
    let name: StaticString
    let value: String?

    /// One whose presence says all.
    static func flag(_ name: StaticString, _ isSet: Bool = true) -> Attribute {
      Attribute(name: name, value: isSet ? "" : nil)
    }
  }

  static func element(
    _ name: StaticString, _ attributes: [Attribute] = [], _ content: HTML = .none
  ) -> HTML {
    HTML(raw: opening(name, attributes) + content.text + "</\(name)>")
  }

  static func element(
    _ name: StaticString, _ attributes: [Attribute] = [], _ parts: [HTML]
  ) -> HTML { element(name, attributes, parts.joined()) }

  /// One without content, as `input`.
  static func void(_ name: StaticString, _ attributes: [Attribute]) -> HTML {
    HTML(raw: opening(name, attributes))
  }

  /// Lines of text that keep their breaks, each escaped by itself.
  static func lines(_ lines: some Sequence<String>) -> HTML {
    HTML(raw: lines.map(Markup.escaped).joined(separator: "\n"))
  }

  private static func opening(_ name: StaticString, _ attributes: [Attribute]) -> String {
    var text = "<\(name)"
    for attribute in attributes {
      guard let value = attribute.value else { continue }
      text += " \(attribute.name)"
      if !value.isEmpty { text += "=\"\(Markup.escaped(value))\"" }
    }
    return text + ">"
  }
}

extension HTML: ExpressibleByStringInterpolation {
  init(stringLiteral value: String) { self.init(value) }
}

extension Sequence<HTML> {
  func joined() -> HTML { reduce(into: HTML.none) { $0 += $1 } }
}

infix operator => : ComparisonPrecedence

/// `"class" => "quiet"` in a list of attributes.
func => (name: StaticString, value: String?) -> HTML.Attribute {
  HTML.Attribute(name: name, value: value)
}
