import Foundation
import UETModel
import UETServer

/// Why a push is refused, for the terminal of who pushes.
///
/// That is another machine's: nothing is known of it, and git puts `remote: ` before each line, so
/// that lines are short and plain.
struct PushRefusalView {
  private let refusals: [PushRefusal]
  private static let width = 72
  /// Who pushed ten thousand references wrongly reads the first of them.
  private static let most = 20

  /// Whether it is said on another machine than that of who pushes.
  private let isRemote: Bool

  init(_ refusals: [PushRefusal], isRemote: Bool) {
    (self.refusals, self.isRemote) = (refusals, isRemote)
  }

  var lines: [String] {
    var lines: [String] = []
    for refusal in refusals.prefix(Self.most) {
      let subject = refusal.reference.map { "'\(short($0))': " } ?? ""
      lines += wrapped("error: " + subject + refusal.message, indent: 2)
      lines += hint(refusal.hint)
    }
    if refusals.count > Self.most {
      lines.append("error: and \(refusals.count - Self.most) more")
    }
    return lines + (isRemote ? ["nothing of the push was taken"] : [])
  }

  private func short(_ name: String) -> String {
    let plain = name.terminalSafe
    return plain.count > 200 ? plain.prefix(200) + "..." : plain
  }

  /// The command by itself on its line where it would be broken otherwise, so that it can be
  /// copied.
  private func hint(_ text: String) -> [String] {
    let whole = "hint: " + text
    guard whole.count > Self.width, let mark = text.range(of: ": git ") else {
      return wrapped(whole, indent: 6)
    }
    let words = text[..<mark.lowerBound]
    return wrapped("hint: \(words):", indent: 6) + ["        git " + text[mark.upperBound...]]
  }

  private func wrapped(_ text: String, indent: Int) -> [String] {
    Wrapping.lines(
      text.split(separator: " ").map(String.init), width: Self.width, indent: indent)
  }
}
