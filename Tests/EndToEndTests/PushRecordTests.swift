import Foundation
import Testing

/// The record of a host, attacked by pushes that break one rule each.
@Suite struct PushRecordTests {
  @Test func aChainOnlyGrows() throws {
    let scene = try HostScene()
    let run = try scene.sharedRun()
    let name = "refs/uet/runs/\(run)/main"
    let tip = try scene.scratch.git("rev-parse", name)
    try scene.expectRefused(":\(name)", saying: "the record is not deleted")
    try scene.expectRefused("+\(name)~1:\(name)", saying: "not set back or written anew")
    // Another end of the same chain.
    let message = try scene.scratch.git("log", "-1", "--format=%B", name)
    let fork = try scene.object(message, "commit-tree", "\(name)^{tree}", "-p", "\(name)~1")
    try scene.expectRefused("+\(fork):\(name)", saying: "not set back or written anew")
    // What is no chain, and one that is another's.
    try scene.expectRefused("+HEAD:\(name)", saying: "has not the trailers")
    try scene.expectRefused(
      "\(tip):refs/uet/runs/\(run)/other", saying: "name the chain \(run)/main")
    try scene.expectRefused(
      "\(tip):refs/uet/runs/20260101-000000-abcd/main", saying: "name the chain \(run)/main")
    let blob = try scene.object("text\n", "hash-object", "-w", "--stdin")
    try scene.expectRefused("\(blob):refs/uet/runs/\(run)/other", saying: "made of commits")
    #expect(try scene.onHost("rev-parse", name) == tip)
  }

  @Test func whatIsAddedIsWhatItSays() throws {
    let scene = try HostScene()
    let run = try scene.sharedRun()
    let name = "refs/uet/runs/\(run)/main"
    let message = try scene.scratch.git("log", "-1", "--format=%B", name)
    let tree = "\(name)^{tree}"
    func added(_ text: String, _ tree: String, also parents: String...) throws -> String {
      let all = ([name] + parents).flatMap { ["-p", $0] }
      try scene.scratch.write("../message", text)
      let output = try Scratch.start(
        Scratch.gitProgram, ["commit-tree", tree, "-F", "../message"] + all, scene.scratch.path,
        scene.scratch.environment
      ).finish()
      try #require(output.status == 0, "\(output)")
      return output.text.trimmingCharacters(in: .newlines)
    }
    // The same events once more.
    try scene.expectRefused("\(try added(message, tree)):\(name)", saying: "commit ")
    // Of another writer, of an epoch that is over, without its events.
    for (old, new, words) in [
      ("UET-Writer: main", "UET-Writer: else", "name the chain"),
      ("UET-Run: \(run)", "UET-Run: 20260101-000000-abcd", "name the chain"),
      ("UET-Epoch: 1", "UET-Epoch: 7", "commit "), ("UET-Epoch: 1", "UET-Epoch: x", "trailers"),
    ] {
      let forged = message.replacingOccurrences(of: old, with: new)
      try #require(forged != message, "\(message)")
      try scene.expectRefused("\(try added(forged, tree)):\(name)", saying: words)
    }
    // A root in the middle, and a merge with another line.
    let root = try scene.scratch.git("rev-list", "--first-parent", name).split(separator: "\n")
    #expect(root.count > 1)
    try scene.expectRefused(
      "\(try added("text\n", tree, also: "HEAD")):\(name)", saying: "trailers")
  }

  /// An event that was changed has another id than it says; each chain is proven from its root.
  @Test func aForgedEventIsFound() throws {
    let scene = try HostScene()
    let run = try scene.scratch.uet("run")
    try #require(run.status == 0, "\(run)")
    let id = try scene.scratch.onlyRun()
    let name = "refs/uet/runs/\(id)/main"
    var forgeries = 0
    for commit in try scene.scratch.git("rev-list", "--first-parent", "--max-count=4", name)
      .split(separator: "\n").map(String.init)
    {
      let events = try scene.scratch.git("show", "\(commit):events.jsonl")
      let forged = events.replacingOccurrences(of: "\"data\":{}", with: "\"data\":{\"A\":1}")
        .replacingOccurrences(of: "\"data\":{\"", with: "\"data\":{\"A\":1,\"")
        .replacingOccurrences(of: "{\"A\":1,\"A\":1}", with: "{\"A\":1}")
      guard forged != events else { continue }
      let blob = try scene.object(forged + "\n", "hash-object", "-w", "--stdin")
      let listing = try scene.scratch.git("ls-tree", commit).split(separator: "\n").map { line in
        line.hasSuffix("\tevents.jsonl") ? "100644 blob \(blob)\tevents.jsonl" : String(line)
      }
      let tree = try scene.object(listing.joined(separator: "\n") + "\n", "mktree")
      let message = try scene.scratch.git("log", "-1", "--format=%B", commit)
      let tip = try scene.object(message + "\n", "commit-tree", tree, "-p", "\(commit)~1")
      try scene.expectRefused("\(tip):\(name)", saying: "is not what its id says")
      forgeries += 1
    }
    #expect(forgeries > 0)
    try scene.expectTaken("\(name):\(name)")
  }

  @Test func whatIsKeptStays() throws {
    let scene = try HostScene()
    let run = try scene.sharedRun()
    let salvage = "refs/uet/salvage/\(run)/ws-one/1"
    try scene.expectTaken("HEAD:\(salvage)")
    try scene.expectTaken("HEAD:refs/uet/candidates/\(run)/ws-one")
    try scene.commit("file")
    try scene.expectRefused("HEAD:\(salvage)", saying: "never changes")
    try scene.expectRefused(":\(salvage)", saying: "the record is not deleted")
    try scene.expectTaken("+HEAD:refs/uet/candidates/\(run)/ws-one")
    for name in ["refs/uet/of-later", "refs/uet/resolutions", "refs/uet/archive"] {
      try scene.expectTaken("HEAD:\(name)")
      try scene.expectRefused("+HEAD~1:\(name)", saying: "it would be lost")
      try scene.expectRefused(":\(name)", saying: "the record is not deleted")
    }
    try scene.expectRefused("+HEAD:refs/notes/uet", saying: "it would be lost")
    try scene.expectRefused(":refs/notes/uet", saying: "the record is not deleted")
  }

  /// Names of runs that are not here are not taken up by others.
  @Test func whatIsKeptIsOfARun() throws {
    let scene = try HostScene()
    for place in [
      "salvage/20260101-000000-abcd/ws-one/1", "candidates/20260101-000000-abcd/ws-one",
    ] {
      try scene.expectRefused("HEAD:refs/uet/\(place)", saying: "nothing is known here of run")
    }
  }

  /// What another clone has to say of a run is a chain of its own, which grows as well.
  @Test func anotherClonesInboxGrows() throws {
    let scene = try HostScene("server: {identity: PUSHED_BY}\n", variables: ["PUSHED_BY": "alice"])
    let run = try scene.sharedRun()
    let clone = scene.scratch.root.appendingPathComponent("clone").path
    try scene.scratch.git("clone", "--quiet", scene.host, clone)
    func other(_ arguments: String...) throws -> Scratch.Output {
      try Scratch.start(
        Scratch.gitProgram, arguments, clone,
        scene.scratch.environment.merging(["PUSHED_BY": "bob"]) { $1 }
      ).finish()
    }
    _ = try other("config", "user.name", "Other User")
    _ = try other("config", "user.email", "other@example.com")
    try #require(try other("uet", "sync").status == 0)
    for verb in ["--approve", "--reject"] {
      let review = try other("uet", "review", run, "ws-one", verb, "--note", "seen")
      #expect(review.status == 0, "\(review)")
      let sync = try other("uet", "sync")
      #expect(sync.status == 0 && sync.text.contains("sent"), "\(sync)")
    }
    let listing = try scene.onHost("for-each-ref", "--format=%(refname)", "refs/uet/runs/\(run)")
    let inbox = try #require(
      listing.split(separator: "\n").map(String.init).first { $0.contains("clone-") }, "\(listing)")
    try scene.scratch.git("fetch", "--quiet", "origin", "\(inbox):refs/inbox")
    // Not by somebody else, and not back.
    try scene.expectRefused("+refs/inbox~1:\(inbox)", saying: "belongs to name bob")
    try scene.expectRefused(
      "+refs/inbox~1:\(inbox)", as: ["PUSHED_BY": "bob"], saying: "not set back or written anew")
    try scene.expectRefused(":\(inbox)", as: ["PUSHED_BY": "bob"], saying: "is not deleted")
    // The same events once more, as its writer may push them.
    let message = try scene.scratch.git("log", "-1", "--format=%B", "refs/inbox")
    let twice = try scene.object(
      message + "\n", "commit-tree", "refs/inbox^{tree}", "-p", "refs/inbox")
    try scene.expectRefused("\(twice):\(inbox)", as: ["PUSHED_BY": "bob"], saying: "follows event")
  }

  /// A run goes from the host once the archive that comes with the push has it.
  @Test func whatTheArchiveHasMayGo() throws {
    let scene = try HostScene()
    let run = try scene.sharedRun()
    let landed = try scene.scratch.uet("integrate", run)
    try #require(landed.status == 0, "\(landed)")
    let collected = try scene.scratch.uet("gc", "--older-than", "0s", "--unlanded")
    try #require(collected.status == 0, "\(collected)")
    let sync = try scene.scratch.uet("sync")
    #expect(sync.status == 0, "\(sync)")
    let left = try scene.references()
    #expect(!left.contains("runs/\(run)") && left.contains("refs/uet/archive"), "\(left)")
  }

  @Test func chainsBelongToWhoBeganThem() throws {
    let scene = try HostScene("server: {identity: PUSHED_BY}\n", variables: ["PUSHED_BY": "alice"])
    let run = try scene.sharedRun()
    let name = "refs/uet/runs/\(run)/main"
    let landed = try scene.scratch.uet("integrate", run)
    try #require(landed.status == 0, "\(landed)")
    let eve = ["PUSHED_BY": "eve"]
    try scene.expectRefused("\(name):\(name)", as: eve, saying: "belongs to name alice")
    try scene.expectRefused(
      "+HEAD:refs/heads/uet/\(run)/ws-one", as: eve, saying: "belongs to name alice")
    try scene.expectRefused(
      "HEAD:refs/uet/salvage/\(run)/ws-one/7", as: eve, saying: "belongs to name alice")
    try scene.expectRefused("\(name):\(name)", as: ["PUSHED_BY": ""], saying: "does not know who")
    try scene.expectRefused("\(name):\(name)", as: ["PUSHED_BY": "a\u{1B}[2Jb"], saying: "not know")
    try scene.expectTaken("\(name):\(name)")
  }
}
