import UETEngine
import UETLedger
import UETModel
import UETReporting

/// Answers every request: what a browser sees of a repository's runs, and what it may ask for.
///
/// Knows no server: requests and answers are values.
package final class Dashboard: Sendable {
  let project: Project
  let cache: Cache
  let follower: Follower
  package let door: Doorkeeper
  let isReadOnly: Bool
  let notices = Notices()

  package init(_ project: Project, _ names: ServedNames, port: UInt16, isReadOnly: Bool) {
    self.project = project
    self.isReadOnly = isReadOnly
    cache = project.cache
    follower = Follower(project)
    door = Doorkeeper(names, port: port)
  }

  /// Follows what happens as long as the process lives; the newest run is read at once.
  package func follow() async {
    if let newest = try? project.run(named: nil) { _ = try? await follower.snapshot(of: newest) }
    await follower.follow()
  }

  package func answer(_ request: WebRequest) async -> WebAnswer {
    var answer = await judged(request)
    answer.fields += Shield.fields.filter { field in
      !answer.fields.contains { $0.name == field.name }
    }
    return answer
  }

  private func judged(_ request: WebRequest) async -> WebAnswer {
    switch door.refuses(request) {
    case .misdirected?:
      return .text(
        421, "this server does not go by that name; a further one is allowed by '--name'")
    case .some: return .text(403, "that comes from a page of another place")
    case nil: break
    }
    guard ["GET", "HEAD", "POST"].contains(request.method) else {
      return WebAnswer(405, "text/plain; charset=utf-8", [], [("allow", "GET, HEAD, POST")])
    }
    let place = Place(request)
    if request.method != "POST", let file = place.flatMap({ StaticFile($0) }) {
      return file.answer(to: request)
    }
    // What looks at an address before a person does, as a preview, asks for its head alone.
    if case .runs? = place, request.method == "GET", let token = request.query["token"] {
      if let cookie = door.admit(token) {
        return .see(Place.runs.path, [("set-cookie", cookie)])
      }
      if door.session(of: request) != nil { return .see(Place.runs.path) }
    }
    guard let session = door.session(of: request) else { return .html(403, Self.locked) }
    guard let place else { return page(404, .nothing, session) }
    do {
      return try await answer(request, place, session)
    } catch {
      return page(404, Notice(Refusal(error)), session, at: place)
    }
  }

  private func answer(
    _ request: WebRequest, _ place: Place, _ session: Doorkeeper.Session
  ) async throws -> WebAnswer {
    if case .act(let run) = place { return await act(request, run, session) }
    guard request.method != "POST" else {
      return WebAnswer(405, "text/plain; charset=utf-8", [], [("allow", "GET, HEAD")])
    }
    if case .news(let run) = place {
      if request.method == "HEAD" { return .text(200, "") }
      let last = request.fields["last-event-id"] ?? request.query["after"]
      return .events(try await follower.news(of: run, after: last.flatMap { Int($0) }))
    }
    var (frame, content) = try await shown(place, session)
    frame.isReadOnly = isReadOnly
    if request.fields["x-part"] == "main" { return .html(200, frame.main(content).text) }
    frame.notice = notices.take(session)
    return .html(200, frame.page(content))
  }

  /// A page that says only one thing.
  private func page(
    _ status: Int, _ notice: Notice, _ session: Doorkeeper.Session, at place: Place = .runs
  ) -> WebAnswer {
    var frame = Frame(title: "not done", here: place)
    frame.isReadOnly = isReadOnly
    return .html(status, frame.page(.element("h1", [], "not to be shown") + notice.html))
  }

  /// For whoever has not shown the token.
  private static let locked: String = {
    let frame = Frame(title: "locked", here: .runs)
    return frame.page(
      .element("h1", [], "locked")
        + .paragraph(
          HTML(
            "Open the address that git-uet-dashboard printed when it was started. It counts once; "
              + "starting the program anew makes a new one.")))
  }()
}

extension Notice {
  static let nothing = Notice(.bad, ["there is nothing at this address"])
}
