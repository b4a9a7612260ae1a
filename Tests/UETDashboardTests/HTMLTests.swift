import Foundation
import Testing

@testable import UETDashboard

@Suite struct HTMLTests {
  @Test(arguments: Hostile.texts) func textOfOthersIsNoMarkup(_ text: String) {
    let page = HTML.element("p", ["title" => text, "id" => text], HTML(text)).text
    #expect(page.count { $0 == "<" } == 2 && page.count { $0 == ">" } == 2, "\(page)")
    #expect(page.count { $0 == "\"" } == 4 && !page.contains("'"))
    #expect(page.unicodeScalars.allSatisfy { $0.isASCII || $0.value > 0xA0 })
    #expect(!page.contains("\r") && !page.contains("\u{202E}") && !page.contains("\u{1B}"))
  }

  @Test(arguments: Hostile.texts) func linesStayLines(_ text: String) {
    let page = HTML.element("pre", [], .lines(["one", text, "three"])).text
    #expect(page.count { $0 == "<" } == 2)
    #expect(page.split(separator: "\n", omittingEmptySubsequences: false).count == 3)
  }

  @Test func emptyAttributesAndFlags() {
    let page = HTML.void(
      "input", ["value" => "", "name" => nil, .flag("required"), .flag("hidden", false)])
    #expect(page.text == "<input value required>")
  }
}
