/// Tells the variables that hold secrets from others that are passed beside them.
enum SecretName {
  private static let words = [
    "KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "AUTH", "COOKIE",
    "DSN",
  ]

  /// Whether the value of a variable is one that must not stand in a commit: `AWS_REGION=eu-west-1`
  /// may.
  static func isSecret(_ name: String, _ value: [UInt8]) -> Bool {
    let upper = name.uppercased()
    if words.contains(where: { upper.contains($0) }) { return true }
    let text = String(decoding: value, as: UTF8.self)
    if text.contains("://") { return text.contains("@") }
    if text.hasPrefix("/") || text.contains(" ") { return false }
    // As random as no name is.
    return value.count >= 20 && Set(value).count >= 12
      && value.contains(where: ByteSet.digits.contains)
      && value.contains(where: ByteSet.letters.contains)
  }
}
