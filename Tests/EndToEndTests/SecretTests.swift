import Foundation
import Testing

/// Secrets that workers get, and what becomes of those that they give away.
@Suite struct SecretTests {
  static let value = "correct-horse-battery-42"

  private func scratch(settings: String = "") throws -> Scratch {
    let scratch = try Scratch(variables: ["API_TOKEN": Self.value, "AWS_REGION": "eu-central-1"])
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      retry: {max_attempts: 1}
      tools: {shell: {pass_env: [API_TOKEN, AWS_REGION]}}
      \(settings)
      """)
    try scratch.write(".gitignore", ".env\n")
    try scratch.write(".env", "DB_PASSWORD=swordfish-of-the-database\n")
    return scratch
  }

  private func run(_ scratch: Scratch, status: Int32) throws -> Scratch.Output {
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let end = try scratch.uet("run")
    #expect(end.status == status, "\(end)")
    return end
  }

  /// All that git has: objects, also those that nothing leads to, references and files.
  static func traces(of secrets: [String], in scratch: Scratch) throws -> [String] {
    var found: [String] = []
    let objects = try scratch.git(
      "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname) %(objecttype)")
    for line in objects.split(separator: "\n") {
      let parts = line.split(separator: " ").map(String.init)
      let content = try Scratch.start(
        Scratch.gitProgram, ["cat-file", parts[1], parts[0]], scratch.path, scratch.environment
      ).finish().text
      for secret in secrets where content.contains(secret) {
        found.append("\(line): \(secret)")
      }
    }
    let folder = scratch.path + "/.git"
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    for name in names where !name.hasPrefix("uet-kept-apart/") {
      let content = FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
      for secret in secrets {
        if name.contains(secret) || content.range(of: Data(secret.utf8)) != nil {
          found.append("\(name): \(secret)")
        }
      }
    }
    return found
  }

  private static let token = "ghp_$(printf 0aB1cD2eF3gH4iJ5)kL6mN7oP8qR9sT0uV1wX"

  @Test(arguments: [
    ("echo \"token = $API_TOKEN\" > a/x", "'a/x' (line 1) holds the value of API_TOKEN"),
    ("printf 'a\\n\\n%s' $(printf $API_TOKEN | base64) > a/x", "'a/x' (line 3) holds the value"),
    ("echo \(token) > a/x", "'a/x' (line 1) holds what looks like a GitHub token"),
    ("cp .env a/other", "'a/other' holds what '.env' holds (run.copy)"),
    ("tar cf a/all.tar .env", "'a/all.tar' holds what '.env' holds (run.copy) in '.env'"),
    ("tar czf a/all.tgz README .env", "'a/all.tgz' holds what '.env' holds (run.copy) in '.env'"),
    ("git add -f .env; git mv -f .env a/y", "'a/y' holds what '.env' holds (run.copy)"),
    ("ln -s $API_TOKEN a/link", "'a/link' (line 1) holds the value of API_TOKEN"),
    ("touch a/$API_TOKEN", "the name of a file in 'a' holds the value of API_TOKEN"),
    ("touch a/x; git add a; git commit -qm \"see $API_TOKEN\"", "the message of its commit"),
    (
      "echo $API_TOKEN > a/x; git add a; git commit -qm 1; echo b > a/x; git commit -qam 2",
      "'a/x' (line 1) holds the value of API_TOKEN"
    ),
  ]) func resultThatHoldsOneIsRefused(script: String, wanted: String) throws {
    let scratch = try scratch()
    try scratch.bundle("ws-a", scope: ["a/**"], "mkdir a; echo good > a/good\n\(script)")
    let end = try run(scratch, status: 1)
    #expect(end.text.contains("its result is refused: \(wanted)"), "\(end)")
    let run = try scratch.onlyRun()
    let shown = try scratch.uet("show", run, "ws-a")
    #expect(shown.text.contains("E_SECURITY"), "\(shown)")
    #expect(shown.text.contains("hint: what it made, as it was: "), "\(shown)")
    #expect(shown.text.contains("secrets.allow"), "\(shown)")
    // What is no secret is kept as ever.
    let kept = "refs/uet/salvage/\(run)/ws-a/1"
    #expect(try scratch.git("show", "\(kept):a/good") == "good")
    let secrets = [Self.value, "swordfish-of-the-database", "ghp_0aB1cD2eF3gH4iJ5kL6"]
    #expect(try Self.traces(of: secrets, in: scratch) == [])
    #expect(try scratch.uet("verify").status == 0)
    #expect(try scratch.git("fsck", "--no-dangling") == "")
    let apart = scratch.path + "/.git/uet-kept-apart/\(run)/ws-a.1"
    #expect(FileManager.default.fileExists(atPath: apart + "/commits.bundle"))
    try scratch.git("bundle", "verify", "--quiet", apart + "/commits.bundle")
    let doctor = try scratch.uet("doctor").text
    #expect(doctor.contains("work that held secrets, of 1 attempt, is kept in"), "\(doctor)")
    try scratch.git("worktree", "remove", "--force", "--force", worktree(of: run, in: scratch))
    let forgotten = try scratch.uet("forget", run, "--discard")
    #expect(
      forgotten.text.contains("hint: work of it that held secrets stays; look at it, then: rm -r "),
      "\(forgotten)")
    #expect(FileManager.default.fileExists(atPath: apart))
  }

  private func worktree(of run: String, in scratch: Scratch) throws -> String {
    let list = try scratch.git("worktree", "list", "--porcelain")
    let line = list.split(separator: "\n").first { $0.contains("/\(run)/ws-a") }
    return String(try #require(line).dropFirst("worktree ".count))
  }

  /// The files of a submodule are in no tree of the project, and are looked at all the same.
  @Test func aSubmoduleIsLookedThrough() throws {
    let scratch = try scratch()
    let other = scratch.root.appendingPathComponent("other").path
    try scratch.git("init", "--quiet", other)
    try Data("token=\(Self.token)\n".utf8).write(to: URL(fileURLWithPath: other + "/old"))
    try scratch.git("-C", other, "add", "--all")
    try scratch.git(
      "-C", other, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "--quiet", "--message=x")
    try scratch.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other, "sub")
    try scratch.git("commit", "--quiet", "--message=submodule")
    let commit = "git add -A && git -c user.name=x -c user.email=x@x commit -qm sub"
    try scratch.bundle("ws-a", scope: ["sub"], "cd sub; echo $API_TOKEN > new; \(commit)")
    try scratch.bundle("ws-b", scope: ["b"], "echo b > b")
    let end = try run(scratch, status: 1)
    #expect(
      end.text.contains(
        "its result is refused: in the submodule 'sub' 'new' (line 1) holds the value of API_TOKEN"),
      "what it held before is nobody's doing: \(end)")
    #expect(end.text.contains("ws-b succeeded"), "\(end)")
  }

  /// What a tool makes of a conflict is no result before it is looked through.
  @Test func aResolverGivesNoneAway() throws {
    let resolver = "[/bin/sh, -c, \"echo $(printf %s \\(Self.token)) > a\"]"
      .replacingOccurrences(of: "\\(Self.token)", with: Self.token)
    let scratch = try scratch(
      settings: "integration: {repair: [resolver, person], resolver: \(resolver)}")
    try scratch.write("a", "before\n")
    try scratch.bundle("ws-a", scope: ["a"], "echo theirs > a")
    _ = try run(scratch, status: 0)
    try scratch.write("a", "ours\n")
    try scratch.git("commit", "--quiet", "--all", "--message=by hand")
    let run = try scratch.onlyRun()
    let end = try scratch.uet("integrate", run, "--land", "main")
    #expect(end.status == 1, "\(end)")
    let why = "the resolver did not resolve it: what it made is refused: 'a' (line 1) holds"
    #expect(end.text.contains("\(why) what looks like a GitHub token"), "\(end)")
    let traces = try Self.traces(of: ["ghp_0aB1cD2eF3gH4iJ5kL6"], in: scratch)
    #expect(traces == [])
  }

  /// What a person left in a worktree is kept apart when that is cleaned away.
  @Test func cleaningGivesNoneAway() throws {
    let scratch = try scratch()
    try scratch.bundle("ws-a", scope: ["a"], "echo a > a")
    _ = try run(scratch, status: 0)
    let run = try scratch.onlyRun()
    let place = try worktree(of: run, in: scratch)
    let token = "ghp_0aB1cD2eF3gH4iJ5" + "kL6mN7oP8qR9sT0uV1wX"
    try Data("mine\n\(token)\n".utf8).write(to: URL(fileURLWithPath: place + "/notes"))
    let cleaned = try scratch.uet("clean", "--force")
    #expect(cleaned.status == 0, "\(cleaned)")
    #expect(!FileManager.default.fileExists(atPath: place), "\(cleaned)")
    let traces = try Self.traces(of: [token], in: scratch)
    #expect(traces == [])
    let apart = scratch.path + "/.git/uet-kept-apart"
    let names = FileManager.default.enumerator(atPath: apart)?.compactMap { $0 as? String } ?? []
    #expect(names.contains { $0.hasSuffix("files/notes") }, "\(names)")
  }

  @Test func whatIsNoSecretLands() throws {
    let scratch = try scratch(settings: "secrets: {allow: [\"a/fixtures/**\"]}")
    try scratch.write("a/old", "key = AKIA" + "Q3EGRIVWNB5MHXKJ\n")
    try scratch.bundle(
      "ws-a", scope: ["a/**"],
      """
      mkdir a/fixtures; echo \(Self.token) > a/fixtures/token
      echo region $AWS_REGION > a/region; git rev-parse HEAD > a/commit
      git mv a/old a/new; echo more >> a/new
      """)
    _ = try run(scratch, status: 0)
    let integrated = try scratch.uet("integrate")
    #expect(integrated.status == 0, "\(integrated)")
  }

  /// An example may look like a token; a value that is passed is none.
  @Test func whatIsAllowedIsNoValue() throws {
    let scratch = try scratch(settings: "secrets: {allow: [a]}")
    try scratch.bundle("ws-a", scope: ["a/**"], "mkdir a; echo $API_TOKEN > a/x")
    let end = try run(scratch, status: 1)
    #expect(end.text.contains("'a/x' (line 1) holds the value of API_TOKEN"), "\(end)")
  }

  @Test func whatIsSaidIsRecordedWithoutThem() throws {
    let scratch = try scratch()
    try scratch.bundle(
      "ws-a", scope: ["a/**"],
      """
      env; git uet signal progress 40 "with $API_TOKEN"; printf $API_TOKEN | base64
      echo failed with \(Self.token); exit 3
      """)
    let end = try run(scratch, status: 1)
    #expect(end.text.contains("failed with [redacted: GitHub token]"), "\(end)")
    let logs = try scratch.uet("logs", try scratch.onlyRun(), "ws-a")
    #expect(logs.text.contains("API_TOKEN=[API_TOKEN]"), "\(logs)")
    #expect(logs.text.contains("UET_TOKEN=[redacted: token of an attempt]"), "\(logs)")
    let secrets = [
      Self.value, "uett_", "ghp_0aB1cD2eF3gH4iJ5kL6",
      String(Data(Self.value.utf8).base64EncodedString().dropLast(4)),
    ]
    #expect(try Self.traces(of: secrets, in: scratch) == [])
  }

  /// What `run.copy` brings is known also in parts, and in what is printed.
  @Test func partsOfCopiedFilesAreKnown() throws {
    let scratch = try scratch()
    try scratch.bundle(
      "ws-a", scope: ["a/**"], "cat .env; mkdir a; grep -o 'swordfish.*' .env > a/x")
    let end = try run(scratch, status: 1)
    #expect(end.text.contains("'a/x' (line 1) holds the value of DB_PASSWORD"), "\(end)")
    #expect(try Self.traces(of: ["swordfish-of-the-database"], in: scratch) == [])
  }

  @Test func whatIsStashedIsKeptApart() throws {
    let scratch = try scratch()
    try scratch.bundle(
      "ws-a", scope: ["a/**"], "mkdir a; echo $API_TOKEN > a/x; git add a; git stash -q")
    let end = try run(scratch, status: 0)
    let run = try scratch.onlyRun()
    #expect(end.text.contains("a stash, kept apart"), "\(end)")
    #expect(try Self.traces(of: [Self.value], in: scratch) == [])
    let folder = scratch.path + "/.git/uet-kept-apart/\(run)"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.count == 1 && names[0].hasPrefix("stash."), "\(names)")
  }

  @Test func bundleWithOneStartsNoRun() throws {
    let scratch = try scratch()
    try scratch.bundle("ws-a", scope: ["a"], "curl -H 'key: \(Self.value)' example.org")
    let end = try run(scratch, status: 2)
    #expect(end.errors.contains("'workstreams/ws-a.yaml' (line 8) holds the value of API_TOKEN"))
    #expect(end.errors.contains("hint: pass it as a variable"), "\(end)")
  }

  /// Files of a repository inside the worktree that only its own rules hide stay there.
  @Test func whatAnInnerRepositoryHidesStays() throws {
    let scratch = try scratch()
    try scratch.bundle(
      "ws-a", scope: ["a/**"],
      """
      mkdir -p a/inner/deep; cd a/inner; git init -q; echo x > seen; echo y > deep/seen
      echo hidden > by-exclude; echo by-exclude > .git/info/exclude
      echo hidden > deep/by-ignore; echo by-ignore > .gitignore
      echo hidden > by-config; echo by-config > .git/rules
      git config core.excludesFile "$PWD/.git/rules"
      """)
    _ = try run(scratch, status: 0)
    let run = try scratch.onlyRun()
    let files = try scratch.git("ls-tree", "-r", "--name-only", "uet/\(run)/ws-a", "a")
    #expect(files == "a/inner/.gitignore\na/inner/deep/seen\na/inner/seen")
  }
}
