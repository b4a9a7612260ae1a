import UETModel

/// The public key of who started a run, as its root names it.
package struct SignerKey: Hashable, Sendable {
  /// As git's `gpg.format` has it: `openpgp`, `x509`, `ssh`.
  package let format: String
  /// A public key, or what names one.
  package let key: String

  private static let limit = 16 << 10

  package init?(format: String, key: String) {
    guard key.utf8.count <= Self.limit, !key.isEmpty else { return nil }
    (self.format, self.key) = (format, key)
  }

  /// A public key of ssh: what kind it is, the key, and perhaps a remark, which is left out; nil
  /// for anything else, a private key above all.
  package init?(ssh text: String) {
    let plain = text.hasPrefix("key::") ? String(text.dropFirst(5)) : text
    let parts = plain.split { $0 == " " || $0.isNewline }
    let kinds = ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"]
    guard parts.count >= 2, kinds.contains(where: { parts[0].hasPrefix($0) }),
      parts[1].hasPrefix("AAAA")
    else { return nil }
    self.init(format: "ssh", key: "\(parts[0]) \(parts[1])")
  }

  package init?(json: JSONValue?) {
    guard let format = json?["format"]?.string, let key = json?["key"]?.string else { return nil }
    self.init(format: format, key: key)
  }

  package var json: JSONValue { ["format": .string(format), "key": .string(key)] }
}
