import Synchronization
import UETModel
import UETWorkers

/// Lets in whoever holds the token that was printed, once, and knows them again.
///
/// A browser sends to this server what pages of others tell it to: so a request counts only for the
/// names that are meant, a change only from a page of our own, and nothing without the cookie that
/// the token was exchanged for.
package final class Doorkeeper: Sendable {
  /// Somebody who was let in.
  struct Session: Hashable, Sendable {
    /// What forms prove themselves by.
    let seal: String
  }

  /// Why somebody is not.
  enum Refused: Hashable, Sendable {
    /// The request is for another name than ours.
    case misdirected
    /// It comes from a page of others.
    case foreign
    /// There is no session, and no token that counts.
    case unknown
  }

  private struct Doors {
    var token: String?
    var sessions: [String: Session] = [:]
    /// Oldest first.
    var order: [String] = []
  }

  private let names: ServedNames
  private let cookieName: String
  private let doors: Mutex<Doors>

  /// More are not kept: one token makes one, so that this bounds mistakes alone.
  private static let mostSessions = 64

  package init(_ names: ServedNames, port: UInt16) {
    self.names = names
    // Cookies know no ports.
    cookieName = "uet-\(port)"
    doors = Mutex(Doors(token: Self.secret()))
  }

  /// The token while nobody has used it.
  package var token: String? { doors.withLock { $0.token } }

  /// Whether the request is one that a browser makes for a page of ours or by hand.
  func refuses(_ request: WebRequest) -> Refused? {
    guard names.answer(to: request.fields["host"]) else { return .misdirected }
    let site = request.fields["sec-fetch-site"]
    guard request.method == "POST" else {
      // Others may link here, and not more.
      let mode = request.fields["sec-fetch-mode"] ?? "navigate"
      return site == "cross-site" && mode != "navigate" ? .foreign : nil
    }
    if let site, site != "same-origin" { return .foreign }
    if let origin = request.fields["origin"] {
      let own = (request.fields["host"] ?? "").lowercased()
      return ["http://\(own)", "https://\(own)"].contains(origin.lowercased()) ? nil : .foreign
    }
    return site == nil ? .foreign : nil
  }

  /// The session of a request; nil without one.
  func session(of request: WebRequest) -> Session? {
    guard let value = request.cookie(cookieName) else { return nil }
    return doors.withLock { $0.sessions[value] }
  }

  /// Exchanges the token for a cookie, as it is set; nil where it is not the one, or used up.
  func admit(_ token: String) -> String? {
    doors.withLock { doors in
      guard let known = doors.token, Self.same(known, token) else { return nil }
      doors.token = nil
      let value = Self.secret()
      doors.sessions[value] = Session(seal: Self.secret())
      doors.order.append(value)
      if doors.order.count > Self.mostSessions {
        doors.sessions[doors.order.removeFirst()] = nil
      }
      return "\(cookieName)=\(value); Path=/; HttpOnly; SameSite=Strict"
    }
  }

  /// Whether a form was made for this session.
  func sealed(_ form: FormFields, _ session: Session) -> Bool {
    form["seal"].map { Self.same($0, session.seal) } ?? false
  }

  /// Takes as long for every text of a length.
  private static func same(_ one: String, _ other: String) -> Bool {
    let (left, right) = (Array(one.utf8), Array(other.utf8))
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }

  /// 256 bits that nobody can guess.
  private static func secret() -> String {
    var random = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let text = String(random.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
  }
}
