import Testing
import UETTestSupport
import UETWorkers

/// What looks like a secret, and what only nearly does.
@Suite struct SecretShapeTests {
  private let redaction = Redaction([], in: [:])

  /// Made up here, so that no file holds one; the kinds by what makes them.
  static let samples: [(kind: String, text: String)] = [
    ("Anthropic key", "sk-ant-api03-" + letters(60)),
    ("OpenAI key", "sk-proj-" + letters(60)),
    ("API key", "sk-" + letters(48)),
    ("API key", "sk-or-v1-" + hex(64)),
    ("Hugging Face token", "hf_" + letters(34)),
    ("GitHub token", "ghp_" + letters(36)),
    ("GitHub token", "ghs_" + letters(36)),
    ("GitHub token", "github_pat_" + letters(22) + "_" + letters(59)),
    ("GitLab token", "glpat-" + letters(20)),
    ("npm token", "npm_" + letters(36)),
    ("PyPI token", "pypi-AgEIc" + letters(60)),
    ("AWS key id", "AKIA" + "Q3EGRIVWNB5MHXKJ"),
    ("Google key", "AIza" + letters(35)),
    ("Slack token", "xoxb-123456789012-123456789012-" + letters(24)),
    ("SendGrid key", "SG." + letters(22) + "." + letters(43)),
    ("Stripe key", "sk_live_" + letters(24)),
    ("web token", "eyJ" + letters(20) + ".eyJ" + letters(30) + "." + letters(43)),
  ]

  static func letters(_ count: Int) -> String {
    let all = Array("aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z")
    return String((0..<count).map { all[$0 * 7 % all.count] })
  }

  static func hex(_ count: Int) -> String {
    String((0..<count).map { Array("0f3a9c5d71e8b264")[$0 * 5 % 16] })
  }

  @Test(arguments: samples.indices) func tokenIsTakenOut(index: Int) {
    let (kind, text) = Self.samples[index]
    let surroundings = [
      ("key: ", ""), ("\"", "\"\n"), ("\\n", "\\n"), ("\u{1b}[31m", "\u{1b}[0m"), ("%20", "&x"),
      ("(", ")"), ("=", ";"),
    ]
    for (before, after) in surroundings {
      #expect(
        redaction.redacted(before + text + after) == before + "[redacted: \(kind)]" + after)
    }
  }

  @Test func privateKeyIsTakenOutWhole() {
    for kind in ["", "RSA ", "OPENSSH ", "PGP "] {
      let label = "\(kind)PRIVATE KEY" + (kind == "PGP " ? " BLOCK" : "")
      let body = (0..<20).map { _ in Self.letters(64) }
      let lines = ["-----BEGIN \(label)-----"] + body + ["-----END \(label)-----"]
      #expect(
        redaction.redacted("a\n" + lines.joined(separator: "\n") + "\nb")
          == "a\n[redacted: private key]\nb")
      #expect(
        redaction.redacted(#"{"k":""# + lines.joined(separator: #"\n"#) + #"\n"}"#)
          == #"{"k":"[redacted: private key]\n"}"#)
      // Its end may not be there.
      #expect(
        redaction.redacted(lines.dropLast(3).joined(separator: "\n")) == "[redacted: private key]")
    }
  }

  @Test(arguments: [
    ("Authorization: Bearer abcdefgh12345", "Authorization: Bearer [redacted: authorization]"),
    (
      #""authorization": "Basic dXNlcjpwYXNz","#,
      #""authorization": "Basic [redacted: authorization]","#
    ),
    ("curl -H 'x-api-key: 0123456789abcdef'", "curl -H 'x-api-key: [redacted: key in a header]'"),
    (
      "https://me:swordfish@example.org/x",
      "https://me:[redacted: password in an address]@example.org/x"
    ),
    (
      "postgres://a:p#ss%40:w@db:5432/x",
      "postgres://a:[redacted: password in an address]@db:5432/x"
    ),
    (
      "https://0123456789abcdef0123456789abcdef01234567@github.com/a",
      "https://[redacted: password in an address]@github.com/a"
    ),
  ]) func partOfSomethingIsTakenOut(text: String, wanted: String) {
    #expect(redaction.redacted(text) == wanted)
  }

  /// What is no secret stays.
  @Test(arguments: [
    "commit 8f14e45fceea167a5a36dedd4bea2543e5d0e1a7", "task-list disk-usage risk-free sk-",
    "class sk-container-id-1 sk-estimator-doc-link", "sk-ant-... or sk-ant-api03-YOUR-KEY",
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "AKIAIOSFODNN7EXAMPLE", "hf_hub_download",
    "npm_config_registry npm_package_version", "Authorization: Bearer $TOKEN",
    "https://example.org:8080/a@b", "ssh://git@github.com/a/b", "git@github.com:a/b.git",
    "https://$USER:$PASSWORD@host/x", "https://user:{password}@host", "a://b",
    "-----BEGIN CERTIFICATE-----", "-----BEGIN PUBLIC KEY-----",
    "the line -----BEGIN PRIVATE KEY----- begins a key, and -----END PRIVATE KEY----- ends it",
    "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4AKIAbcd0123456789AIzaSyD",
    "eyJhbGciOiJIUzI1NiJ9", "eyJ0IjoxfQ.txt", "SG.x.y", "xoxb-token", "glpat-token-name",
    "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
    "-------------------------------------------------------", "AAAAKIAAAAABBBBCCCCDDDDEEEE",
  ]) func whatIsNoneStays(text: String) {
    #expect(redaction.redacted(text) == text)
    #expect(redaction.redacted("x \(text)\n") == "x \(text)\n")
  }

  @Test func onlyWhatIsCertainIsRefusedInACommit() {
    let all = Self.samples.map(\.text).joined(separator: "\n") + "\nhttps://a:swordfish@b.org\n"
    let found = redaction.findings(in: Array(all.utf8))
    #expect(found.map(\.line) == Array(1...16))
    #expect(found.first?.kind == "what looks like an Anthropic key")
    let values = Redaction(
      ["API_TOKEN", "AWS_REGION"],
      in: ["API_TOKEN": "correct horse battery", "AWS_REGION": "eu-central-1"])
    let text = "a\nregion eu-central-1\n\nx = 'correct horse battery'\n"
    #expect(values.findings(in: Array(text.utf8)).map(\.line) == [4])
    #expect(values.findings(in: Array(text.utf8)).map(\.kind) == ["the value of API_TOKEN"])
  }
}
