import Testing
import UETModel

@Suite struct TerminalTextTests {
  /// The first and the last of each range.
  @Test(
    arguments: [
      0x00...0x1F, 0x7F...0x9F, 0xAD...0xAD, 0x061C...0x061C, 0x200B...0x200F, 0x2028...0x202E,
      0x2060...0x206F, 0xFEFF...0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F,
    ] as [ClosedRange<UInt32>])
  func whatActsIsNotShown(_ range: ClosedRange<UInt32>) throws {
    for value in range {
      let scalar = try #require(Unicode.Scalar(value))
      #expect(!scalar.isHarmless)
      #expect("a\(scalar)".terminalSafe == "a\\u{\(String(value, radix: 16))}")
    }
    for value in [range.lowerBound &- 1, range.upperBound + 1] {
      if let scalar = Unicode.Scalar(value) { #expect(scalar.isHarmless) }
    }
  }

  @Test func whatIsPlainStays() {
    #expect("é 日本 👩 a\u{301}".terminalSafe == "é 日本 👩 a\u{301}")
    #expect("'\u{7}".quoted() == "''\\u{7}'")
  }
}
