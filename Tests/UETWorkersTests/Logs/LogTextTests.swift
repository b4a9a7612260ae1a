import Testing
import UETModel

@testable import UETWorkers

/// Logs on a terminal.
@Suite struct LogTextTests {
  private func shown(_ bytes: [UInt8], pieces: Int = .max) -> String {
    var text = LogText()
    var result = ""
    var rest = bytes[...]
    while !rest.isEmpty {
      result += text.take(rest.prefix(pieces))
      rest = rest.dropFirst(pieces)
    }
    return result + text.finish()
  }

  @Test(arguments: [
    ("plain\n\ttext é…😀\n", "plain\n\ttext é…😀\n"), ("", ""),
    ("\u{1b}[31mred\u{1b}[0m\n", "red\n"), ("\u{1b}[2J\u{1b}[1;1Hx", "x"),
    ("\u{1b}]0;title\u{07}x", "x"), ("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
    ("\u{1b}Pq#0\u{1b}\\x", "x"), ("\u{1b}(Bx", "x"), ("\u{1b}cx", "x"), ("\u{1b}", ""),
    ("a\r\nb\r\r\nc\rd\r", "a\nb\nc\nd\n"), ("1%\r2%\r\u{1b}[K3%\n", "1%\n2%\n3%\n"),
    ("\u{07}\u{08}\u{7f}\u{0}", "\\u0007\\u0008\\u007f\\u0000"),
    ("\u{202e}\u{9b}31m", "\\u202e\\u009b31m"), ("\u{1b}]never ended\nline\n", "\nline\n"),
    ("\u{1b}[31\nx", "\nx"), ("\u{1b}\u{1b}[1mx", "x"), ("\u{1b}[\u{1b}[1mx", "x"),
  ])
  func cases(input: String, output: String) {
    for pieces in [1, 2, 3, .max] {
      #expect(shown(Array(input.utf8), pieces: pieces) == output, "in pieces of \(pieces)")
    }
  }

  @Test func brokenText() {
    for pieces in [1, 2, .max] {
      let text = shown([0x61, 0xFF, 0xC3, 0x28, 0xE2, 0x82, 0x61, 0xC3], pieces: pieces)
      #expect(text == "a\\xff\\xc3(\\xe2\\x82a\\xc3")
    }
  }

  /// Whatever comes, nothing that acts on a terminal comes out, and pieces make no difference.
  @Test(arguments: 0..<200) func random(seed: Int) {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
    let common = Array("\u{1b}[]P\\;m0\u{07}\r\n\u{c2}\u{9b}é".utf8)
    let bytes = (0..<300).map { _ in
      next() % 2 == 0 ? UInt8(truncatingIfNeeded: next() >> 8) : common[Int(next() % 13)]
    }
    let whole = shown(bytes)
    #expect(whole.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || $0.isHarmless })
    #expect(shown(bytes, pieces: 1) == whole, "seed \(seed)")
    #expect(shown(bytes, pieces: 7) == whole, "seed \(seed)")
  }

  @Test func anEndlessSequenceSwallowsLittle() {
    let text = shown(Array("\u{1b}]".utf8) + Array(repeating: 0x61, count: 10_000))
    #expect(text.utf8.count > 5000)
  }
}
