import ArgumentParser
import UETEngine
import UETModel
import UETPlanning

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "check what runs depend on, and say how to mend it",
    discussion: """
      Looks at git and the libraries, limits, memory and disks, the repository's format and settings, \
      lock files, crashed runs and what is left of them, worktrees, the cache and the clock. Status 0: \
      all is well; 1: something is to be mended. With --fix, what can be mended without loss is. With \
      --watch it looks again and again, and tells what changes, until Ctrl-C.
      """)

  @Flag(help: "Mend what can be mended without loss.") var fix = false
  @Flag(help: "Look again and again, and tell what changes.") var watch = false
  @Option(help: "With --watch: the time between two looks.") var every = "30s"
  @Flag(help: "Print one JSON object; with --watch one a line for each change.") var json = false

  func validate() throws {
    if watch, fix { throw ValidationError("--watch and --fix do not go together") }
    guard let seconds = DurationText.seconds(every), seconds > 0 else {
      throw ValidationError("--every takes a time such as 10s or 5m")
    }
  }

  func run() async throws {
    if watch { return try await look(every: DurationText.seconds(every) ?? 30) }
    let context = CommandContext(fix ? .working : .printing)
    let (doctor, project) = make(context)
    let (findings, mended) = try await examine(doctor, project, context)
    let problems = findings.count { $0.level == .problem }
    if json {
      context.print(document(findings, mended))
    } else {
      show(findings, mended, context.output)
      context.output.line()
      context.output.line(
        problems == 0
          ? "all is well" : "\(problems) problem\(problems == 1 ? "" : "s")")
      if !fix, findings.contains(where: { $0.repair != nil }) {
        context.errors.line("hint: mend what can be mended without loss: git uet doctor --fix")
      }
    }
    if problems > 0 { throw ExitStatus.failed }
  }

  /// Looks, and mends where that is asked for. Both start git, which may hang in a filter.
  private func examine(
    _ doctor: Doctor, _ project: Project?, _ context: CommandContext
  ) async throws -> ([DoctorFinding], [String: String]) {
    guard let project else { return (await doctor.findings(), [:]) }
    return try await context.untilSignalled(
      fix ? "what is being mended" : "what is being looked at", in: project
    ) { [fix] in
      let findings = await doctor.findings()
      try Task.checkCancellation()
      return fix ? try await Self.mend(findings, doctor) : (findings, [:])
    }
  }

  /// One after the other. Gives the findings as they are then, and by subject what was done.
  private static func mend(
    _ findings: [DoctorFinding], _ doctor: Doctor
  ) async throws -> ([DoctorFinding], [String: String]) {
    var (findings, mended) = (findings, [String: String]())
    for (index, finding) in findings.enumerated() {
      guard let repair = finding.repair else { continue }
      do {
        mended[finding.subject] = try await doctor.mend(repair)
        findings[index].level = .ok
      } catch {
        mended[finding.subject] =
          "not mended: "
          + Refusal(error).messages.joined(separator: "; ")
      }
      try Task.checkCancellation()
    }
    return (findings, mended)
  }

  /// A repository that cannot be opened is one more finding.
  func make(_ context: CommandContext) -> (Doctor, Project?) {
    do {
      let project = try context.project()
      let doctor = Doctor(
        directory: context.directory, environment: context.environment, project: project,
        refusal: nil)
      return (doctor, project)
    } catch {
      let told = Refusal(error)
      let refusal = DoctorFinding(
        "repository", .problem, told.messages.joined(separator: "; "), fix: told.hints.first)
      let doctor = Doctor(
        directory: context.directory, environment: context.environment, project: nil,
        refusal: refusal)
      return (doctor, nil)
    }
  }

  private func show(_ findings: [DoctorFinding], _ mended: [String: String], _ terminal: Terminal) {
    let width = min(findings.map(\.subject.count).max() ?? 0, 28)
    for finding in findings {
      for line in Self.lines(finding, mended, width: width, terminal) { terminal.line(line) }
    }
  }

  static func lines(
    _ finding: DoctorFinding, _ mended: [String: String], width: Int, _ terminal: Terminal
  ) -> [String] {
    let (word, style): (String, Terminal.Style?) =
      switch finding.level {
      case .ok: ("ok     ", .green)
      case .note: ("note   ", .yellow)
      case .problem: ("problem", .red)
      }
    let subject = finding.subject.padding(to: width)
    let line = "\(terminal.styled(word, style))  \(subject)  \(finding.message.terminalSafe)"
    if let outcome = mended[finding.subject] {
      return [line, "         mended: \(outcome.terminalSafe)"]
    }
    guard finding.level != .ok, let fix = finding.fix else { return [line] }
    return [line, "         fix: \(fix)"]
  }

  static func document(
    _ finding: DoctorFinding, _ mended: [String: String]
  ) -> JSONValue {
    var object = JSONObject([
      ("subject", .string(finding.subject)), ("level", .string(finding.level.rawValue)),
      ("message", .string(finding.message)),
    ])
    object.append("fix", .text(finding.fix))
    object.append("safe_fix", finding.repair == nil ? nil : true)
    object.append("mended", .text(mended[finding.subject]))
    return .object(object)
  }

  private func document(_ findings: [DoctorFinding], _ mended: [String: String]) -> JSONValue {
    let list = findings.map { Self.document($0, mended) }
    let problems = findings.count { $0.level == .problem }
    return [
      "version": 1, "healthy": .bool(problems == 0), "problems": .integer(Int64(problems)),
      "findings": .array(list),
    ]
  }
}

extension String {
  /// With spaces behind it up to so many characters.
  fileprivate func padding(to width: Int) -> String {
    count >= width ? self : self + String(repeating: " ", count: width - count)
  }
}
