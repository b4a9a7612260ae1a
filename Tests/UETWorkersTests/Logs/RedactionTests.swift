import Testing
import UETWorkers

/// Secrets that are taken out of what is shown and recorded.
@Suite struct RedactionTests {
  private let redaction = Redaction(
    ["KEY", "TOKEN", "SHORT"],
    in: ["KEY": "sk-0123456789", "TOKEN": "sk-0123456789-and-more", "SHORT": "abc"])

  @Test func longestValueIsTakenOutWhole() {
    #expect(
      redaction.redacted("a sk-0123456789-and-more b sk-0123456789 abc") == "a [TOKEN] b [KEY] abc")
  }

  /// However a text is cut into pieces, the same is shown, and no piece holds a secret.
  @Test func cutAnywhereTheSameIsShown() {
    let text = Array("x sk-0123456789-and-m sk-01 sk-0123456789-and-more sk-012345678".utf8)
    let whole = String(decoding: redaction.redacted(text), as: UTF8.self)
    for first in 0...text.count {
      for second in first...text.count {
        var stream = RedactedStream(redaction)
        let pieces = [text[..<first], text[first..<second], text[second...]]
        let shown = pieces.flatMap { stream.take(Array($0)) } + stream.finish()
        #expect(String(decoding: shown, as: UTF8.self) == whole)
      }
    }
  }

  @Test func onlyWhatMayBeASecretWaits() {
    var stream = RedactedStream(redaction)
    #expect(stream.take(Array("progress 40 %\r".utf8)) == Array("progress 40 %\r".utf8))
    #expect(stream.take(Array("name: sk".utf8)) == Array("name: ".utf8))
    #expect(stream.take(Array("y".utf8)) == Array("sky".utf8))
  }
}
