import Synchronization
import UETModel

extension Dashboard {
  /// Does what a form asks for; the page that it came from then says what came of it.
  func act(_ request: WebRequest, _ run: RunID, _ session: Doorkeeper.Session) async -> WebAnswer {
    guard request.method == "POST" else {
      return WebAnswer(405, "text/plain; charset=utf-8", [], [("allow", "POST")])
    }
    guard !isReadOnly else { return .text(403, "this dashboard is for reading alone") }
    guard let form = request.form, door.sealed(form, session) else {
      return .text(403, "the form is not of this session; load its page again")
    }
    guard let deed = form["deed"].flatMap({ Deed(rawValue: $0) }) else {
      return .text(400, "the form asks for nothing that is known here")
    }
    do {
      notices.put(try await Deeds(project: project, run: run).perform(deed, form), session)
    } catch {
      notices.put(Notice(Refusal(error)), session)
    }
    return .see(back(form, run).path)
  }

  /// A place of ours, whatever the form says.
  private func back(_ form: FormFields, _ run: RunID) -> Place {
    guard let text = form["back"], text.hasPrefix("/"),
      let place = Place(WebRequest(method: "GET", target: text, fields: [:]))
    else { return .run(run) }
    switch place {
    case .run, .workstream, .reviews: return place
    default: return .run(run)
    }
  }
}

/// What came of deeds, until a page has said it.
final class Notices: Sendable {
  private let waiting = Mutex<[String: Notice]>([:])

  func put(_ notice: Notice, _ session: Doorkeeper.Session) {
    waiting.withLock { $0[session.seal] = notice }
  }

  func take(_ session: Doorkeeper.Session) -> Notice? {
    waiting.withLock { $0.removeValue(forKey: session.seal) }
  }
}
