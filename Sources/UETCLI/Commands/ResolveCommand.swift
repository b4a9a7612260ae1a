import ArgumentParser
import UETEngine
import UETModel

struct ResolveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "resolve a candidate's conflict by hand",
    discussion: """
      Opens a worktree with the conflict in it: markers in the files, the sides in the index. Mend and \
      'git add' there, then --continue takes the result back: checked for marks and unmerged paths and \
      against the scope, as a commit on top of both sides. 'git uet integrate' merges and tests it like \
      any other candidate. No branch moves.
      """)

  @OptionGroup var subject: WorkstreamArguments
  @Flag(name: .customLong("continue"), help: "Take the result back.") var isFinished = false
  @Flag(help: "Close the worktree; what was done in it is kept.") var abort = false
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if isFinished, abort { throw ValidationError("'--continue' and '--abort' exclude each other") }
  }

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    try project.requirePerson(to: "resolve conflicts")
    let work = try Resolving(subject.workstream, of: subject.run, in: project)
    if isFinished {
      let result = try await context.untilSignalled("git", in: project) {
        try await work.finish()
      }
      let next =
        result.isOfBase
        ? "try it again: git uet retry \(work.run) \(work.id), then: git uet resume \(work.run)"
        : "merge it: git uet integrate \(work.run)"
      let said = result.isOfBase ? "what '\(work.id)' builds on is" : "'\(work.id)'"
      let lines = ["\(said) resolved as \(result.commit.short)", "hint: \(next)"]
      answer(context, work, lines, ("commit", .string(result.commit.hex)))
    } else if abort {
      let kept = try await context.untilSignalled("git", in: project) { try await work.abort() }
      let lines = ["closed" + (kept.map { "; what was done is kept as \($0)" } ?? "")]
      answer(context, work, lines, ("kept", kept.map(JSONValue.string)))
    } else {
      let paths = try await context.untilSignalled("git", in: project) { try await work.open() }
      let list = paths.map { "  " + $0.terminalSafe }
      let lines =
        ["in conflict, in '\(work.path.terminalSafe)':"] + list + [
          "hint: mend and 'git add' there, then: git uet resolve \(work.run) \(work.id) --continue"
        ]
      answer(context, work, lines, ("paths", .array(paths.map(JSONValue.string))))
    }
  }

  private func answer(
    _ context: CommandContext, _ work: Resolving, _ lines: [String],
    _ member: (String, JSONValue?)
  ) {
    guard json else { return lines.forEach(context.output.line) }
    var object = JSONObject([
      ("version", 1), ("run", .string(work.run.rawValue)),
      ("workstream", .string(work.id.rawValue)), ("path", .string(work.path)),
    ])
    object.append(member.0, member.1)
    context.print(.object(object))
  }
}
