import Foundation
import Testing
import UETReporting

@testable import UETDashboard

@Suite struct PaletteTests {
  /// The contrast of two colours by WCAG 2.2: 1 to 21.
  private static func contrast(_ one: String, _ other: String) -> Double {
    let (left, right) = (luminance(one), luminance(other))
    return (max(left, right) + 0.05) / (min(left, right) + 0.05)
  }

  private static func luminance(_ colour: String) -> Double {
    let value = Int(colour.dropFirst(), radix: 16) ?? 0
    let parts = [value >> 16, value >> 8 & 0xFF, value & 0xFF].map { part -> Double in
      let share = Double(part) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
  }

  private static func values(_ name: String) -> [String] {
    Palette.colours.filter { $0.name == name }.flatMap { [$0.light, $0.dark] }
  }

  @Test func theMeasureIsRight() {
    #expect(abs(Self.contrast("#000000", "#ffffff") - 21) < 0.001)
    #expect(abs(Self.contrast("#777777", "#ffffff") - 4.478) < 0.01)
  }

  @Test func textIsReadable() {
    for pair in Palette.readable {
      for (text, ground) in zip(Self.values(pair.text), Self.values(pair.on)) {
        let found = Self.contrast(text, ground)
        #expect(found >= 4.5, "\(pair.text) on \(pair.on): \(found)")
      }
    }
  }

  @Test func shapesAreVisible() {
    for pair in Palette.visible {
      for (shape, ground) in zip(Self.values(pair.shape), Self.values(pair.on)) {
        let found = Self.contrast(shape, ground)
        #expect(found >= 3, "\(pair.shape) on \(pair.on): \(found)")
      }
    }
  }

  /// Rules use no colour beside the palette and those of pictures.
  @Test func allColoursAreOfThePalette() {
    let rest = StyleSheet.text.replacing(PictureStyle.rules, with: "").replacing(
      Palette.rules, with: "")
    #expect(!rest.contains("#") || !rest.contains(/#[0-9a-f]{3,6}\b/))
    for name in rest.matches(of: /var\(--([a-z-]+)\)/).map({ String($0.1) }) {
      #expect(!Self.values(name).isEmpty, "\(name)")
    }
  }
}
