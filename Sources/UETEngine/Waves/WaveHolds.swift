import UETModel
import UETWorkers

/// Finished work that the gates of its wave keep from being merged.
package struct WaveHolds: Sendable {
  /// One gate that holds work back, and why.
  package struct Hold: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
      case red
      /// The gate has given no verdict yet.
      case untested
      /// They do not merge with the rest of their wave.
      case apart
    }

    package let wave: Int
    package let gate: String
    package let workstreams: [WorkstreamID]
    package let reason: String
    package let kind: Kind

    package var isRed: Bool { kind == .red }
  }

  package private(set) var holds: [Hold] = []

  init(_ plan: WavePlan, _ state: RunState) {
    for wave in plan.waves {
      let results = state.results(of: wave.members)
      let held = results.map(\.workstream).filter { Self.mayBeHeld(state[$0]) }
      if held.isEmpty || state.isReleased(results) { continue }
      let members = state.combination(of: wave.members)
      for gate in wave.gates {
        holds += Self.holds(wave, gate, members, held, state)
      }
    }
  }

  private static func mayBeHeld(_ record: WorkstreamRecord?) -> Bool {
    [.succeeded, .queued, .integrated].contains(record?.state)
  }

  private static func holds(
    _ wave: WavePlan.Wave, _ gate: Gate, _ members: [AttemptRecord.Input]?,
    _ held: [WorkstreamID], _ state: RunState
  ) -> [Hold] {
    func hold(_ ids: [WorkstreamID], _ reason: String, _ kind: Hold.Kind) -> [Hold] {
      let ids = ids.filter(held.contains)
      if ids.isEmpty { return [] }
      return [
        Hold(wave: wave.number, gate: gate.name, workstreams: ids, reason: reason, kind: kind)
      ]
    }
    let record = members.flatMap { state.waveGate(gate.name, on: $0) }
    guard let record, record.result != .running, !record.isFault else {
      guard wave.blocking.contains(gate.name) else { return [] }
      return hold(held, untested(wave, gate, members, record, state), .untested)
    }
    var result = record.apart.flatMap { apart in
      hold(
        [apart.workstream],
        "does not merge with the rest of wave \(wave.number): "
          + apart.paths.prefix(3).joined(separator: ", "), .apart)
    }
    if record.isRed {
      let apart = record.apart.map(\.workstream)
      let message = record.message.map { ": \($0)" } ?? ""
      result += hold(
        held.filter { !apart.contains($0) },
        "\(gate.name) is red on wave \(wave.number)\(message)", .red)
    }
    return result
  }

  /// Why there is no verdict yet.
  private static func untested(
    _ wave: WavePlan.Wave, _ gate: Gate, _ members: [AttemptRecord.Input]?,
    _ record: WaveGateRecord?, _ state: RunState
  ) -> String {
    if members == nil {
      let late = wave.members.first { state[$0]?.state.isSettled != true }
      let why = late.map { ": '\($0)' is \(state[$0]?.state.rawValue ?? "PENDING")" } ?? ""
      return "\(gate.name) waits for the rest of wave \(wave.number)\(why)"
    }
    let fault = record?.message.map { ": no verdict, \($0)" } ?? ""
    return "\(gate.name) has not passed on wave \(wave.number)\(fault)"
  }

  /// Why one is held; of several reasons the first.
  package subscript(id: WorkstreamID) -> String? {
    holds.first { $0.workstreams.contains(id) }?.reason
  }
}

extension WaveHolds {
  private static func release(_ wave: Int, _ run: RunID) -> String {
    "git uet queue release \(run) \(wave)"
  }

  /// What to do about a red gate: which of the results made it red is for a person to say.
  package static func hints(
    onRed wave: Int, of workstreams: [WorkstreamID], _ run: RunID
  ) -> [String] {
    let again =
      workstreams.count == 1
      ? "have it done again: git uet retry \(run) \(workstreams[0])"
      : "have the cause done again, of \(workstreams.listed(3)): git uet retry \(run) WORKSTREAM"
    return [
      "read its output: git uet logs \(run) wave-\(wave)", again,
      "or merge it all the same: \(release(wave, run))",
    ]
  }

  /// The next commands to type.
  package func hints(_ run: RunID) -> [String] {
    guard let first = holds.first(where: \.isRed) ?? holds.first else { return [] }
    let release = Self.release(first.wave, run)
    switch first.kind {
    case .red: return Self.hints(onRed: first.wave, of: first.workstreams, run)
    case .untested:
      return ["have it tested: git uet resume \(run)", "or merge it untested: \(release)"]
    case .apart:
      return ["let the queue merge it, and resolve what conflicts there: \(release)"]
    }
  }
}

extension WavePlan {
  /// The fact that a person lets the results of a wave be merged, and what to say; no fact where
  /// there is nothing to release.
  func release(
    _ name: String, _ state: RunState, reason: String?, by person: String
  ) -> (EventDraft?, SteeringAnswer) {
    guard let wave = wave(named: name) else {
      let known = waves.map { String($0.number) }.joined(separator: ", ")
      let hint = known.isEmpty ? "no wave has gates of its own" : "there are: \(known)"
      return (nil, .refused("no wave '\(name)' that has gates", hint: hint))
    }
    let holds = WaveHolds(self, state).holds.filter { $0.wave == wave.number }
    guard let first = holds.first else {
      return (nil, SteeringAnswer(.unchanged, "wave \(wave.number) is not held"))
    }
    let draft = EventDraft(
      .waveReleased(
        .init {
          ($0.wave, $0.inputs) = (wave.number, state.results(of: wave.members))
          ($0.reason, $0.by) = (reason, person)
        }))
    let answer = SteeringAnswer(
      .done, "wave \(wave.number) may be merged, although \(first.reason)",
      hint: state.status.isOver ? "merge it: git uet integrate \(state.run)" : nil)
    return (draft, answer)
  }
}
