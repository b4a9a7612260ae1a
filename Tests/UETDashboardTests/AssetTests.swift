import Testing

@testable import UETDashboard

@Suite struct AssetTests {
  @Test func theScriptMakesNoMarkupOfText() {
    for word in [
      "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(",
      "setAttribute('on", "javascript:",
    ] {
      #expect(!Script.text.contains(word), "\(word)")
    }
  }

  @Test func nothingComesFromElsewhere() {
    for text in [Script.text, StyleSheet.text] {
      #expect(!text.contains("http://") && !text.contains("https://") && !text.contains("@import"))
      #expect(!text.contains("url("))
    }
  }

  @Test func thePolicyAllowsNothingInline() {
    #expect(Shield.policy.hasPrefix("default-src 'none';"))
    #expect(!Shield.policy.contains("unsafe") && !Shield.policy.contains("*"))
  }

  @Test func filesAreTakenOnce() throws {
    let request = WebRequest(method: "GET", target: "/style.css", fields: [:])
    let file = try #require(StaticFile(.style))
    let answer = file.answer(to: request)
    let tag = try #require(answer.fields.first { $0.name == "etag" }?.value)
    let again = WebRequest(method: "GET", target: "/style.css", fields: ["if-none-match": tag])
    #expect(answer.status == 200 && file.answer(to: again).status == 304)
  }
}
