import UETModel
import UETSystem
import UETWorkLists

/// `gh`, asked for the issues of the repository with the fields that it knows.
struct IssueProgram {
  let environment: [String: String]
  let folder: String

  private static let seconds = 120.0
  private static let limit = 256 << 20

  /// All issues, as the program prints them.
  func issues() async throws -> WorkListFile {
    guard let program = Spawn.find("gh", environment) else {
      throw Refusal(
        .usage, "'gh' is not installed",
        hint: "or read a file that it wrote elsewhere: git uet import github FILE")
    }
    let known = try await knownFields(program)
    let fields = WorkListReader.issueFields(known: known)
    let result = try await output(
      program,
      [
        "issue", "list", "--state", "all", "--limit", "10000", "--json",
        fields.joined(separator: ","),
      ])
    guard case .exited(0) = result.end else {
      throw Refusal(
        .failed, "'gh' failed: \((result.lastWords ?? "it says nothing").terminalSafe)",
        hint: "try it: gh issue list")
    }
    return WorkListFile(path: "gh issue list", bytes: result.output)
  }

  /// Asked for no field, it lists all that it has; older ones lack the relations.
  private func knownFields(_ program: String) async throws -> Set<String> {
    let result = try await output(program, ["issue", "list", "--json"])
    let words = String(decoding: result.errors + result.output, as: UTF8.self)
    let names = words.split(whereSeparator: \.isNewline).map { $0.trimmed }
      .filter { $0.utf8.allSatisfy { $0 | 0x20 >= UInt8(ascii: "a") } && !$0.isEmpty }
    return names.isEmpty ? ["number", "title", "body", "state"] : Set(names)
  }

  private func output(_ program: String, _ arguments: [String]) async throws -> ProgramOutput {
    try await ProgramOutput(
      of: program, arguments, environment: environment, in: folder, seconds: Self.seconds,
      limit: Self.limit)
  }
}
