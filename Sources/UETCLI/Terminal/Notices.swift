import Synchronization

/// Where remarks go that come while something else is shown.
final class Notices: Sendable {
  private let sink = Mutex<(@Sendable (String) -> Void)?>(nil)
  private let terminal: Terminal

  /// Prints to `terminal` while nobody else takes them.
  init(_ terminal: Terminal) { self.terminal = terminal }

  /// Hands the remarks to `sink`, which draws there; nil takes them back.
  func redirect(_ sink: (@Sendable (String) -> Void)?) { self.sink.withLock { $0 = sink } }

  func post(_ text: String) {
    let line = terminal.styled("warning: ", .yellow) + text.terminalSafe
    if let sink = sink.withLock({ $0 }) { sink(line) } else { terminal.line(line) }
  }
}
