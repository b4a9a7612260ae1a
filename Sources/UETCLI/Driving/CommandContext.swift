import UETEngine
import UETGit
import UETModel
import UETPlanning
import UETReporting
import UETSystem

/// What every command starts from: the environment, the two outputs and the clock.
struct CommandContext: Sendable {
  let environment = ProcessEnvironment.current
  let directory = Files.workingDirectory
  let clock = Clock.system
  let output: Terminal
  let errors: Terminal
  let notices: Notices

  /// `manner` says what becomes of output that nobody reads.
  init(_ manner: Outlet.Manner = .working) {
    Outlet.standard.begin(manner)
    output = Terminal(.output, environment: environment)
    errors = Terminal(.error, environment: environment)
    notices = Notices(errors)
  }

  /// The project around the working directory.
  func project(reading: Bool = false) throws -> Project {
    var project = try Project.open(
      from: directory, environment: environment, clock: clock, reading: reading)
    if let first = project.configurationProblems.first {
      warning("the configuration is broken and was not used: \(first.message.terminalSafe)")
      errors.line("hint: see what is wrong with it: git uet validate")
    }
    let notices = notices
    project.warn = { notices.post($0) }
    if let text = project.settingWarning { warning(text.terminalSafe) }
    return project
  }

  /// The project of commands that look at the record: what a plain `git fetch` brought is merged in
  /// first.
  ///
  /// A broken configuration is told and stops nothing with `reading`: what the record says can be
  /// shown without it.
  func projectWithFetched(reading: Bool = false) async throws -> Project {
    let project = try project(reading: reading)
    let faults = try await project.takeInFetched()
    for fault in faults.prefix(3) {
      warning("'\(fault.name.terminalSafe)': \(fault.reason.terminalSafe)")
      if let hint = fault.hint { errors.line(errors.styled("hint: ", .yellow) + hint.terminalSafe) }
    }
    return project
  }

  /// What reports may use.
  var style: TextStyle {
    TextStyle(width: output.width, color: output.usesColor, unicode: output.usesUnicode)
  }

  /// Whether a person at a terminal says yes; false where nobody can be asked.
  func asks(_ question: String) -> Bool {
    guard output.isInteractive else { return false }
    output.write(question + " [y/N] ")
    let answer = readLine(strippingNewline: true)?.lowercased()
    return answer == "y" || answer == "yes"
  }

  /// Shows what is not trusted, where that is why something is refused.
  func showingUntrusted<Value>(_ body: () async throws -> Value) async throws -> Value {
    do { return try await body() } catch let untrusted as Untrusted {
      let view = TrustView(review: untrusted.review, terminal: errors)
      for line in untrusted.review.isFirst ? view.lines : view.difference { errors.line(line) }
      errors.line()
      throw untrusted
    }
  }

  /// A remark beside the result, on standard error.
  func note(_ text: String) { errors.line("note: " + text) }

  func warning(_ text: String) { errors.line(errors.styled("warning: ", .yellow) + text) }

  /// Prints a document of `--json`.
  func print(_ document: JSONValue) { output.writeResult(document.encoded(.pretty) + "\n") }
}
