import Testing
import UETWorkers

/// Secrets that are taken out of what is shown and recorded.
@Suite struct RedactionTests {
  private let redaction = Redaction(
    ["KEY", "TOKEN", "SHORT", "PEM"],
    in: [
      "KEY": "sk-0123456789", "TOKEN": "sk-0123456789-and-more", "SHORT": "abc",
      "PEM": "first line of it all\nand \"the\" second one",
    ])

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
    #expect(stream.take(Array("!".utf8)) == Array("sk!".utf8))
  }

  /// Overlapping ones leave nothing of either.
  @Test func whatOverlapsIsTakenOutAsOne() {
    let two = Redaction(["A", "B"], in: ["A": "xy-abcdefgh", "B": "abcdefgh-12"])
    #expect(two.redacted("<xy-abcdefgh-12>") == "<[A]>")
    #expect(two.redacted("xy-abcdefghabcdefgh-12") == "[A][B]")
  }

  /// As a program may print a value that it was given.
  @Test(arguments: [
    "c2stMDEyMzQ1Njc4OS1hbmQtbW9yZQ==", "dXNlcjpzay0wMTIzNDU2Nzg5LWFuZC1tb3Jl",
    "736b2d303132333435363738392d616e642d6d6f7265",
  ]) func valueIsKnownInItsForms(form: String) {
    let shown = redaction.redacted("x \(form) y")
    #expect(shown.contains("[TOKEN]"), "\(shown)")
  }

  @Test func valueOfSeveralLinesIsKnownInItsForms() {
    let json = #"{"a":"first line of it all\nand \"the\" second one"}"#
    #expect(redaction.redacted(json) == #"{"a":"[PEM]"}"#)
    #expect(redaction.redacted("1> first line of it all\n2> ...") == "1> [PEM]\n2> ...")
    let address = "?q=first%20line%20of%20it%20all%0Aand%20%22the%22%20second%20one&b"
    #expect(redaction.redacted(address) == "?q=[PEM]&b")
  }

  @Test func settingsThatAreSecretAreFound() {
    let file = """
      # a comment: with words
      DB_PASSWORD=swordfish-9
      export API_KEY="0123456789abcdef"
      "client_secret": "a-b-c-d-e-f",
      NODE_ENV=production
      SECRET_KEY=development
      SSH_KEY=/etc/ssh/host-key
      SHORT_KEY=abc
      URL=https://example.org/x
      DATABASE=postgres://me:pass@db/x
      """
    let found = SettingLines.secrets(in: Array(file.utf8))
    #expect(found.map(\.name) == ["DB_PASSWORD", "API_KEY", "client_secret", "DATABASE"])
    #expect(found.first?.value == Array("swordfish-9".utf8))
    let own = Redaction([], in: [:], besides: found)
    #expect(own.redacted("cat: swordfish-9 production") == "cat: [DB_PASSWORD] production")
  }
}
