import Testing
import UETTestSupport
import UETWorkers

/// Random texts in random pieces: a stream gives what the whole gives, and nothing of a secret.
@Suite struct RedactionPropertyTests {
  private static let values = [
    "A_KEY": "abcdefgh", "B_KEY": "bcdefghi-jkl", "C_KEY": "aaaaaaaaaaaa",
    "D_KEY": "sk-ant-api03-x",
    "E_KEY": "two lines of it\nand another, longer one",
    "F_KEY": String(repeating: "long-", count: 40) + "end",
  ]
  private static let redaction = Redaction(Set(values.keys), in: values)

  private static let words = [
    "\n", " ", "://", "@", ":", ".", "-", "\\n", "\u{1b}[31m", "é", "-----BEGIN ",
    "PRIVATE KEY-----", "-----END ", "RSA ", "Authorization: ", "Bearer ", "x-api-key: ",
    "https://", "eyJ", "task-", "sk-", "a", "word ", "x=1\n", "AKIA", "hf_",
  ]

  /// Pieces of which secrets are made, whole and cut, and what stands between them.
  private static func fragment(_ random: inout SeededGenerator) -> String {
    let samples = SecretShapeTests.samples.map(\.text) + values.values.sorted()
    let sample = samples.randomElement(using: &random) ?? ""
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1: return sample
    case 2: return String(sample.prefix(Int.random(in: 0...sample.count, using: &random)))
    case 3: return String(sample.suffix(Int.random(in: 0...min(20, sample.count), using: &random)))
    case 4: return SecretShapeTests.letters(Int.random(in: 1...90, using: &random))
    case 5 where random.oneIn(8):
      return SecretShapeTests.letters(Int.random(in: 4000...9000, using: &random))
    default: return words.randomElement(using: &random) ?? ""
    }
  }

  @Test func streamGivesWhatTheWholeGives() {
    let seeds = Seeds(short: 10, long: 3000)
    let failure = seeds.firstFailure(filter: "RedactionPropertyTests") { seed in
      var random = SeededGenerator(seed: seed)
      let count = Int.random(in: 1...40, using: &random)
      let text = Array((0..<count).map { _ in Self.fragment(&random) }.joined().utf8)
      let whole = Self.redaction.redacted(text)
      for widest in [1, 7, 300, 5000] where widest > 1 || text.count < 3000 {
        var stream = RedactedStream(Self.redaction)
        var (shown, place) = ([UInt8](), 0)
        while place < text.count {
          let end = min(text.count, place + Int.random(in: 1...widest, using: &random))
          shown += stream.take(Array(text[place..<end]))
          place = end
          try Violation.unless(
            whole.starts(with: shown), "shown before it was known, in pieces of \(widest)")
        }
        shown += stream.finish()
        try Violation.unless(shown == whole, "something else in pieces of up to \(widest)")
      }
      let again = String(decoding: whole, as: UTF8.self)
      for (name, value) in Self.values where again.contains(value) {
        throw Violation("the value of \(name) is still there")
      }
    }
    #expect(failure == nil, "\(failure ?? "")")
  }
}
