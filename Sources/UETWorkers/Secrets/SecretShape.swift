/// How secrets of one kind look, whoever they belong to: what they begin with, and what follows.
struct SecretShape: Sendable {
  let kind: String
  /// What each of them begins with.
  let beginnings: [String]
  let rule: Rule
  /// Whether what looks so is hardly ever anything else, so that no commit may hold it.
  let isCertain: Bool

  /// What follows the beginning.
  enum Rule: Sendable {
    /// As many characters of a set as there are, if they are enough and not all alike.
    case run(ByteSet, Length, Place)
    /// Three parts with dots between them, of which two begin as JSON does in base64.
    case webToken
    /// All up to its last line.
    case privateKey
    /// The value of a header, where a word in front of it says what it is.
    case header(schemes: [String], shortest: Int)
    /// The password of a user in an address.
    case address
  }

  enum Length: Sendable {
    case exactly(Int)
    case atLeast(Int)

    var least: Int {
      switch self {
      case .exactly(let count), .atLeast(let count): count
      }
    }
  }

  /// What may stand in front of it.
  enum Place: Sendable {
    case anywhere
    /// Not a letter or digit, which would make it a part of something longer.
    case atWordStart
  }

  init(
    _ kind: String, _ beginnings: [String], _ rule: Rule, isCertain: Bool = true
  ) {
    self.kind = kind
    self.beginnings = beginnings
    self.rule = rule
    self.isCertain = isCertain
  }
}

extension SecretShape {
  static let all: [SecretShape] = agents + hosts + clouds + general

  /// Of those who serve models.
  private static let agents = [
    SecretShape("Anthropic key", ["sk-ant-"], .run(.webSafe, .atLeast(32), .anywhere)),
    SecretShape(
      "OpenAI key", ["sk-proj-", "sk-svcacct-", "sk-admin-"],
      .run(.webSafe, .atLeast(32), .anywhere)),
    SecretShape("API key", ["sk-or-v1-"], .run(.hex, .exactly(64), .anywhere)),
    SecretShape("API key", ["sk-"], .run(.alphanumeric, .atLeast(32), .atWordStart)),
    SecretShape("Hugging Face token", ["hf_"], .run(.alphanumeric, .exactly(34), .atWordStart)),
    SecretShape("Groq key", ["gsk_"], .run(.alphanumeric, .exactly(52), .atWordStart)),
    SecretShape("xAI key", ["xai-"], .run(.alphanumeric, .exactly(80), .atWordStart)),
    SecretShape("Perplexity key", ["pplx-"], .run(.alphanumeric, .exactly(48), .atWordStart)),
  ]

  /// Of those who keep code and packages.
  private static let hosts = [
    SecretShape(
      "GitHub token", ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
      .run(.alphanumeric, .atLeast(36), .anywhere)),
    SecretShape("GitHub token", ["github_pat_"], .run(.word, .atLeast(60), .anywhere)),
    SecretShape(
      "GitLab token",
      ["glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glagent-"],
      .run(.webSafe + ByteSet("."), .atLeast(20), .anywhere)),
    SecretShape("npm token", ["npm_"], .run(.alphanumeric, .exactly(36), .atWordStart)),
    SecretShape("PyPI token", ["pypi-AgEIc"], .run(.webSafe, .atLeast(50), .anywhere)),
    SecretShape("Docker token", ["dckr_pat_"], .run(.webSafe, .atLeast(27), .anywhere)),
  ]

  /// Of those who serve everything else.
  private static let clouds = [
    SecretShape(
      "AWS key id", ["AKIA", "ASIA", "ABIA", "ACCA"],
      .run(.upper + .digits, .exactly(16), .atWordStart)),
    SecretShape("Google key", ["AIza"], .run(.webSafe, .exactly(35), .atWordStart)),
    SecretShape("Google token", ["ya29."], .run(.webSafe, .atLeast(40), .atWordStart)),
    SecretShape(
      "Slack token", ["xoxa-", "xoxb-", "xoxe-", "xoxp-", "xoxr-", "xoxs-", "xapp-"],
      .run(.alphanumeric + ByteSet("-"), .atLeast(24), .anywhere)),
    SecretShape("SendGrid key", ["SG."], .run(.webSafe + ByteSet("."), .exactly(66), .atWordStart)),
    SecretShape(
      "Stripe key", ["sk_live_", "rk_live_"], .run(.alphanumeric, .atLeast(16), .anywhere)),
    SecretShape("DigitalOcean token", ["dop_v1_"], .run(.hex, .exactly(64), .anywhere)),
    SecretShape("Vault token", ["hvs."], .run(.webSafe, .atLeast(80), .atWordStart)),
    SecretShape(
      "age key", ["AGE-SECRET-KEY-1"], .run(.upper + .digits, .exactly(58), .anywhere)),
  ]

  /// Of nobody in particular. Documents and tests are full of such that mean nothing, but for keys.
  private static let general = [
    SecretShape("token of an attempt", ["uett_"], .run(.alphanumeric, .atLeast(18), .anywhere)),
    SecretShape("private key", ["-----BEGIN "], .privateKey),
    SecretShape("web token", ["eyJ"], .webToken, isCertain: false),
    SecretShape(
      "authorization", ["uthorization", "UTHORIZATION"],
      .header(schemes: ["bearer", "basic", "token", "apikey", "api-key"], shortest: 8),
      isCertain: false),
    SecretShape(
      "key in a header", ["x-api-key", "X-Api-Key", "X-API-Key", "X-API-KEY"],
      .header(schemes: [], shortest: 16), isCertain: false),
    SecretShape("password in an address", ["://"], .address, isCertain: false),
  ]
}
