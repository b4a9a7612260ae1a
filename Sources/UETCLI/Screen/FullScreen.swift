import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A terminal whose whole screen is drawn on, and whose keys come one by one.
///
/// What it was before is put back by `leave`, whoever calls it, and how often.
final class FullScreen: Sendable {
  private struct State {
    /// The terminal as it was; nil while it is that.
    var before: termios?
    var isShown = false
  }

  private let terminal: Terminal
  private let state = Mutex(State())

  /// The other screen, without a cursor and without wrapping.
  private static let begin = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[0m\u{1B}[2J"
  /// Cleared first: some terminals have one screen only.
  private static let end = "\u{1B}[0m\u{1B}[H\u{1B}[2J\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

  init(_ terminal: Terminal) { self.terminal = terminal }

  /// Whether there is a terminal that can move its cursor, and that keys come from.
  static func isThere(_ terminal: Terminal, _ environment: [String: String]) -> Bool {
    let kind = environment["TERM"] ?? ""
    return terminal.isInteractive && isatty(0) == 1 && !["", "dumb", "unknown"].contains(kind)
  }

  var isShown: Bool { state.withLock { $0.isShown } }

  func enter() {
    state.withLock { state in
      if state.before == nil {
        var now = termios()
        guard tcgetattr(0, &now) == 0 else { return }
        state.before = now
      }
      guard var modes = state.before else { return }
      modes.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
      modes.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR | ISTRIP | BRKINT)
      withUnsafeMutableBytes(of: &modes.c_cc) { bytes in
        (bytes[Int(VMIN)], bytes[Int(VTIME)]) = (1, 0)
      }
      tcsetattr(0, TCSADRAIN, &modes)
      if !state.isShown { terminal.write(Self.begin) }
      state.isShown = true
    }
  }

  func leave() {
    state.withLock { state in
      if state.isShown { terminal.write(Self.end) }
      state.isShown = false
      if var before = state.before { tcsetattr(0, TCSANOW, &before) }
      state.before = nil
    }
  }

  /// Draws, where the screen is ours.
  func write(_ text: String) {
    if text.isEmpty { return }
    state.withLock { state in
      if state.isShown { terminal.write(text) }
    }
  }
}
