import UETModel
import UETPlanning
import UETReporting
import UETScheduling
import UETWorkers

/// What a user may ask of a run that is going on.
package enum RunSteering: Hashable, Sendable {
  case pause(reason: String?)
  case resume
  /// Of no workstreams in particular: of all that are not done.
  case cancel([WorkstreamID], reason: String?)
  case workers(WorkerCount)
  /// Sets other limits to what may be spent.
  case budget([BudgetChange])
  /// Lets the results of a wave be merged, whatever its gates said.
  case release(wave: String, reason: String?)
  /// Tries again what was given up, or what is to be done anew.
  case retry(RetryRequest)
  /// Takes the bundles as they are now; `expecting` is the fingerprint of the difference that was
  /// shown.
  case replan(isDryRun: Bool, expecting: String?)
  /// Adds what a file declares.
  case add(BundleFile, by: WorkstreamID?)
  /// Answers what an attempt asks; without a number what it asked last.
  case answer(WorkstreamID, number: Int?, text: String)
  /// Says why workstreams do not run; of none in particular: of all that are not done.
  case why([WorkstreamID])
}

extension RunSteering {
  /// The most workers that one may ask for.
  package static let mostWorkers = 10_000
  private static let longestReason = 1000

  package var request: SteeringRequest {
    switch self {
    case .pause(let reason):
      return SteeringRequest("pause", JSONObject(["reason": .text(reason)]))
    case .resume: return SteeringRequest("resume")
    case .cancel(let ids, let reason):
      let names = JSONValue.array(ids.map { .string($0.rawValue) })
      return SteeringRequest(
        "cancel", JSONObject(["workstreams": names, "reason": .text(reason)]))
    case .answer(let id, let number, let text):
      var details: JSONObject = [
        "workstreams": [.string(id.rawValue)], "text": .string(text),
      ]
      details.append("number", number.map { .integer(Int64($0)) })
      return SteeringRequest("answer", details)
    case .why(let ids):
      return SteeringRequest(
        SteeringRequest.why, ["workstreams": .array(ids.map { .string($0.rawValue) })])
    case .workers(let count):
      return SteeringRequest("workers", ["workers": count.json])
    case .budget(let changes): return SteeringRequest("budget", changes.details)
    case .retry(let request): return SteeringRequest("retry", request.details)
    case .release(let wave, let reason):
      return SteeringRequest(
        "release", JSONObject(["wave": .string(wave), "reason": .text(reason)]))
    case .replan(let isDryRun, let expected):
      var details: JSONObject = ["dry_run": .bool(isDryRun)]
      details.append("expecting", expected.map(JSONValue.string))
      return SteeringRequest("replan", details)
    case .add(let file, _):
      return SteeringRequest(
        "add",
        [
          "path": .string(file.path),
          "text": .string(String(decoding: file.bytes, as: UTF8.self)),
        ])
    }
  }

  /// Reads a request; throws `.malformed` with a message for the sender.
  package init(_ request: SteeringRequest) throws(ProcessError) {
    let details = request.details
    let reason = details["reason"]?.string?.harmless(limit: Self.longestReason)
    switch request.name {
    case "pause": self = .pause(reason: reason)
    case "resume": self = .resume
    case "cancel":
      self = .cancel(try Self.ids(details), reason: reason)
    case "release":
      guard let wave = details["wave"]?.string?.harmless(limit: 100) else {
        throw .malformed("'wave' is missing")
      }
      self = .release(wave: wave, reason: reason)
    case "retry": self = .retry(try RetryRequest(details, try Self.ids(details), reason))
    case "workers":
      let count = details["workers"].flatMap { WorkerCount(json: $0) }
      guard let count, count.isPossible else {
        throw .malformed("'workers' is neither 'auto' nor a number from 1 to \(Self.mostWorkers)")
      }
      self = .workers(count)
    case "answer":
      let text = details["text"]?.string?.harmless(limit: WorkerReport.longestText) ?? ""
      guard let id = try Self.ids(details).first, !text.isEmpty else {
        throw .malformed("'workstreams' or 'text' is missing")
      }
      self = .answer(id, number: details["number"]?.integer, text: text)
    case SteeringRequest.why: self = .why(try Self.ids(details))
    case "budget": self = .budget(try [BudgetChange](details))
    case "replan":
      self = .replan(
        isDryRun: details["dry_run"]?.bool ?? false, expecting: details["expecting"]?.string)
    case "add": self = .add(try Self.file(details), by: nil)
    default:
      throw .malformed("a run does not know '\(request.name.harmless(limit: 100))'")
    }
  }
}

extension RunSteering {
  fileprivate static func ids(_ details: JSONObject) throws(ProcessError) -> [WorkstreamID] {
    var ids: [WorkstreamID] = []
    for entry in details["workstreams"]?.array ?? [] {
      guard let id = entry.string.flatMap({ WorkstreamID($0) }) else {
        throw .malformed("'workstreams' holds what is no id")
      }
      ids.append(id)
    }
    return ids
  }

  /// A file that declares workstreams; its name serves messages, and its end says the format.
  static func file(_ details: JSONObject) throws(ProcessError) -> BundleFile {
    guard let path = details["path"]?.string, let text = details["text"]?.string else {
      throw .malformed("'path' or 'text' is missing")
    }
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    guard BundleFile.names(among: [name]) == [name], name.utf8.count <= 200 else {
      throw .malformed("'path' does not end in the name of a bundle: .json, .yaml or .yml")
    }
    return BundleFile(path: PlannedWork.addedFolder + name, bytes: Array(text.utf8))
  }

  /// What the dispatcher is told; nil for what changes the plan.
  var input: DispatchInput? {
    switch self {
    case .replan, .add, .release, .why, .answer: nil
    case .pause(let reason): .pause(reason: reason)
    case .resume: .resume
    case .cancel(let ids, let reason): .cancelAll(ids, reason: Self.cancelReason(reason))
    case .workers(let count): .setWorkers(count)
    case .retry(let request): .retry(request)
    case .budget(let changes): .changeBudget(changes)
    }
  }

  static func cancelReason(_ reason: String?) -> String {
    reason.map { "cancelled by a person: \($0)" } ?? "cancelled by a person"
  }

  /// Says what came of it, from the events that it led to and the state after them.
  func answer(_ events: [Event], _ before: RunState, _ after: RunState) -> SteeringAnswer {
    switch self {
    case .pause: return Self.paused(events, after)
    case .resume:
      return events.isEmpty
        ? SteeringAnswer(.unchanged, "run '\(after.run)' is going on and is not paused")
        : SteeringAnswer(.done, "run '\(after.run)' goes on")
    case .cancel(let ids, _): return Self.cancelled(ids, events, after)
    case .workers(let count): return Self.resized(count, events, before, after)
    case .retry(let request): return request.answer(events, after)
    case .budget: return SteeringAnswer(.done, BudgetText.limits(events))
    case .release(let wave, _): return SteeringAnswer(.done, "wave \(wave) may be merged")
    case .why, .answer: return SteeringAnswer(.done, "told")
    case .replan, .add: return SteeringAnswer(.done, "the plan of run '\(after.run)' is changed")
    }
  }

  private static func paused(_ events: [Event], _ state: RunState) -> SteeringAnswer {
    if state.pool.allSatisfy({ $0.state == .draining || $0.state == .terminated }) {
      return .refused("run '\(state.run)' is stopping", hint: "go on later: git uet resume")
    }
    let running = state.counts[.running] ?? 0
    let rest = running == 0 ? "" : "; \(running) under way will finish"
    return SteeringAnswer(
      events.isEmpty ? .unchanged : .done,
      "run '\(state.run)' is paused\(events.isEmpty ? " already" : "")\(rest)",
      hint: "go on: git uet resume \(state.run)")
  }

  private static func cancelled(
    _ ids: [WorkstreamID], _ events: [Event], _ state: RunState
  ) -> SteeringAnswer {
    var (direct, stopping): ([WorkstreamID], [WorkstreamID]) = ([], [])
    var following = 0
    for event in events {
      switch event.fact {
      case .taskCancelled(let end) where end.has(\.culprit): following += 1
      case .taskCancelled: direct += event.workstream.map { [$0] } ?? []
      case .taskStopping: stopping += event.workstream.map { [$0] } ?? []
      default: break
      }
    }
    if direct.isEmpty, stopping.isEmpty, following == 0 {
      let what = ids.isEmpty ? "nothing is left to cancel" : "cancelled already"
      return SteeringAnswer(.unchanged, what)
    }
    var parts: [String] = []
    if !direct.isEmpty { parts.append("cancelled " + direct.quoted(5)) }
    if !stopping.isEmpty { parts.append("stopping " + stopping.quoted(5)) }
    if following > 0 { parts.append(Self.followers(following)) }
    return SteeringAnswer(.done, parts.joined(separator: "; "))
  }

  private static func followers(_ count: Int) -> String {
    count == 1
      ? "1 that depends on it is cancelled too" : "\(count) that depend on it are cancelled too"
  }

  private static func resized(
    _ wanted: WorkerCount, _ events: [Event], _ before: RunState, _ after: RunState
  ) -> SteeringAnswer {
    let (old, new) = (before.liveWorkers, after.liveWorkers)
    if old == 0 {
      return .refused("run '\(after.run)' is stopping", hint: "go on later: git uet resume")
    }
    guard case .count(let count) = wanted else {
      return SteeringAnswer(
        .done,
        "\(new.counting("worker")) now; they come and go with the work, up to \(after.workers)")
    }
    let useful = new < count ? ", as many as there are workstreams" : ""
    if events.isEmpty {
      return SteeringAnswer(.unchanged, "\(new.counting("worker")) already\(useful)")
    }
    let draining = after.pool.count { $0.state == .draining && $0.workstream != nil }
    let rest =
      switch draining {
      case 0: ""
      case 1: "; 1 more ends when its work is done"
      default: "; \(draining) more end when their work is done"
      }
    return SteeringAnswer(.done, "\(new.counting("worker")), \(old) before\(useful)\(rest)")
  }
}

extension WorkerCount {
  /// Whether a run may have so many.
  package var isPossible: Bool {
    switch self {
    case .count(let count): (1...RunSteering.mostWorkers).contains(count)
    case .auto: true
    }
  }
}
