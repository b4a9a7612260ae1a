import Testing

@testable import UETEngine

@Suite struct PatchSeriesTests {
  private func parted(_ subjects: [String]) -> [[Int]] {
    let files = subjects.indices.map { "\($0)" }
    return PatchSeries.parted(files) { "From: x\nSubject: \(subjects[Int($0) ?? 0])\n\nbody\n" }
      .map { $0.files.compactMap(Int.init) }
  }

  @Test func numbersMakeASeries() {
    #expect(parted(["[PATCH 1/2] a", "[PATCH 2/2] b"]) == [[0, 1]])
    #expect(parted(["[PATCH] a", "[PATCH] b", "c"]) == [[0], [1], [2]])
    #expect(parted(["[PATCH v2 1/2] a", "[PATCH v2 2/2] b", "[PATCH 1/2] c"]) == [[0, 1], [2]])
    #expect(parted(["[RFC 1/3] a", "[PATCH 2/2] b"]) == [[0], [1]])
    #expect(parted(["[PATCH 1/1] a", "[PATCH 1/1] b"]) == [[0], [1]])
    #expect(parted(["[PATCH x/y] a", "]2/3["]) == [[0], [1]])
  }

  @Test func theTellingLineIsTold() {
    func telling(_ text: String) -> String? { AttemptLogs.tellingLine(text).map(String.init) }
    #expect(telling("a.c:1: error: x\nmake: *** [all] Error 1\n") == "a.c:1: error: x")
    #expect(telling("one\ntwo\n\n  \n") == "two")
    #expect(telling("make: *** [all] Error 1\n") == "make: *** [all] Error 1")
    #expect(telling("test a: FAILED\n3 tests\n") == "test a: FAILED")
    #expect(telling("") == nil)
  }
}
