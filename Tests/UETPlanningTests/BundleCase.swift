import Testing

@testable import UETPlanning

/// A file and every line that loading it alone must give: `[code] FILE:LINE:COLUMN: message`.
struct BundleCase: Sendable, CustomTestStringConvertible {
  let path: String
  let text: String
  let lines: [String]

  init(_ path: String, _ text: String, _ lines: [String]) {
    self.path = path
    self.text = text
    self.lines = lines
  }

  var testDescription: String { path + " " + String(text.prefix(60)).debugDescription }

  var found: [String] {
    BundleLoader.load([BundleFile(path: path, bytes: Array(text.utf8))]).diagnostics
      .map { "[\($0.code)] \($0)" }
  }
}
