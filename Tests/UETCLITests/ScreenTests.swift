import Testing
import UETModel
import UETTestSupport

@testable import UETCLI

/// Text in columns, lines, and what is written to draw them.
@Suite struct ScreenTests {
  private let shape = ScreenShape(columns: 20, rows: 3)

  private func fit(_ text: String, _ limit: Int, unicode: Bool = true) -> String {
    let (shown, columns) = Columns.fit(text, limit, unicode: unicode)
    #expect(columns == Columns.of(shown) && columns <= max(0, limit), "\(text)")
    return shown
  }

  @Test func whatIsCutSaysSo() {
    #expect(fit("short", 5) == "short")
    #expect(fit("longer", 5) == "long…")
    #expect(fit("longer", 5, unicode: false) == "long~")
    #expect(fit("longer", 1) == "…")
    #expect(fit("longer", 0) == "")
    // A wide one that has no room leaves none of its halves.
    #expect(fit("漢字漢字", 5) == "漢字…")
    #expect(fit("漢字漢", 6) == "漢字漢")
    #expect(fit("漢字", 1) == "…")
    #expect(fit("été 漢", 20, unicode: false) == "?t? ?")
  }

  @Test func nothingInATextReachesTheTerminal() {
    #expect(fit("a\u{1B}[2Jb", 40) == "a\\u{1b}[2Jb")
    #expect(fit("a\r\nb\u{7}", 40) == "a\\u{d}\\u{a}b\\u{7}")
    #expect(fit("a\u{202E}b", 40) == "a\\u{202e}b")
    #expect(fit("a\tb", 40) == "a       b")
    // Marks stand on a character, and not by the hundred.
    #expect(fit("\u{301}a", 4) == "a")
    let pile = "e" + String(repeating: "\u{301}", count: 500)
    #expect(fit(pile, 4).unicodeScalars.count == 5)
  }

  @Test func linesAreNeverWiderThanTheScreen() {
    var random = SeededRandom(seed: 11)
    let parts = ["a", "漢", "e\u{301}", "\u{1B}", "\t", "👍🏽", "𝒳", " ", "\u{200B}", "é", "한"]
    for _ in 0..<500 {
      let columns = Int.random(in: 0..<40, using: &random)
      var line = ScreenLine(ScreenShape(columns: columns, rows: 1))
      for _ in 0..<Int.random(in: 0..<6, using: &random) {
        let text = (0..<Int.random(in: 0..<9, using: &random)).map { _ in
          parts[Int.random(in: 0..<parts.count, using: &random)]
        }.joined()
        if Bool.random(using: &random) {
          line.add(text, .red, most: Int.random(in: 0..<12, using: &random))
        } else {
          line.cell(text, Int.random(in: 0..<12, using: &random), right: true)
        }
      }
      #expect(line.columns == Columns.of(line.text) && line.columns <= columns)
      #expect(line.marked.columns == columns)
    }
  }

  private func drawn(_ old: [ScreenLine], _ new: [ScreenLine], color: Bool = true) -> String {
    var painter = ScreenPainter(color: color)
    _ = painter.drawing(old)
    return painter.drawing(new)
  }

  @Test func onlyWhatDiffersIsWritten() {
    let one = [ScreenLine(shape, "the first"), ScreenLine(shape, "12 of 40 done")]
    #expect(drawn(one, one) == "")
    let other = [ScreenLine(shape, "the first"), ScreenLine(shape, "12 of 41 done")]
    #expect(drawn(one, other) == "\u{1B}[2;8H1")
    let shorter = [ScreenLine(shape, "the first"), ScreenLine(shape, "12 of 4")]
    #expect(drawn(one, shorter) == "\u{1B}[2;8H\u{1B}[K")
    let longer = [ScreenLine(shape, "the first one"), one[1]]
    #expect(drawn(one, longer) == "\u{1B}[1;10H one")
    // Widths that a terminal may see otherwise: the whole line.
    #expect(
      drawn(one, [ScreenLine(shape, "the é"), one[1]]) == "\u{1B}[1;1H\u{1B}[Kthe é")
    #expect(drawn(one, [one[0]]) == "\u{1B}[2;1H\u{1B}[K")
  }

  @Test func looksAreDrawnAndEnded() {
    let plain = [ScreenLine(shape, "")]
    let red = [ScreenLine(shape, "no", .red)]
    #expect(drawn(plain, red) == "\u{1B}[1;1H\u{1B}[31mno\u{1B}[0m")
    #expect(drawn(plain, red, color: false) == "\u{1B}[1;1Hno")
    // What is selected is seen without colour as well.
    let marked = [ScreenLine(ScreenShape(columns: 3, rows: 1), "no", .red).marked]
    #expect(drawn(plain, marked, color: false) == "\u{1B}[1;1H\u{1B}[7mno \u{1B}[0m")
  }

  @Test func aScreenThatIsNotKnownIsCleared() {
    var painter = ScreenPainter(color: false)
    let lines = [ScreenLine(shape, "a"), ScreenLine(shape), ScreenLine(shape, "b")]
    let whole = "\u{1B}[0m\u{1B}[2J\u{1B}[1;1H\u{1B}[Ka\u{1B}[3;1H\u{1B}[Kb"
    #expect(painter.drawing(lines) == whole)
    painter.forget()
    #expect(painter.drawing(lines) == whole)
  }

  @Test func keysComeInPieces() {
    var reader = KeyReader()
    #expect(
      reader.take(Array("ab\r\u{7F}\t".utf8)) == [
        .character("a"), .character("b"), .enter, .backspace, .tab,
      ])
    #expect(reader.take([0x1B]).isEmpty && reader.isWaiting)
    #expect(reader.take(Array("[".utf8)).isEmpty)
    #expect(reader.take(Array("A".utf8)) == [.up] && !reader.isWaiting)
    #expect(
      reader.take(Array("\u{1B}OB\u{1B}[5~\u{1B}[6~\u{1B}[H\u{1B}[4~\u{1B}[1;5C".utf8)) == [
        .down, .pageUp, .pageDown, .home, .end, .right,
      ])
    // An escape by itself, and one before another key.
    #expect(reader.take([0x1B]).isEmpty)
    #expect(reader.finish() == [.escape] && reader.finish().isEmpty)
    #expect(reader.take([0x1B, 0x1A]) == [.escape, .suspend])
    #expect(reader.take([0x03, 0x0C]) == [.interrupt, .redraw])
    // Unknown, broken and endless sequences are dropped, what follows counts.
    #expect(reader.take(Array("\u{1B}[99Zx".utf8)) == [.character("x")])
    #expect(reader.take([0xFF, 0xC3, 0x41]) == [.character("A")])
    #expect(reader.take(Array("é".utf8)) == [.character("é")])
    let endless = [0x1B, UInt8(ascii: "[")] + [UInt8](repeating: UInt8(ascii: "1"), count: 40)
    #expect(reader.take(endless).isEmpty && !reader.isWaiting)
  }
}
