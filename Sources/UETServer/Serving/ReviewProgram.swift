import UETModel
import UETSystem

/// The host's own program, `gh` or `glab`, through which its pull requests are read and their
/// statuses are written: it knows who one is there, and how the host is talked to.
///
/// Source: `gh pr list --help`, `gh api --help` of gh 2.23; the same commands of glab 1.36.
struct ReviewProgram: Sendable {
  enum Kind: String, Sendable {
    case gh, glab

    /// The one that the host of an address has.
    init(of address: String) {
      self = address.lowercased().contains("gitlab") ? .glab : .gh
    }

    /// What its host calls what people ask to be merged.
    var requests: String { self == .gh ? "pull requests" : "merge requests" }
  }

  /// A request that wears the label.
  struct Request: Hashable, Sendable {
    let number: Int
    let tip: ObjectID
    /// The branch to land in.
    let base: String
    let author: String
  }

  struct Failure: Refusing, Hashable {
    let words: String

    var refusal: Refusal { Refusal(.failed, words) }
  }

  /// What a commit's status says.
  struct Status: Hashable, Sendable {
    enum State: String, Sendable {
      case pending, success, failure
    }

    let state: State
    let words: String
  }

  let kind: Kind
  private let path: String
  private let folder: String
  private let environment: [String: String]

  /// Nil where it is not installed.
  init?(_ kind: Kind, in folder: String, environment: [String: String]) {
    self.kind = kind
    guard let path = Spawn.find(kind.rawValue, environment) else { return nil }
    (self.path, self.folder) = (path, folder)
    // Git's own variables would lead it to another repository.
    self.environment = environment.filter { !$0.key.hasPrefix("GIT_") }
      .merging(["GH_PROMPT_DISABLED": "1", "NO_COLOR": "1"]) { $1 }
  }

  /// The reference at which the host has what is to be landed.
  func reference(of number: Int) -> String {
    kind == .gh ? "refs/pull/\(number)/head" : "refs/merge-requests/\(number)/head"
  }

  /// Those that are open and wear a label: all of them, for one that is left out would be taken for
  /// one that does not.
  ///
  /// Throws where the program fails, or there are more than can be had.
  func requests(labelled label: String) async throws -> [Request] {
    switch kind {
    case .gh:
      var limit = 500
      while limit <= Self.most {
        let items = try await list([
          "pr", "list", "--state", "open", "--label", label, "--limit", "\(limit)", "--json",
          "number,headRefOid,baseRefName,author,isDraft",
        ])
        if items.count < limit { return requests(items) }
        limit *= 2
      }
    case .glab:
      let size = 100
      var all: [JSONValue] = []
      for page in 1...Self.most / size {
        let items = try await list([
          "mr", "list", "--label", label, "--per-page", "\(size)", "--page", "\(page)", "--output",
          "json",
        ])
        all += items
        if items.count < size { return requests(all) }
      }
    }
    throw Failure(
      words: "more than \(Self.most) \(kind.requests) wear the label '\(label)'".terminalSafe)
  }

  /// The most requests of a label.
  private static let most = 8000

  private func list(_ arguments: [String]) async throws -> [JSONValue] {
    let text = try await output(arguments)
    guard let list = try? JSONValue(parsing: text), let items = list.array else {
      throw Failure(words: "'\(kind.rawValue)' says what is no list of requests")
    }
    return items
  }

  /// Each once: one may be on two pages where others came meanwhile.
  private func requests(_ items: [JSONValue]) -> [Request] {
    var numbers: Set<Int> = []
    return items.compactMap { Request($0.object, kind) }
      .filter { numbers.insert($0.number).inserted }
  }

  /// Writes what a commit's status is; the last one counts.
  func write(_ status: Status, on commit: ObjectID) async throws {
    let place =
      kind == .gh
      ? "repos/{owner}/{repo}/statuses/\(commit)" : "projects/:id/statuses/\(commit)"
    let name = kind == .gh ? "context=git-uet" : "name=git-uet"
    let state = kind == .glab && status.state == .failure ? "failed" : status.state.rawValue
    _ = try await output([
      "api", "--method", "POST", place, "-f", "state=\(state)", "-f", name, "-f",
      "description=\(status.words.prefix(139))",
    ])
  }
}

extension ReviewProgram.Request {
  fileprivate init?(_ json: JSONObject?, _ kind: ReviewProgram.Kind) {
    let (numbers, tips, bases, drafts) =
      kind == .gh
      ? ("number", "headRefOid", "baseRefName", "isDraft")
      : ("iid", "sha", "target_branch", "draft")
    guard let number = json?[numbers]?.integer, number > 0,
      let tip = json?[tips]?.string.flatMap({ ObjectID($0) }), let base = json?[bases]?.string,
      json?[drafts]?.bool != true
    else { return nil }
    let author = json?["author"]?.object
    self.init(
      number: number, tip: tip, base: base,
      author: author?["login"]?.string ?? author?["username"]?.string ?? "")
  }
}

extension ReviewProgram {
  /// Seconds that one call may take.
  private static let longest = 60.0
  private static let mostBytes = 16 << 20

  /// Runs it to its end; gives what it printed.
  private func output(_ arguments: [String]) async throws -> [UInt8] {
    let result = try await ProgramOutput(
      of: path, arguments, environment: environment, in: folder, seconds: Self.longest,
      limit: Self.mostBytes)
    if case .exited(0) = result.end { return result.output }
    throw Failure(
      words: "'\(kind.rawValue)' failed: \(result.lastWords ?? "it says nothing")".terminalSafe)
  }
}
