import UETEngine
import UETModel

extension DoctorCommand {
  /// Looks until a signal ends it.
  func look(every seconds: Double) async throws {
    let context = CommandContext(.printing)
    let (doctor, project) = make(context)
    guard let project else { return try await repeated(doctor, seconds, context) }
    try await context.untilSignalled("what is being looked at", in: project) {
      try await repeated(doctor, seconds, context)
    }
  }

  private func repeated(
    _ doctor: Doctor, _ seconds: Double, _ context: CommandContext
  ) async throws {
    var changes = FindingChanges()
    while true {
      let findings = await doctor.findings()
      try Task.checkCancellation()
      let at = context.clock.now()
      for change in changes.take(findings) { tell(change, at, context) }
      try await Task.sleep(for: .seconds(seconds))
    }
  }

  private func tell(_ change: FindingChanges.Change, _ at: Timestamp, _ context: CommandContext) {
    if json {
      var object = JSONObject([("at", .string(at.description))])
      switch change {
      case .found(let finding): object.append("found", Self.document(finding, [:]))
      case .gone(let finding): object.append("gone", .string(finding.subject))
      }
      return context.output.line(JSONValue.object(object).encoded())
    }
    let time = at.plain.suffix(8)
    switch change {
    case .found(let finding):
      for line in Self.lines(finding, [:], width: 20, context.output) {
        context.output.line("\(time)  \(line)")
      }
    case .gone(let finding):
      context.output.line("\(time)  gone     \(finding.subject.terminalSafe)")
    }
  }
}
