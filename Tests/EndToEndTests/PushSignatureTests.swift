import Foundation
import Testing

/// Pushes and commits that are signed with keys of ssh, and those that only look so.
@Suite struct PushSignatureTests {
  /// A host that knows one key; both sides sign with keys of ssh.
  final class Keys {
    let scene: HostScene
    let known: String
    let stranger: String

    init(_ settings: String) throws {
      scene = try HostScene(settings)
      let root = scene.scratch.root.path
      (known, stranger) = ("\(root)/known", "\(root)/stranger")
      for key in [known, stranger] {
        let made = try Scratch.start(
          "/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key], root, [:]
        ).finish()
        try #require(made.status == 0, "\(made)")
      }
      let text = try String(contentsOfFile: known + ".pub", encoding: .utf8)
      try Data("known@example.com \(text)".utf8).write(to: URL(fileURLWithPath: root + "/signers"))
      try scene.onHost("config", "gpg.ssh.allowedSignersFile", root + "/signers")
      try scene.scratch.git("config", "gpg.format", "ssh")
      try scene.scratch.git("config", "user.signingKey", known)
    }

    /// Has the host know the other key as well, as `other@example.com`.
    func introduceStranger() throws {
      let text = try String(contentsOfFile: stranger + ".pub", encoding: .utf8)
      let signers = scene.scratch.root.path + "/signers"
      let known = try String(contentsOfFile: signers, encoding: .utf8)
      try Data("\(known)other@example.com \(text)".utf8).write(to: URL(fileURLWithPath: signers))
    }

    func sign(with key: String) throws {
      try scene.scratch.git("config", "user.signingKey", key)
    }
  }

  @Test func aPushIsSignedBySomebodyWhomTheHostKnows() throws {
    let keys = try Keys("server: {required_signatures: [push]}\n")
    let scene = keys.scene
    try scene.expectRefused("HEAD:refs/heads/topic", saying: "the push is not signed")
    try scene.expectTaken("--signed", "HEAD:refs/heads/topic")
    try keys.sign(with: keys.stranger)
    try scene.expectRefused(
      "--signed", "HEAD:refs/heads/other", saying: "by a key that the host does not know")
    // Git would say so of a signature that it has checked.
    let forged = [
      "GIT_PUSH_CERT": try scene.scratch.git("rev-parse", "HEAD:README"),
      "GIT_PUSH_CERT_STATUS": "G", "GIT_PUSH_CERT_SIGNER": "known@example.com",
      "GIT_PUSH_CERT_KEY": "SHA256:x", "GIT_PUSH_CERT_NONCE_STATUS": "OK",
      "GIT_PUSH_CERT_NONCE": "1-x",
    ]
    try scene.expectRefused(
      "HEAD:refs/heads/other", as: forged, saying: "is not about what is pushed")
  }

  /// The very bytes of a push that was taken are sent once more, when it could be made again.
  @Test func aCertificateIsGoodForOnePush() throws {
    let keys = try Keys("server: {required_signatures: [push]}\n")
    let scene = keys.scene
    let sent = scene.scratch.root.path + "/sent"
    let listener = scene.scratch.root.path + "/listen"
    try Data("#!/bin/sh\ntee '\(sent)' | git-receive-pack \"$@\"\n".utf8)
      .write(to: URL(fileURLWithPath: listener))
    chmod(listener, 0o755)
    try scene.expectTaken("--signed", "--receive-pack=\(listener)", "HEAD:refs/heads/topic")
    let before = try scene.references()
    try scene.onHost("update-ref", "-d", "refs/heads/topic")
    // Within one second, as well as later: git's nonce is good for both where they are one.
    let replay = try Scratch.start(
      "/bin/sh", ["-c", "git receive-pack '\(scene.host)' < '\(sent)'"], scene.scratch.path,
      scene.scratch.environment
    ).finish()
    #expect(replay.text.contains("pre-receive hook declined"), "\(replay)")
    #expect(replay.text.contains("error: the certificate of the push"), "\(replay)")
    let after = try scene.references()
    #expect(before.contains("refs/heads/topic") && !after.contains("refs/heads/topic"))
  }

  /// Git gives the certificate to the hook that judges alone, and another puts in line.
  @Test func aCandidateBelongsToWhoSignedItsPush() throws {
    let keys = try Keys("server: {identity: certificate, queue: [known@example.com]}\n")
    let scene = keys.scene
    try keys.introduceStranger()
    try scene.commit("a.txt")
    try scene.expectRefused("HEAD:refs/for/main/a", saying: "does not know who you are")
    try keys.sign(with: keys.stranger)
    try scene.expectTaken("--signed", "HEAD:refs/for/main/a")
    let shown = try scene.scratch.uet("queue", in: scene.host)
    #expect(shown.text.contains("a  ") && shown.text.contains("other@example.com"), "\(shown)")
    try scene.expectRefused(
      "--signed", "HEAD:refs/uet/inbox/main/freeze", saying: "'other@example.com' is not one of")
    try keys.sign(with: keys.known)
    try scene.expectRefused(
      "--signed", "HEAD:refs/for/main/a", saying: "a candidate of other@example.com")
    try scene.expectTaken("--signed", "HEAD:refs/uet/inbox/main/freeze")
    // Nothing of it stays behind.
    let left = try FileManager.default.contentsOfDirectory(
      atPath: scene.host + "/uet-server/pushes")
    #expect(left.isEmpty, "\(left)")
  }

  @Test func aChainIsBoundToAKey() throws {
    let keys = try Keys("server: {identity: certificate}\n")
    let scene = keys.scene
    try keys.introduceStranger()
    let run = try scene.scratch.uet("run")
    try #require(run.status == 0, "\(run)")
    let id = try scene.scratch.onlyRun()
    let name = "refs/uet/runs/\(id)/main"
    try scene.expectRefused("\(name):\(name)", saying: "this one is not signed")
    // Who has fetched it from its maker may not be the first to push it.
    try keys.sign(with: keys.stranger)
    try scene.expectRefused("--signed", "\(name):\(name)", saying: "begun with another key")
    try keys.sign(with: keys.known)
    try scene.expectTaken("--signed", "\(name)~1:\(name)")
    try keys.sign(with: keys.stranger)
    try scene.expectRefused("--signed", "\(name):\(name)", saying: "belongs to key SHA256:")
    try keys.sign(with: keys.known)
    // As the program itself pushes.
    try scene.scratch.git("config", "push.gpgSign", "if-asked")
    let sync = try scene.scratch.uet("sync")
    #expect(sync.status == 0, "\(sync)")
  }

  @Test func theQueueIsKnownByItsKey() throws {
    let keys = try Keys("server: {identity: certificate, queue: [known@example.com]}\n")
    let scene = keys.scene
    try scene.commit("file")
    try scene.expectRefused("HEAD:main", saying: "only the queue moves")
    try keys.sign(with: keys.stranger)
    try scene.expectRefused("--signed", "HEAD:main", saying: "a key that the host does not know")
    try keys.sign(with: keys.known)
    try scene.expectTaken("--signed", "HEAD:main")
  }

  @Test func eachCommitIsSigned() throws {
    let keys = try Keys("server: {required_signatures: [commits]}\n")
    let scene = keys.scene
    try scene.commit("file")
    try scene.expectRefused("HEAD:refs/heads/topic", saying: "is not signed (server")
    try scene.expectRefused("HEAD:refs/tags/v1", saying: "is not signed (server")
    try keys.sign(with: keys.stranger)
    try scene.scratch.git("commit", "--quiet", "--amend", "--no-edit", "--gpg-sign")
    try scene.expectRefused(
      "HEAD:refs/heads/topic", saying: "is not signed by a key that this host")
    try keys.sign(with: keys.known)
    try scene.scratch.git("commit", "--quiet", "--amend", "--no-edit", "--gpg-sign")
    try scene.expectTaken("HEAD:refs/heads/topic")
    // Signed, on top of what is not.
    try scene.commit("other")
    try scene.scratch.write("more", "text\n")
    try scene.scratch.git("add", "--all")
    try scene.scratch.git("commit", "--quiet", "--message=signed", "--gpg-sign")
    try scene.expectRefused("HEAD:refs/heads/topic", saying: "is not signed (server")
    // A signature over something else.
    let text = try scene.scratch.git("cat-file", "commit", "refs/heads/main")
    let forged = try scene.object(text + "\nmore\n", "hash-object", "-t", "commit", "-w", "--stdin")
    try scene.expectRefused("\(forged):refs/heads/other", saying: "is not signed")
  }
}
