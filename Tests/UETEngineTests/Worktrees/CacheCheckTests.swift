import Testing
import UETTestSupport

@testable import UETEngine

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What ties a cache to the place it came from.
@Suite struct CacheCheckTests {
  private func tie(
    _ name: String, _ content: String, linked: Bool = false
  ) async throws -> CacheCheck.Tie? {
    let directory = TemporaryDirectory()
    let root = directory.path + "/pro ject"
    TemporaryDirectory.write(Array("fine\n".utf8), to: root + "/build/fine")
    let bytes = Array(content.replacing("ROOT", with: root).utf8)
    TemporaryDirectory.write(bytes, to: root + "/build/" + name)
    return await CacheCheck(root: root, cache: "build", isLinked: linked).tie()
  }

  @Test(arguments: [
    "dir=ROOT\n", "ROOT", "-IROOT/include x", "{\"dir\": \"ROOT\"}", "ROOT-other ROOT/x",
  ]) func aFileNamesIt(content: String) async throws {
    #expect(try await tie("sub/file", content) == .names(file: "build/sub/file"))
  }

  @Test(arguments: ["ROOT-other", "ROOT.worktrees/x", "x\0ROOT/x", "relative/x"])
  func itIsNotNamed(content: String) async throws {
    #expect(try await tie("file", content) == nil)
  }

  @Test func ninjasRecordOfDependenciesIsRead() async throws {
    #expect(try await tie(".ninja_deps", "# ninjadeps\n\0\0ROOT/a.h\0") != nil)
  }

  @Test func aPathThatIsReadInTwoPartsIsFound() async throws {
    for padding in [(1 << 20) - 5, (1 << 20) - 1, 1 << 20] {
      let text = String(repeating: "x\n", count: padding / 2) + "ROOT/y"
      #expect(try await tie("large", text) != nil, "\(padding)")
    }
  }

  @Test func spellingsOfMakeNinjaAndJSON() {
    let spellings = PathSearch.spellings("/a b").map { String(decoding: $0, as: UTF8.self) }
    #expect(Set(spellings) == ["/a b", "\\/a b", "/a\\ b", "/a$ b", "/a%20b"])
  }

  @Test(arguments: [
    ("ROOT/packages/x", false, true), ("/usr/bin/env", false, false),
    ("../packages/x", false, false),
    ("../packages/x", true, true), ("../../other", false, true), ("fine", true, false),
  ]) func linksLeadOut(target: String, linked: Bool, isTied: Bool) async throws {
    let directory = TemporaryDirectory()
    let root = directory.path + "/project"
    TemporaryDirectory.write([], to: root + "/cache/fine")
    #expect(symlink(target.replacing("ROOT", with: root), root + "/cache/link") == 0)
    let found = await CacheCheck(root: root, cache: "cache", isLinked: linked).tie()
    #expect(found == (isTied ? .leads(link: "cache/link") : nil))
  }

  @Test func theIdentityChangesWithAFile() {
    let directory = TemporaryDirectory()
    TemporaryDirectory.write([1], to: directory.path + "/a")
    let first = CacheListing(directory.path).identity
    #expect(CacheListing(directory.path).identity == first)
    TemporaryDirectory.write([1, 2], to: directory.path + "/a")
    #expect(CacheListing(directory.path).identity != first)
  }
}

/// Commands whose answer a tree alone does not decide.
@Suite struct HistoryWordsTests {
  @Test(arguments: [
    ["git", "log", "-1"], ["sh", "-c", "test $(git -C sub rev-list --count HEAD) -gt 1"],
    ["npx", "commitlint", "--from", "x"], ["sh", "-c", "git diff --quiet HEAD~1"],
    ["/usr/bin/git", "--no-pager", "describe"], ["sh", "-c", "git diff main...HEAD"],
  ]) func looksAtHistory(command: [String]) { #expect(HistoryWords.stand(in: command)) }

  @Test(arguments: [
    ["make", "test"], ["sh", "-c", "cd \"$(git rev-parse --show-toplevel)\"; make"],
    ["sh", "-c", "make generate && git diff --exit-code"], ["git", "grep", "log"],
  ]) func looksAtTheTree(command: [String]) { #expect(!HistoryWords.stand(in: command)) }
}
