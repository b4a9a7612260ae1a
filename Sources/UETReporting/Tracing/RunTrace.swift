import UETModel

/// A run as a trace: attempts, gates, merges and landings as spans, from its events in one pass.
package struct RunTrace: Sendable {
  private struct Begun {
    let event: Event
    var links: [String] = []
    var attributes: [TraceSpan.Attribute] = []
  }

  private let run: RunID
  private var identity: TraceIdentity
  private var first: Timestamp?
  private var last: Timestamp?
  private var begun: [String: Begun] = [:]
  private var ended: [(span: TraceSpan, sequence: Int)] = []
  /// The spans of the attempts that made a commit, and of the merges of a workstream.
  private var makers: [ObjectID: String] = [:]
  private var attempts: [WorkstreamID: String] = [:]
  private var merges: [WorkstreamID: String] = [:]

  package init(_ run: RunID) {
    self.run = run
    identity = TraceIdentity(run, base: nil)
  }

  package mutating func take(_ event: Event) {
    first = first ?? event.at
    last = max(last ?? event.at, event.at)
    let id = event.workstream?.rawValue ?? ""
    switch event.fact {
    case .runStarted(let fact): identity = TraceIdentity(run, base: fact.base)
    case .taskAssigned(let fact): assigned(event, fact)
    case .taskStarted(let fact):
      let key = attemptKey(event)
      begun[key]?.links += (fact.inputs ?? []).compactMap { makers[$0.commit] }
    case .taskCompleted(let fact): attemptEnded(event, fact, .ok)
    case .taskFailed(let fact): attemptEnded(event, fact, fact.has(\.asks) ? .unset : .error)
    case .taskCancelled(let fact): attemptEnded(event, fact, .unset)
    case .gateStarted(let fact): begun[gateKey(event, fact)] = Begun(event: event)
    case .gatePassed(let fact): gateEnded(event, fact, passed: true)
    case .gateFailed(let fact): gateEnded(event, fact, passed: false)
    case .mergeStarted: begun["merge \(id)"] = Begun(event: event)
    case .mergePrepared: mergeEnded(event, nil)
    case .mergeConflict(let fact): mergeEnded(event, fact.text(\.message) ?? "it conflicts")
    case .candidateEjected, .candidateDequeued: begun["merge \(id)"] = nil
    case .landingStarted: begun["landing"] = Begun(event: event)
    case .landed(let fact): landed(event, fact)
    case .landingRefused(let fact): landingRefused(event, fact.reason)
    default: break
    }
  }

  /// The ids of the trace.
  package var ids: TraceIdentity { identity }

  /// The span of the run, then all that has ended after the event `sequence`, in the order of their
  /// ends. What still goes on is in none yet.
  package func spans(_ state: RunState, after sequence: Int = 0) -> [TraceSpan] {
    guard let first, let last else { return [] }
    var root = TraceSpan(
      identity.span(.run), in: nil, "run", from: state.startedAt ?? first, to: last)
    root.tell("uet.run", .string("\(run)"))
    root.tell("uet.status", .string(state.status.rawValue))
    root.tell("uet.workstreams", .integer(Int64(state.workstreams.count)))
    root.tell("uet.workers", .integer(Int64(state.workers)))
    root.message = state.reason
    if state.status == .succeeded { root.status = .ok }
    if state.status == .failed { root.status = .error }
    return [root] + ended.filter { $0.sequence > sequence }.map(\.span)
  }
}

extension RunTrace {
  private func attemptKey(_ event: Event) -> String {
    "attempt \(event.workstream?.rawValue ?? "") \(event.attempt ?? 0)"
  }

  private func gateKey(_ event: Event, _ fact: Told<Fact.GateRun>) -> String {
    let subject = event.workstream?.rawValue ?? fact.wave.map { "wave \($0)" } ?? ""
    return "gate \(subject) \(fact.gate ?? "") \(fact.stage?.rawValue ?? "") "
      + (fact.stage == .attempt ? "\(event.attempt ?? 0)" : fact.commit?.hex ?? "")
  }

  private mutating func end(_ span: TraceSpan, _ event: Event) {
    ended.append((span, event.seq))
  }

  private mutating func assigned(_ event: Event, _ fact: Told<Fact.TaskAssigned>) {
    guard let id = event.workstream else { return }
    var start = Begun(event: event)
    // The one before, whose failure it makes good.
    if let before = attempts[id] { start.links.append(before) }
    if let tool = fact.tool {
      start.attributes.append(.init(key: "uet.tool", value: .string(tool)))
    }
    begun[attemptKey(event)] = start
  }

  private mutating func attemptEnded(
    _ event: Event, _ fact: Told<Fact.TaskEnd>, _ status: TraceSpan.Status
  ) {
    guard let id = event.workstream, let number = event.attempt,
      let start = begun.removeValue(forKey: attemptKey(event))
    else { return }
    let name = identity.span(.attempt(id, number))
    var span = TraceSpan(
      name, in: identity.span(.run), "attempt", from: start.event.at, to: event.at)
    span.tell("uet.workstream", .string(id.rawValue))
    span.tell("uet.attempt", .integer(Int64(number)))
    span.tell("uet.worker", (start.event.worker ?? event.worker).map(JSONValue.string))
    span.attributes += start.attributes
    span.tell("error.type", fact.kind.map { .string($0.rawValue) })
    span.tell("uet.files", fact.files.map { .integer(Int64($0)) })
    span.tell("vcs.ref.head.revision", fact.tip.map { .string($0.hex) })
    span.status = status
    if status == .error { span.message = fact.message }
    span.links = start.links
    attempts[id] = name
    if let tip = fact.tip { makers[tip] = name }
    end(span, event)
  }

  private mutating func gateEnded(_ event: Event, _ fact: Told<Fact.GateRun>, passed: Bool) {
    let start = begun.removeValue(forKey: gateKey(event, fact))
    // A verdict that was known already took no time.
    if fact.has(\.reused) { return }
    let begin = start?.event.at ?? event.at.advanced(bySeconds: -(fact.seconds ?? 0))
    let isOfAttempt = fact.stage == .attempt
    let parent: TraceIdentity.Subject =
      if isOfAttempt, let id = event.workstream, let number = event.attempt {
        .attempt(id, number)
      } else { .run }
    var span = TraceSpan(
      identity.span(.step(start?.event.seq ?? event.seq)), in: identity.span(parent), "gate",
      from: begin, to: event.at)
    span.tell("uet.gate", fact.gate.map(JSONValue.string))
    span.tell("uet.stage", fact.stage.map { .string($0.rawValue) })
    span.tell("uet.workstream", event.workstream.map { .string($0.rawValue) })
    span.tell("uet.wave", fact.wave.map { .integer(Int64($0)) })
    span.tell("uet.flaky", fact.flaky.map(JSONValue.bool))
    span.tell("vcs.ref.head.revision", fact.commit.map { .string($0.hex) })
    span.status = passed ? .ok : .error
    if !passed { span.message = fact.message }
    if !isOfAttempt, let id = event.workstream {
      span.links += [merges[id] ?? attempts[id]].compactMap { $0 }
    }
    end(span, event)
  }

  private mutating func mergeEnded(_ event: Event, _ problem: String?) {
    guard let id = event.workstream,
      let start = begun.removeValue(forKey: "merge \(id.rawValue)")
    else { return }
    var span = TraceSpan(
      identity.span(.step(start.event.seq)), in: identity.span(.run), "merge", from: start.event.at,
      to: event.at)
    span.tell("uet.workstream", .string(id.rawValue))
    (span.status, span.message) = (problem == nil ? .ok : .error, problem)
    span.links = attempts[id].map { [$0] } ?? []
    merges[id] = span.id
    end(span, event)
  }

  private mutating func landed(_ event: Event, _ fact: Told<Fact.Landing>) {
    // What others brought, or changed nothing, was not landed here.
    guard let start = begun.removeValue(forKey: "landing") else { return }
    var span = landing(start, event)
    span.tell("vcs.ref.base.name", fact.target.map(JSONValue.string))
    span.tell("vcs.ref.head.revision", fact.commit.map { .string($0.hex) })
    span.status = .ok
    span.links = (fact.workstreams ?? []).compactMap { merges[$0] ?? attempts[$0] }
    end(span, event)
  }

  private mutating func landingRefused(_ event: Event, _ reason: String?) {
    guard let start = begun.removeValue(forKey: "landing") else { return }
    var span = landing(start, event)
    (span.status, span.message) = (.error, reason)
    end(span, event)
  }

  private func landing(_ start: Begun, _ event: Event) -> TraceSpan {
    TraceSpan(
      identity.span(.step(start.event.seq)), in: identity.span(.run), "landing",
      from: start.event.at, to: event.at)
  }
}
