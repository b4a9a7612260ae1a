import Testing
import UETEngine
import UETModel
import UETTestSupport
import UETWorkers

@testable import UETDashboard

/// Requests to a dashboard of a repository without runs.
@Suite struct DashboardTests {
  private let test = TestRepository(isInMemory: true)

  private func dashboard(isReadOnly: Bool = false) throws -> Dashboard {
    test.commit("base", ["a.txt": "a\n"])
    let project = try Project.open(from: test.path, environment: test.environment)
    let names = ServedNames(try #require(ServedAddress("127.0.0.1:8080")))
    return Dashboard(project, names, port: 8080, isReadOnly: isReadOnly)
  }

  private func ask(
    _ dashboard: Dashboard, _ target: String, _ method: String = "GET",
    _ fields: [String: String] = [:], body: String = ""
  ) async -> (status: Int, fields: [String: String], text: String) {
    let answer = await dashboard.answer(
      WebRequest(
        method: method, target: target, fields: ["host": "127.0.0.1:8080"].merging(fields) { $1 },
        body: Array(body.utf8)))
    var text = ""
    if case .whole(let bytes) = answer.body { text = String(decoding: bytes, as: UTF8.self) }
    let found = Dictionary(answer.fields.map { ($0.name, $0.value) }) { first, _ in first }
    return (answer.status, found, text)
  }

  private func enter(_ dashboard: Dashboard) async throws -> String {
    let token = try #require(dashboard.door.token)
    let answer = await ask(dashboard, "/?token=\(token)")
    #expect(answer.status == 303 && answer.fields["location"] == "/")
    return String(try #require(answer.fields["set-cookie"]).prefix { $0 != ";" })
  }

  @Test func withoutTheTokenThereIsNothing() async throws {
    let dashboard = try dashboard()
    for target in ["/", "/plan", "/compare", "/runs/20261130-220729-2bbb", "/news", "/x"] {
      let answer = await ask(dashboard, target)
      #expect(answer.status == 403 && answer.text.contains("locked"), "\(target)")
      #expect(answer.fields["content-security-policy"] == Shield.policy)
      #expect(answer.fields["cache-control"] == "no-store")
    }
    #expect(await ask(dashboard, "/?token=\(String(repeating: "0", count: 64))").status == 403)
    #expect(await ask(dashboard, "/style.css").status == 200)
    #expect(await ask(dashboard, "/", "GET", ["host": "evil.example"]).status == 421)
    #expect(await ask(dashboard, "/", "DELETE").status == 405)
    let token = try #require(dashboard.door.token)
    #expect(await ask(dashboard, "/?token=\(token)", "HEAD").status == 403)
    #expect(dashboard.door.token == token, "a preview does not use it up")
  }

  @Test func pagesOfARepositoryWithoutRuns() async throws {
    let dashboard = try dashboard()
    let cookie = ["cookie": try await enter(dashboard)]
    let runs = await ask(dashboard, "/", "GET", cookie)
    #expect(runs.status == 200 && runs.text.contains("no runs yet"))
    #expect(await ask(dashboard, "/compare", "GET", cookie).text.contains("two runs"))
    let plan = await ask(dashboard, "/plan", "GET", cookie)
    #expect(plan.status == 200 && plan.text.contains("git uet init"))
    for target in ["/x", "/runs/20261130-220729-2bbb", "/runs/20261130-220729-2bbb/ws-a"] {
      #expect(await ask(dashboard, target, "GET", cookie).status == 404, "\(target)")
    }
    let part = await ask(dashboard, "/", "GET", cookie.merging(["x-part": "main"]) { $1 })
    #expect(part.text.hasPrefix("<main ") && part.text.hasSuffix("</main>"))
  }

  @Test func aFormNeedsItsSealAndOrigin() async throws {
    let dashboard = try dashboard()
    let cookie = try await enter(dashboard)
    let act = "/runs/20261130-220729-2bbb/act"
    let own = [
      "cookie": cookie, "origin": "http://127.0.0.1:8080",
      "content-type": "application/x-www-form-urlencoded",
    ]
    #expect(await ask(dashboard, act, "GET", own).status == 405)
    #expect(await ask(dashboard, act, "POST", own, body: "deed=pause").status == 403)
    #expect(await ask(dashboard, act, "POST", own, body: "deed=pause&seal=x").status == 403)
    var foreign = own
    foreign["origin"] = "http://evil.example"
    #expect(await ask(dashboard, act, "POST", foreign, body: "deed=pause").status == 403)
    let request = WebRequest(
      method: "GET", target: "/", fields: ["host": "127.0.0.1", "cookie": cookie])
    let seal = try #require(dashboard.door.session(of: request)).seal
    let answer = await ask(
      dashboard, act, "POST", own, body: "deed=pause&seal=\(seal)&back=//evil.example")
    #expect(answer.status == 303 && answer.fields["location"] == "/runs/20261130-220729-2bbb")
    let said = await ask(dashboard, "/", "GET", own)
    #expect(said.text.contains("role=\"alert\""))
    #expect(await ask(dashboard, act, "POST", own, body: "deed=format&seal=\(seal)").status == 400)
  }

  @Test func readingAloneChangesNothing() async throws {
    let dashboard = try dashboard(isReadOnly: true)
    let cookie = try await enter(dashboard)
    let own = ["cookie": cookie, "origin": "http://127.0.0.1:8080"]
    let answer = await ask(
      dashboard, "/runs/20261130-220729-2bbb/act", "POST", own, body: "deed=pause")
    #expect(answer.status == 403)
    #expect(await ask(dashboard, "/", "GET", own).text.contains("read only"))
  }
}
