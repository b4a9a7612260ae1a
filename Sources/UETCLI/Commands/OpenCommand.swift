import ArgumentParser
import UETEngine
import UETModel
import UETWorkers

struct OpenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "bring a workstream back in a worktree, and print its path",
    discussion: """
      Shows the result, or what the last attempt left where there is none; with --attempt, what that \
      attempt left. A worktree that is there is used as it is; otherwise one is made, on the \
      workstream's branch where nobody else has that checked out. Only the path goes to standard \
      output, so that  cd "$(git uet open RUN WORKSTREAM)"  works. 'git uet clean' removes it again.
      """)

  @OptionGroup var subject: WorkstreamArguments
  @Option(help: ArgumentHelp("What this attempt left.", valueName: "n")) var attempt: Int?
  @Flag(help: "Start your shell in it.") var shell = false
  @Flag(help: "Start your editor in it.") var editor = false
  @Flag(help: "Print one JSON object.") var json = false
  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("A command to run in it.", valueName: "command"))
  var command: [String] = []

  func validate() throws {
    if [shell, editor, !command.isEmpty, json].count(where: { $0 }) > 1 {
      throw ValidationError("'--shell', '--editor', '--json' and a command exclude each other")
    }
  }

  func run() async throws {
    let context = CommandContext()
    let project = try await context.projectWithFetched()
    let id = try project.run(named: subject.run)
    let record = try project.state(of: id).record(named: subject.workstream)
    let opened: Opening.Opened
    do {
      opened = try await context.untilSignalled("git", in: project) {
        [attempt] () -> Result<Opening.Opened, Opening.Problem> in
        do {
          return .success(
            try await Opening(project, run: id, record: record).open(attempt: attempt))
        } catch let problem as Opening.Problem {
          return .failure(problem)
        }
      }.get()
    } catch let problem as Opening.Problem {
      throw Refusal(problem, id, record.id)
    }
    if let note = opened.note { context.note(note.terminalSafe) }
    if let program = program(context, project) {
      let status = try ForegroundProgram(program, in: opened.path, environment: context.environment)
        .run()
      if status != 0 { throw ProgramStatus(code: status) }
    } else if json {
      context.print(document(opened, id, record.id))
    } else {
      context.output.writeResult(opened.path + "\n")
    }
  }

  /// What is to be started; nil to print the path.
  private func program(_ context: CommandContext, _ project: Project) -> [String]? {
    let environment = context.environment
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if shell { return [value("SHELL") ?? "/bin/sh"] }
    if editor {
      let setting = project.repository.config("core.editor")
      let command =
        value("GIT_EDITOR") ?? setting ?? value("VISUAL") ?? value("EDITOR") ?? "vi"
      // As git does: the setting may be a command with arguments.
      return ["/bin/sh", "-c", command + " \"$@\"", command, "."]
    }
    return command.isEmpty ? nil : command
  }

  private func document(
    _ opened: Opening.Opened, _ run: RunID, _ id: WorkstreamID
  ) -> JSONValue {
    var object = JSONObject([
      ("version", 1), ("run", .string(run.rawValue)), ("workstream", .string(id.rawValue)),
      ("path", .string(opened.path)), ("new", .bool(opened.isNew)),
    ])
    object.append("commit", opened.commit.map { .string($0.hex) })
    object.append("branch", .text(opened.branch))
    object.append("note", .text(opened.note))
    return .object(object)
  }
}

extension Refusal {
  fileprivate init(_ problem: Opening.Problem, _ run: RunID, _ id: WorkstreamID) {
    let show = "git uet show \(run) \(id)"
    switch problem {
    case .noAttempt(let number, let count):
      self.init(.usage, "'\(id)' has no attempt \(number)", hint: "it has \(count): \(show)")
    case .leftNothing(let number?):
      self.init(.usage, "attempt \(number) of '\(id)' left nothing", hint: "see why: \(show)")
    case .leftNothing(nil):
      self.init(.usage, "'\(id)' has no result and left nothing", hint: "see why: \(show)")
    case .inTheWay(let path):
      self.init(
        .decision, "'\(path.terminalSafe)' is in the way, and git does not know it",
        hint: "look into it, then move it away")
    case .held(let path, let hold):
      self.init(
        .decision, "the worktree '\(path.terminalSafe)' is gone, but \(hold.reason)",
        hint: hold.command)
    case .failed(let path, let reason):
      self.init(
        .internalError,
        "the worktree '\(path.terminalSafe)' is gone and cannot be made anew: \(reason.terminalSafe)"
      )
    }
  }
}
