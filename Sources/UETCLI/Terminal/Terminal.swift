#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where output goes, what it can show, and how wide it is.
package struct Terminal: Sendable {
  package enum Stream: Int32, Sendable {
    case output = 1
    case error = 2
  }

  package let stream: Stream
  /// Whether a person looks at it.
  package let isInteractive: Bool
  package let usesColor: Bool
  package let usesUnicode: Bool

  package init(_ stream: Stream, environment: [String: String]) {
    self.stream = stream
    isInteractive = isatty(stream.rawValue) == 1 && environment["TERM"] != "dumb"
    let wanted = environment["CLICOLOR_FORCE"].map { $0 != "0" && !$0.isEmpty } ?? false
    let refused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    usesColor = wanted || (isInteractive && !refused)
    let locale =
      [environment["LC_ALL"], environment["LC_CTYPE"], environment["LANG"]]
      .compactMap { $0 }.first { !$0.isEmpty } ?? ""
    let folded = locale.lowercased()
    usesUnicode = folded.contains("utf-8") || folded.contains("utf8")
  }

  /// Columns; 80 where nothing is known.
  package var width: Int { size.columns }

  /// 80 and 24 where nothing is known.
  package var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(stream.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), size.ws_row > 0 ? Int(size.ws_row) : 24)
  }

  /// Writes the text as it is.
  package func write(_ text: String) { Outlet.standard.write(text, to: stream) }

  /// Writes the result itself, as a document is: one that lacks something is no success.
  package func writeResult(_ text: String) { Outlet.standard.writeResult(text, to: stream) }

  package func line(_ text: String = "") { write(text + "\n") }
}

extension Terminal {
  package enum Style: String, Sendable {
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
  }

  /// The text in a style where colour is shown, else as it is.
  package func styled(_ text: String, _ style: Style?) -> String {
    guard usesColor, let style else { return text }
    return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
  }
}
