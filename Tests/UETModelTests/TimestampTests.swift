import Testing

@testable import UETModel

@Suite struct TimestampTests {
  @Test(arguments: [
    "1970-01-01T00:00:00.000000Z", "2026-11-21T01:30:55.123456Z", "2000-02-29T23:59:59.999999Z",
    "1969-12-31T23:59:59.999999Z", "2100-03-01T00:00:00.000001Z",
  ])
  func roundTrip(text: String) throws {
    #expect(try #require(Timestamp(text)).description == text)
  }

  @Test(arguments: [
    "", "2026", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:00:00.Z",
  ])
  func refusesWhatIsNoTime(text: String) { #expect(Timestamp(text) == nil) }
}
