import Foundation
import UETGit
import UETModel

/// A push that somebody signed, as git has checked it.
package struct PushCertificate: Hashable, Sendable {
  /// Its name as an object: the same for the same bytes.
  let id: ObjectID
  /// As the host's file of allowed signers has it.
  package let signer: String
  /// What git calls the key: for ssh its fingerprint.
  package let key: String
  /// The public key in the signature itself, where it is one of ssh.
  package let publicKey: [UInt8]?

  /// What is wrong with a certificate.
  enum Fault: Error, Hashable, Sendable {
    case badSignature
    /// The signature is good, of somebody whom the host does not know.
    case unknownSigner
    /// It was made for another push, or is sent once more.
    case replayed
    /// It says something else than what is pushed.
    case differs
  }

  /// Nil where the push has no certificate.
  ///
  /// Git says of an unknown key of ssh that its signature is good, with nobody as signer, so that
  /// the signer is what counts. What git says comes by variables, which whoever starts git can set
  /// as well: the certificate itself must be there and ask for just this push.
  init?(
    _ environment: [String: String], _ updates: [ReferenceUpdate], _ repository: Repository
  ) throws(Fault) {
    guard let name = environment["GIT_PUSH_CERT"], !name.isEmpty else { return nil }
    guard environment["GIT_PUSH_CERT_STATUS"] == "G" else { throw .badSignature }
    let signer = environment["GIT_PUSH_CERT_SIGNER"] ?? ""
    let key = environment["GIT_PUSH_CERT_KEY"] ?? ""
    guard !signer.isEmpty, !key.isEmpty else { throw .unknownSigner }
    guard environment["GIT_PUSH_CERT_NONCE_STATUS"] == "OK",
      let nonce = environment["GIT_PUSH_CERT_NONCE"], !nonce.isEmpty
    else { throw .replayed }
    guard let id = ObjectID(name), let text = Self.text(id, repository), text.nonce == nonce,
      Set(text.updates) == Set(updates), text.updates.count == updates.count
    else { throw .differs }
    (self.id, self.signer, self.key, publicKey) = (id, signer, key, text.publicKey)
  }

  private struct Text {
    var nonce: String?
    var updates: [ReferenceUpdate] = []
    var publicKey: [UInt8]?
  }

  private static let longest = 64 << 20

  private static func text(_ id: ObjectID, _ repository: Repository) -> Text? {
    guard let size = try? repository.size(of: id), size <= longest,
      let bytes = try? repository.blob(id)
    else { return nil }
    var result = Text()
    var armour = ""
    var isHeader = true
    var isSignature = false
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let text = String(decoding: line, as: UTF8.self)
      if text.hasPrefix("-----BEGIN ") {
        isSignature = true
      } else if isSignature {
        if !text.hasPrefix("-----") { armour += text }
      } else if line.isEmpty {
        isHeader = false
      } else if isHeader {
        if text.hasPrefix("nonce ") { result.nonce = String(text.dropFirst(6)) }
      } else {
        guard let update = ReferenceUpdate(line: line) else { return nil }
        result.updates.append(update)
      }
    }
    result.publicKey = publicKey(inSignature: armour)
    return result
  }

  /// `SSHSIG`, a version, and then the key, as its length and so many bytes.
  private static func publicKey(inSignature armour: String) -> [UInt8]? {
    guard let data = Data(base64Encoded: armour) else { return nil }
    let bytes = [UInt8](data)
    guard bytes.starts(with: Array("SSHSIG".utf8)), bytes.count > 14 else { return nil }
    let length = bytes[10..<14].reduce(0) { $0 << 8 | Int($1) }
    guard length > 0, length <= bytes.count - 14 else { return nil }
    return Array(bytes[14..<(14 + length)])
  }

  /// Whether the push was signed by the key that `text` is, as ssh writes public keys.
  func isSigned(by text: String) -> Bool {
    let parts = text.split(separator: " ")
    guard parts.count >= 2, let data = Data(base64Encoded: String(parts[1])) else { return false }
    return publicKey == [UInt8](data)
  }
}
