import Testing
import UETModel
import UETTestSupport

@testable import UETGit

@Suite struct FixedSettingsTests {
  @Test func filtersThatComeLaterDoNotRun() async throws {
    let fixture = try SealedGitFixture([".gitattributes": "*.txt filter=f\n", "a.txt": "1\n"])
    let git = fixture.git.fixingSettings()
    let worktree = try await fixture.add("w")
    fixture.test.git("config", "filter.f.clean", "sed s/bad/good/")
    fixture.test.git("config", "filter.f.smudge", "sed s/good/bad/")
    fixture.test.write(".git/info/attributes", "* filter=f\n")
    fixture.write(worktree, "a.txt", "bad\n")
    let work = try await git.commitAll(
      worktree, base: fixture.tip, message: "work", author: fixture.who, committer: fixture.who)
    let tip = try #require(work?.tip)
    #expect(fixture.test.git("cat-file", "-p", "\(tip.hex):a.txt") == "bad")
  }

  @Test func filtersOfTheStartGoOn() async throws {
    let fixture = try SealedGitFixture([".gitattributes": "*.txt filter=f\n", "a.txt": "1\n"])
    fixture.test.git("config", "filter.f.clean", "sed s/bad/good/")
    let repository = try Repository.open(
      discoveringFrom: fixture.test.path, environment: fixture.test.environment)
    let git = SealedGit(repository: repository, environment: fixture.test.environment)
      .fixingSettings()
    let worktree = try await fixture.add("w")
    fixture.test.git("config", "--unset", "filter.f.clean")
    fixture.write(worktree, "a.txt", "bad\n")
    let work = try await git.commitAll(
      worktree, base: fixture.tip, message: "work", author: fixture.who, committer: fixture.who)
    let tip = try #require(work?.tip)
    #expect(fixture.test.git("cat-file", "-p", "\(tip.hex):a.txt") == "good")
  }

  @Test func mergesAndChecksOutAsBefore() async throws {
    let fixture = try SealedGitFixture(["a": "1\n2\n3\n4\n5\n", "b/c": "x\n"])
    let git = fixture.git.fixingSettings()
    fixture.test.git("pack-refs", "--all")
    fixture.test.git("checkout", "-q", "-b", "side")
    let side = fixture.test.commit("side", ["a": "one\n2\n3\n4\n5\n"])
    fixture.test.git("checkout", "-q", "main")
    let main = fixture.test.commit("main", ["a": "1\n2\n3\n4\nfive\n"])
    guard case .clean(let tree) = try await git.mergeTree(main, side) else {
      Issue.record("no clean merge")
      return
    }
    #expect(fixture.test.git("cat-file", "-p", "\(tree.hex):a") == "one\n2\n3\n4\nfive")
    #expect(try await git.isDirty() == false)
    fixture.test.write("b/c", "y\n")
    #expect(try await git.isDirty())
  }

  @Test func settingsSurviveAsText() throws {
    let test = TestRepository()
    let values = ["plain", "a \"b\" \\c", " lead", "a;b#c", "two\nlines", "tab\there", ""]
    for (number, value) in values.enumerated() {
      test.git("config", "x.Sub \"\\ \(number).key", value)
    }
    let text = try #require(ConfigurationText(file: test.path + "/.git/config"))
    test.write("copy", String(decoding: text.bytes, as: UTF8.self))
    let copy = try #require(ConfigurationText(file: test.path + "/copy"))
    #expect(copy == text)
    for (number, value) in values.enumerated() {
      let read = test.git("config", "-f", "copy", "x.Sub \"\\ \(number).key")
      #expect(read == value, "\(number)")
    }
  }
}
