import UETModel

/// Shows what git and the host say while they talk, on a terminal that somebody looks at.
struct NetworkProgress: Sendable {
  private let terminal: Terminal

  init(_ terminal: Terminal) { self.terminal = terminal }

  /// The lines go out as they come, but for what a terminal could act on: the host is not trusted.
  func hear(_ bytes: [UInt8]) {
    guard terminal.isInteractive else { return }
    var text = ""
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if scalar == "\n" || scalar == "\r" || scalar == "\t" {
        text.unicodeScalars.append(scalar)
      } else {
        text += String(scalar).terminalSafe
      }
    }
    terminal.write(text)
  }
}
