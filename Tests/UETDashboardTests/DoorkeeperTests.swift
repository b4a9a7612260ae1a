import Testing
import UETWorkers

@testable import UETDashboard

@Suite struct DoorkeeperTests {
  private func door(_ address: String = "127.0.0.1:80", _ names: [String] = []) throws -> Doorkeeper
  {
    Doorkeeper(ServedNames(try #require(ServedAddress(address)), given: names), port: 8080)
  }

  private func request(
    _ method: String = "GET", _ fields: [String: String] = [:]
  ) -> WebRequest {
    WebRequest(
      method: method, target: "/", fields: ["host": "127.0.0.1:8080"].merging(fields) { $1 })
  }

  @Test func aTokenCountsOnce() throws {
    let door = try door()
    let token = try #require(door.token)
    let other = try self.door().token
    #expect(token.count == 64 && token != other)
    for wrong in ["", "x", String(token.dropLast()), token + "0", token.uppercased() + "x"] {
      #expect(door.admit(wrong) == nil)
    }
    let cookie = try #require(door.admit(token))
    #expect(
      cookie.hasPrefix("uet-8080=") && cookie.hasSuffix("; Path=/; HttpOnly; SameSite=Strict"))
    #expect(door.token == nil && door.admit(token) == nil)
    let pair = String(cookie.prefix { $0 != ";" })
    let session = try #require(door.session(of: request("GET", ["cookie": "a=b; \(pair)"])))
    #expect(door.session(of: request("GET", ["cookie": pair + "0"])) == nil)
    #expect(door.session(of: request()) == nil)
    #expect(door.sealed(FormFields("seal=\(session.seal)"), session))
    for wrong in ["", "seal=", "seal=\(session.seal)0", "seal=\(token)"] {
      #expect(!door.sealed(FormFields(wrong[...]), session))
    }
  }

  @Test(arguments: [
    ("127.0.0.1:8080", true), ("localhost", true), ("[::1]:8080", true), ("LOCALHOST:1", true),
    ("127.0.0.2", true), ("evil.example", false), ("127.0.0.1.evil.example", false),
    ("127.evil.example", false), ("localhost.evil.example", false), ("", false),
    ("192.168.0.1", false), ("[fe80::1]", false), ("localhost, evil.example", false),
    ("127.+0.+0.+1", false), ("127.0.0.1:x@evil.example", false),
  ])
  func onThisMachineNamesOfOthersDoNotCount(_ host: String, _ isFine: Bool) throws {
    #expect((try door().refuses(request("GET", ["host": host])) == nil) == isFine)
  }

  @Test func elsewhereAddressesCountAndNamesThatAreGiven() throws {
    let door = try door("0.0.0.0:80", ["Runs.Example"])
    for (host, isFine) in [
      ("10.0.0.7:80", true), ("[fe80::1]:80", true), ("runs.example", true), ("localhost", true),
      ("evil.example", false), ("10.0.0.7.evil.example", false), ("10.0.0.+7", false),
    ] {
      #expect((door.refuses(request("GET", ["host": host])) == nil) == isFine, "\(host)")
    }
  }

  @Test(arguments: [
    (["origin": "http://127.0.0.1:8080"], true),
    (["origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-origin"], true),
    (["sec-fetch-site": "same-origin"], true), ([:], false),
    (["origin": "null"], false), (["origin": "http://127.0.0.1:8081"], false),
    (["origin": "http://evil.example"], false),
    (["origin": "http://127.0.0.1:8080.evil.example"], false),
    (["origin": "http://127.0.0.1:8080", "sec-fetch-site": "cross-site"], false),
    (["origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-site"], false),
    (["sec-fetch-site": "none"], false),
  ])
  func aChangeIsAskedForByAPageOfOurs(_ fields: [String: String], _ isFine: Bool) throws {
    #expect((try door().refuses(request("POST", fields)) == nil) == isFine)
  }

  @Test func othersMayLinkHereAndNotMore() throws {
    let door = try door()
    let foreign = ["sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"]
    #expect(door.refuses(request("GET", foreign)) == .foreign)
    let link = ["sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"]
    #expect(door.refuses(request("GET", link)) == nil)
  }
}
