import Testing

@testable import UETWorkers

@Suite struct ServedAddressTests {
  @Test func addressesAndWhoMayAskThere() throws {
    for text in ["127.0.0.1", "x:", ":1", "x:70000", "::1:80", "x:y", ""] {
      #expect(ServedAddress(text) == nil, "\(text)")
    }
    let local = try #require(ServedAddress("[::1]:9464"))
    #expect(local.host == "::1" && local.port == 9464 && local.isLoopback)
    for (host, isFine) in [
      ("localhost", true), ("127.0.0.1", true), ("::1", true), ("evil.example", false),
      ("127.0.0.1.evil.example", false), ("127.evil.example.com", false), ("127.0.0.256", false),
      (nil, true),
    ] {
      #expect(local.answers(to: host) == isFine)
    }
    let open = try #require(ServedAddress("0.0.0.0:1"))
    #expect(!open.isLoopback && open.answers(to: "anything.example"))
  }
}
