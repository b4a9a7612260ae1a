import UETModel

/// Makes a commit's subject from the events it adds, so that `git log` tells the story of the run.
///
/// Only names of a checked form get into it: what a worker or a bundle wrote in prose does not.
struct BatchSubject: Sendable {
  private var phrases: [String] = []
  private var others = 0

  /// How many events a subject tells in words.
  private static let told = 3

  mutating func add(_ event: Event) {
    guard Self.isWorthTelling(event.fact) else {
      others += 1
      return
    }
    if phrases.count < Self.told { phrases.append(Self.phrase(event)) } else { others += 1 }
  }

  mutating func add(_ later: BatchSubject) {
    let room = Self.told - phrases.count
    phrases += later.phrases.prefix(room)
    others += later.others + max(0, later.phrases.count - room)
  }

  var text: String {
    guard !phrases.isEmpty else { return others == 1 ? "one event" : "\(others) events" }
    let told = phrases.joined(separator: "; ")
    return others == 0 ? told : "\(told); \(others) more"
  }

  private static func isWorthTelling(_ fact: Fact) -> Bool {
    switch fact {
    case .heartbeat, .taskProgress, .usageRecorded, .gateStarted, .mergeStarted, .workerSpawned:
      false
    default: true
    }
  }

  private static func phrase(_ event: Event) -> String {
    guard let id = event.workstream else { return runPhrase(event) }
    let attempt = event.attempt.map { $0 > 1 ? " (attempt \($0))" : "" } ?? ""
    switch event.fact {
    case .taskCompleted: return "\(id) succeeded\(attempt)"
    case .taskFailed(let fact):
      return "\(id) failed\(attempt)" + (fact.kind.map { ": \($0.rawValue)" } ?? "")
    case .taskRetried: return "\(id) to be retried"
    case .gatePassed(let fact): return "\(id) \(fact.gate.map(plain) ?? "a gate") passed"
    case .gateFailed(let fact): return "\(id) \(fact.gate.map(plain) ?? "a gate") failed"
    case .mergeSucceeded(let fact):
      let count = fact.batch?.count ?? 0
      return count > 1 ? "\(count) integrated as one, up to \(id)" : "\(id) integrated"
    case .mergeConflict: return "\(id) conflicts"
    case .taskReady, .taskCancelled, .taskQuarantined, .candidateQueued, .candidateEjected:
      return "\(id) " + words(event.type).drop { $0 != " " }.dropFirst()
    case .taskAssigned, .taskStarted:
      return "\(id) " + words(event.type).drop { $0 != " " }.dropFirst() + attempt
    default: return "\(id) \(words(event.type))\(attempt)"
    }
  }

  private static func runPhrase(_ event: Event) -> String {
    switch event.fact {
    case .runFinished(let fact):
      return "run finished" + (fact.text(\.status).map { ": " + plain($0) } ?? "")
    case .landed(let fact):
      let target = fact.target.map { " in " + plain($0) } ?? ""
      return "\(fact.workstreams?.count ?? 0) landed\(target)"
    default: return words(event.type) + (event.worker.map { " " + plain($0) } ?? "")
    }
  }

  private static func words(_ type: EventType) -> String {
    plain(type.rawValue.replacing("_", with: " "))
  }

  /// Printable ASCII only, and not much of it.
  private static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(60).map { (0x20..<0x7F).contains($0.value) ? $0 : "?" }))
  }
}
