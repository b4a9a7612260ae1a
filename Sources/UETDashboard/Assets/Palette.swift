/// The colours of pages, for light and dark. Text is readable on what it stands on: at least 4.5 to
/// 1, and shapes that say something 3 to 1.
enum Palette {
  struct Colour: Hashable, Sendable {
    let name: String
    let light: String
    let dark: String
  }

  static let colours: [Colour] = [
    Colour(name: "ground", light: "#ffffff", dark: "#0d1117"),
    Colour(name: "raised", light: "#f6f8fa", dark: "#161b22"),
    Colour(name: "text", light: "#1f2328", dark: "#e6edf3"),
    Colour(name: "muted", light: "#59636e", dark: "#9da7b3"),
    Colour(name: "rule", light: "#d1d9e0", dark: "#30363d"),
    Colour(name: "edge", light: "#818b98", dark: "#7d8590"),
    Colour(name: "link", light: "#0550ae", dark: "#79b8ff"),
    Colour(name: "good", light: "#1a6e34", dark: "#56d377"),
    Colour(name: "busy", light: "#0550ae", dark: "#79b8ff"),
    Colour(name: "quiet", light: "#59636e", dark: "#b1bac4"),
    Colour(name: "warning", light: "#7a4b00", dark: "#e3b341"),
    Colour(name: "bad", light: "#b3261e", dark: "#ff8a80"),
    Colour(name: "good-tint", light: "#e6f4ea", dark: "#12261a"),
    Colour(name: "busy-tint", light: "#e6f0fb", dark: "#12233a"),
    Colour(name: "quiet-tint", light: "#eef1f4", dark: "#21262d"),
    Colour(name: "warning-tint", light: "#fff3d6", dark: "#2b2111"),
    Colour(name: "bad-tint", light: "#fdecea", dark: "#33171a"),
  ]

  /// What stands on what as text.
  static let readable: [(text: String, on: String)] =
    ["ground", "raised"].flatMap { ground in
      ["text", "muted", "link", "good", "busy", "warning", "bad"].map { (text: $0, on: ground) }
    }
    + ["good", "busy", "quiet", "warning", "bad"].flatMap {
      [(text: $0, on: "\($0)-tint"), (text: "text", on: "\($0)-tint")]
    }

  /// Shapes and edges that say something.
  static let visible: [(shape: String, on: String)] =
    ["good", "busy", "quiet", "warning", "bad", "link", "edge"].map { (shape: $0, on: "ground") }

  /// As rules: a variable for each.
  static var rules: String {
    func list(_ colour: KeyPath<Colour, String>) -> String {
      colours.map { "--\($0.name):\($0[keyPath: colour]);" }.joined()
    }
    return ":root{color-scheme:light dark;\(list(\.light))}\n"
      + "@media (prefers-color-scheme:dark){:root{\(list(\.dark))}}\n"
  }
}
