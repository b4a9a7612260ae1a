import Testing

@testable import UETEngine

@Suite struct ConflictTextTests {
  private func text(_ lines: String...) -> ConflictText? {
    ConflictText(Array((lines.joined(separator: "\n") + "\n").utf8))
  }

  @Test func labelsSidesAndBasesDoNotCount() throws {
    let one = try #require(
      text("a", "<<<<<<< HEAD", "x", "=======", "y", ">>>>>>> 1234", "b"))
    let other = try #require(
      text("a", "<<<<<<< main", "y", "||||||| base", "z", "=======", "x", ">>>>>>> t", "b"))
    #expect(one.normalised == other.normalised && one.key == other.key)
    #expect(
      other.places.map { String(decoding: $0, as: UTF8.self) }
        == ["<<<<<<< ours\ny\n=======\nx\n>>>>>>> theirs\n"])
    #expect(
      String(decoding: one.normalised, as: UTF8.self)
        == "a\n<<<<<<<\nx\n=======\ny\n>>>>>>>\nb\n")
  }

  @Test(arguments: [
    (["a", "new", "b", "b", "x", "y", "c"], true), (["a", "b", "b", "c"], true),
    (["a", "b", "b", "c", "b", "b", "c"], true),
    (["A", "new", "b", "b", "x", "c"], false), (["a", "new", "b", "x", "c"], false),
    (["a", "new", "b", "b", "x"], false), (["a", "c"], false), ([], false),
  ])
  func onlyThePlacesInConflictMayDiffer(lines: [String], isResolved: Bool) throws {
    let torn = try #require(
      text(
        "a", "<<<<<<< o", "x", "=======", "y", ">>>>>>> t", "b", "b", "<<<<<<< o", "v", "=======",
        "w", ">>>>>>> t", "c"))
    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
    #expect(torn.isResolved(by: bytes) == isResolved)
  }

  @Test func theSurroundingIsNoPartOfTheKey() throws {
    let one = try #require(text("a", "<<<<<<< o", "x", "=======", "y", ">>>>>>> t"))
    let other = try #require(text("<<<<<<< o", "x", "=======", "y", ">>>>>>> t", "c"))
    #expect(one.key == other.key && one.normalised != other.normalised)
    let third = try #require(text("<<<<<<< o", "x", "=======", "w", ">>>>>>> t", "c"))
    #expect(third.key != one.key)
  }

  @Test(arguments: [
    ["no conflict"], ["<<<<<<< o", "x"], ["<<<<<<< o", "x", ">>>>>>> t"],
    ["<<<<<<< o", "=======", "=======", ">>>>>>> t"],
    ["<<<<<<< o", "<<<<<<< o", "=======", ">>>>>>> t"],
  ]) func whatGitDoesNotWriteIsNone(lines: [String]) {
    #expect(ConflictText(Array((lines.joined(separator: "\n") + "\n").utf8)) == nil)
  }
}
