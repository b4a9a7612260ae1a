import UETPlanning

/// Who pushes, as far as the host knows.
package struct Pusher: Hashable, Sendable {
  /// What `server.queue` may name; nil where nobody knows.
  package let name: String?
  /// What the chains that are begun now belong to from then on: a key, or a name.
  let owner: String?
  let certificate: PushCertificate?

  init(
    _ identity: Configuration.PusherIdentity?, _ certificate: PushCertificate?,
    _ environment: [String: String]
  ) {
    self.certificate = certificate
    switch identity {
    case nil: (name, owner) = (nil, nil)
    case .certificate:
      name = certificate?.signer
      owner = certificate.map { "key \($0.key)" }
    case .variable(let variable):
      let value = environment[variable].flatMap { Self.isName($0) ? $0 : nil }
      name = value
      owner = value.map { "name \($0)" }
    }
  }

  /// One line without what a terminal acts on.
  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 200 && text.unicodeScalars.allSatisfy(\.isHarmless)
  }
}
