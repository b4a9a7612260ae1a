extension LandedFinding {
  /// A gate of this name, or one whose name begins so, looks for what is not secure.
  private static let securityGate = "GATE_SECURITY"

  /// nil where a red gate gives no reason to take anything out.
  init?(_ fact: Told<Fact.GateRun>, _ event: Event, after integration: IntegrationRecord) {
    guard fact.stage == .landing, fact.fault != true, let gate = fact.gate else { return nil }
    self.init(
      event: event.seq, kind: gate.hasPrefix(Self.securityGate) ? .security : .red,
      scope: .landing(integration.lastLanded), reason: "\(gate) is red after landing")
  }

  init?(_ fact: Told<Fact.TaskEnd>, _ id: WorkstreamID, _ event: Event) {
    guard fact.kind == .security else { return nil }
    let why = (fact.reason ?? fact.message).map { ": \($0)" } ?? ""
    self.init(
      event: event.seq, kind: .security, scope: .workstream(id),
      reason: "'\(id)' failed with \(ErrorKind.security.rawValue)\(why)")
  }

  init(_ fact: Told<Fact.BudgetLevel>, _ event: Event) {
    let scope: Scope = event.workstream.map(Scope.workstream) ?? fact.phase.map(Scope.phase) ?? .run
    let why = (fact.reason ?? fact.message).map { ": \($0)" } ?? ""
    self.init(
      event: event.seq, kind: .budget, scope: scope,
      reason: "the budget of \(scope) is exceeded\(why)")
  }
}

extension RunState {
  /// Of one kind about one thing the last counts. Without anything in a target there is nothing to
  /// take out.
  mutating func note(_ finding: LandedFinding?) {
    guard let finding, workstreams.contains(where: { $0.state == .landed }) else { return }
    findings.removeAll { $0.kind == finding.kind && $0.scope == finding.scope }
    findings.append(finding)
  }
}
