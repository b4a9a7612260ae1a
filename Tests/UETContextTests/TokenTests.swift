import Foundation
import Testing
import UETModel

@testable import UETContext

@Suite struct TokenTests {
  private struct Recorded {
    let name: String
    let text: String
    let tokens: [TokenFamily: Int]
  }

  /// Texts of many kinds, with what the real vocabularies make of them (tiktoken 0.12, tokenizers
  /// 0.22; the files of litellm 1.110, dashscope 2.0 and mistral-common 1.13).
  private func recorded() throws -> [Recorded] {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Recorded/tokens.json")
    let rows = try JSONValue(parsing: [UInt8](Data(contentsOf: url))).array ?? []
    return rows.map { row in
      let pairs = TokenFamily.allCases.map { ($0, row["tokens"]?[$0.rawValue]?.integer ?? 0) }
      return Recorded(
        name: row["name"]?.string ?? "", text: row["text"]?.string ?? "",
        tokens: Dictionary(uniqueKeysWithValues: pairs))
    }
  }

  @Test(arguments: TokenFamily.allCases) func estimatesAreNear(_ family: TokenFamily) throws {
    let all = try recorded()
    #expect(all.count == 22)
    var (guessed, real, near) = (0, 0, 0)
    for one in all {
      let (guess, truth) = (
        TextProfile(Array(one.text.utf8)).tokens(family), one.tokens[family] ?? 0
      )
      let error = Double(guess - truth) / Double(truth)
      // Short texts that repeat themselves are the hardest: no other is further off.
      #expect(abs(error) < 0.25, "\(one.name): \(guess) for \(truth)")
      near += abs(error) <= 0.1 ? 1 : 0
      (guessed, real) = (guessed + guess, real + truth)
    }
    #expect(near >= 16, "\(near) of \(all.count) within 10 %")
    #expect(abs(Double(guessed) / Double(real) - 1) < 0.04, "\(guessed) for \(real)")
  }

  @Test func nothingAndLittle() {
    #expect(TextProfile([]).tokens(.claude) == 0)
    #expect(TextProfile(Array("a".utf8)).tokens(.o200k) == 1)
    // No text at all, and no end to it.
    for bytes in [[UInt8](repeating: 0xFF, count: 5000), [UInt8](repeating: 0x80, count: 5000)] {
      #expect(TextProfile(bytes).tokens(.qwen) > 0)
    }
  }

  /// Parts of a text that are counted alone give what the whole does, where they end with lines.
  @Test func textsCanBeAdded() {
    let lines = (0..<50).map { "  let value\($0) = read(\"name_\($0)\")  // \($0)\n" }
    let whole = TextProfile(Array(lines.joined().utf8))
    var sum = TextProfile()
    for line in lines { sum.add(Array(line.utf8)) }
    #expect(sum == whole)
  }

  @Test func modelsHaveTheirVocabulary() {
    func of(_ provider: String?, _ model: String) -> String {
      let (family, isOwn) = TokenFamily.of(provider: provider, model: model)
      return family.rawValue + (isOwn ? "" : "?")
    }
    #expect(of("anthropic", "claude-sonnet-5") == "claude?")
    #expect(of("openai", "gpt-4") == "cl100k" && of("openai", "gpt-4.1") == "o200k")
    #expect(of("openai", "gpt-5.2") == "o200k" && of("google", "gemini-3-pro") == "o200k?")
    #expect(of(nil, "openrouter/qwen/qwen3-coder") == "qwen" && of(nil, "devstral") == "mistral")
  }
}
