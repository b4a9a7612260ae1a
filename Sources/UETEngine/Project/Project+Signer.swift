import UETGit
import UETLedger
import UETModel
import UETSystem

extension Project {
  /// What the root of a run says of who writes it: this clone's name, and the key that the user
  /// signs with where git has one configured. A private key is never read into it.
  func writerDetails() async throws -> [JSONObject.Member] {
    var members = [JSONObject.Member("clone", .string(try await cloneID()))]
    if let signer = await signer() { members.append(JSONObject.Member("signer", signer.json)) }
    return members
  }

  private func signer() async -> SignerKey? {
    guard let key = await setting("user.signingKey", "path") else { return nil }
    let format = await setting("gpg.format", nil) ?? "openpgp"
    guard format == "ssh" else { return SignerKey(format: format, key: key) }
    if let given = SignerKey(ssh: key) { return given }
    // The file may be the private key, with the public one beside it.
    for path in [key, key + ".pub"] {
      let text = String(decoding: Files.content(of: path, limit: 16 << 10) ?? [], as: UTF8.self)
      if let found = SignerKey(ssh: text) { return found }
    }
    return nil
  }

  /// As git itself reads it, with all that its files include.
  private func setting(_ key: String, _ type: String?) async -> String? {
    let arguments = ["config"] + (type.map { ["--type=\($0)"] } ?? []) + ["--get", key]
    guard let output = try? await git.run(arguments), output.status == 0 else { return nil }
    let text = output.text.split(separator: "\n").first.map(String.init) ?? ""
    return text.isEmpty ? nil : text
  }
}
