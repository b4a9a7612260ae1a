import Foundation
import Testing
import UETTestSupport

/// Random runs whose workers give away what they were given in random ways; afterwards all that is
/// recorded is searched for it.
@Suite struct SecretStormTests {
  /// What a worker does with `$V`, the name of a variable with a secret in it, in `$D`, its folder.
  private static let ways = [
    "echo \"said $V\"", "echo \"said $V\" >&2", "printf \"$V\" | base64", "env",
    "printf \"$V\" | od -An -tx1 | tr -d ' \\n'", "git uet signal progress 10 \"at $V\"",
    "echo \"k=$V\" > $D/plain", "printf '{\"k\":\"%s\"}\\n' \"$V\" >> $D/json",
    "printf \"$V\" | base64 > $D/coded", "cp .env $D/renamed.txt", "tar cf $D/all.tar .env",
    "tar czf $D/all.tgz .env", "echo \"$V\" > $D/x; gzip -f $D/x", "touch \"$D/$V\"",
    "ln -sf \"$V\" $D/link",
    "echo \"$V\" > $D/c; git add -A $D; git commit -qm one",
    "echo \"$V\" > $D/c; git add -A $D; git commit -qm one; git rm -qf $D/c; git commit -qm two",
    "echo fine > $D/m; git add -A $D; git commit -qm \"because of $V\"",
    "echo \"$V\" > $D/c; git add -A $D; git commit -qm one; echo b > $D/c; git add -A $D; "
      + "git commit -q --amend -m other",
    "git -c user.name=\"$V\" commit -q --allow-empty -m empty",
    "git init -q $D/in; (cd $D/in; git config user.email w@e; git config user.name w; "
      + "echo \"$V\" > f; git add f; git commit -qm \"in $V\")",
    "echo \"lib: https://me:$V@example.org/x\" > $D/url", "echo \"fails: $V\"; exit 4",
    "sleep 0.1; kill -9 $$", "echo \"fine\" > $D/fine",
    "echo \"$V\" > $D/s; git add -A $D; git stash -q", "echo fine > $D/fine2; git add -A $D",
  ]

  private static func secret(_ random: inout SeededGenerator, _ count: Int) -> String {
    let all = Array("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    return String((0..<count).map { _ in all.randomElement(using: &random) ?? "x" })
  }

  private static func storm(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let values = [
      "A_TOKEN": "k-" + secret(&random, 24), "B_SECRET": secret(&random, 12),
      "C_PASSWORD": "p/w+" + secret(&random, 16) + "=",
    ]
    let local = "DB_PASSWORD=" + secret(&random, 30)
    let scratch = try Scratch(variables: values)
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      retry: {max_attempts: 1}
      run: {mode: \(random.oneIn(2) ? "slots" : "own"), workers: 2}
      tools: {shell: {pass_env: [\(values.keys.sorted().joined(separator: ", "))]}}
      """)
    try scratch.write(".gitignore", ".env\n")
    try scratch.write(".env", local + "\n")
    for number in 1...4 {
      let lines = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        let way = ways.randomElement(using: &random) ?? "true"
        let name = values.keys.sorted().randomElement(using: &random) ?? ""
        return "V=$\(name)\n" + way
      }
      try scratch.bundle(
        "ws-\(number)", scope: ["d\(number)/**"],
        "export GIT_CONFIG_GLOBAL=/dev/null; D=d\(number); mkdir -p $D\n"
          + lines.joined(separator: "\n"))
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let end = try scratch.uet("run")
    try Violation.unless([0, 1].contains(end.status), "\(end)")
    _ = try scratch.uet("integrate")
    var secrets = values.values.flatMap { value in
      let hex = value.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
      return [value, String(Data(value.utf8).base64EncodedString().dropLast(4)), hex.joined()]
    }
    secrets += [local, "uett_"]
    let found = try SecretTests.traces(of: secrets, in: scratch)
    let scripts = (1...4).map { scratch.read("workstreams/ws-\($0).yaml") ?? "" }.joined()
    try Violation.unless(found.isEmpty, "\(found.joined(separator: "\n"))\n\(scripts)\(end)")
    for secret in secrets where (end.text + end.errors).contains(secret) {
      throw Violation("said: \(secret)\n\(end)")
    }
    let verified = try scratch.uet("verify")
    try Violation.unless(verified.status == 0, "\(verified)")
    try scratch.git("fsck", "--no-dangling")
  }

  @Test func nothingRecordedHoldsASecret() {
    let failure = Seeds(short: 3, long: 200, also: [174, 190]).firstFailure(
      filter: "SecretStormTests", Self.storm)
    #expect(failure == nil, "\(failure ?? "")")
  }
}
