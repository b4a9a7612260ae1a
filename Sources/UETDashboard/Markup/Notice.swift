import UETModel
import UETReporting

/// What a page says of something that was asked for.
struct Notice: Hashable, Sendable {
  var tone: Tone
  var lines: [String]
  var hints: [String] = []

  init(_ tone: Tone, _ lines: [String], hints: [String] = []) {
    (self.tone, self.lines, self.hints) = (tone, lines, hints)
  }

  init(_ refusal: Refusal) {
    self.init(.bad, refusal.messages, hints: refusal.hints)
  }

  var html: HTML {
    .element(
      "div", ["class" => "notice \(tone.rawValue)", "role" => (tone == .bad ? "alert" : "status")],
      lines.map { HTML.paragraph(HTML($0)) } + hints.map { HTML.paragraph(HTML("hint: \($0)")) })
  }
}
