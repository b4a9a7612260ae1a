import Testing
import UETModel

@testable import UETPlanning

/// When results may land.
@Suite struct MergeWindowTests {
  /// Two hours east.
  private static let zone: MergeWindow.Zone = { _ in 7200 }

  private func moment(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

  @Test func daysAndHours() throws {
    let window = try #require(MergeWindow("mon-fri 09:00-17:00 UTC"))
    // 2026-11-30 is a Monday.
    for (text, isOpen) in [
      ("2026-11-30T09:00:00Z", true), ("2026-11-30T08:59:59Z", false),
      ("2026-11-30T16:59:59Z", true), ("2026-11-30T17:00:00Z", false),
      ("2026-12-04T12:00:00Z", true), ("2026-12-05T12:00:00Z", false),
    ] {
      #expect(window.isOpen(at: try moment(text), in: Self.zone) == isOpen, "\(text)")
    }
    let friday = try moment("2026-12-04T17:00:00Z")
    #expect([window].opening(from: friday, in: Self.zone) == (try moment("2026-12-07T09:00:00Z")))
    let noon = try moment("2026-12-04T12:34:56Z")
    #expect([window].opening(from: noon, in: Self.zone) == noon)
    #expect([MergeWindow]().areOpen(at: friday, in: Self.zone))
  }

  @Test func overMidnightAndWeekend() throws {
    let night = try #require(MergeWindow("fri 22:00-06:00 utc"))
    #expect(night.isOpen(at: try moment("2026-12-04T23:00:00Z"), in: Self.zone))
    #expect(night.isOpen(at: try moment("2026-12-05T05:59:00Z"), in: Self.zone))
    #expect(!night.isOpen(at: try moment("2026-12-04T05:59:00Z"), in: Self.zone))
    let round = try #require(MergeWindow("sat-mon,wed 00:00-24:00 UTC"))
    let open = (0..<7).filter {
      round.isOpen(
        at: Timestamp(seconds: 1_796_000_000 / 604_800 * 604_800 + Int64($0) * 86_400),
        in: Self.zone)
    }
    #expect(open.count == 4)
    #expect(
      try #require(MergeWindow("09:00-17:00 UTC")).isOpen(
        at: try moment("2026-12-05T10:00:00Z"), in: Self.zone))
  }

  @Test func theMachinesOwnTime() throws {
    let window = try #require(MergeWindow("mon 00:00-01:00"))
    // Monday has begun here, and not in UTC.
    #expect(window.isOpen(at: try moment("2026-11-29T22:00:00Z"), in: Self.zone))
    #expect(!window.isOpen(at: try moment("2026-11-30T00:00:00Z"), in: Self.zone))
    let day = try moment("2026-12-01T12:00:00Z")
    #expect([window].opening(from: day, in: Self.zone) == (try moment("2026-12-06T22:00:00Z")))
  }

  @Test(arguments: [
    "", "mon", "mon-fri", "9:00-17:00", "mon 09:00", "09:00-09:00", "24:00-08:00", "09:60-10:00",
    "mon-fri-sat 09:00-10:00", "monday 09:00-10:00", "mon 09:00-10:00 CET", "mon tue 09:00-10:00",
    "09:00-25:00", "09:00-24:01", ", 09:00-10:00",
  ])
  func whatIsNoWindow(text: String) {
    #expect(MergeWindow(text) == nil)
  }
}
