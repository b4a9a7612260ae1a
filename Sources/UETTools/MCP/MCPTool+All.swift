extension MCPTool {
  private static let run = Parameter(
    name: "run", place: .option("--run"),
    words:
      "The name of a run, a part of it, or '@' for the newest. Without it the run that is meant.")
  private static let workstream = Parameter(
    name: "workstream", place: .argument, words: "The id of a workstream; it begins with 'ws-'.",
    isRequired: true)

  private static let wait = Parameter(
    name: "wait", kind: .number, place: .option("--wait"),
    words: "How many seconds to wait for an answer.")

  package static let all: [MCPTool] = [
    MCPTool(
      name: "status", words: "How a run stands: each workstream with its state and the reason.",
      command: ["status", "--json"], parameters: [run], audience: .all),
    MCPTool(
      name: "plan",
      words: "What a run of the declared workstreams would do when, what is kept apart, and why.",
      command: ["plan", "--json"],
      parameters: [
        Parameter(
          name: "workers", kind: .number, place: .option("--workers"),
          words: "How many workstreams run at once.")
      ], audience: .all),
    MCPTool(
      name: "show", words: "One workstream of a run: attempts, gates, branch, reasons.",
      command: ["show", "--json"], parameters: [run, workstream], audience: .all),
    MCPTool(
      name: "logs", words: "What an attempt at a workstream and its gates printed.",
      command: ["logs", "--json"],
      parameters: [
        run, workstream,
        Parameter(
          name: "attempt", kind: .number, place: .option("--attempt"),
          words: "The number of the attempt; the last one without it."),
        Parameter(name: "gate", place: .option("--gate"), words: "Only this gate's output."),
      ], audience: .all),
    MCPTool(
      name: "signal", words: "Reports on your own work to the run that started you.",
      command: ["signal"],
      parameters: [
        Parameter(
          name: "kind", kind: .choice(["progress", "heartbeat", "usage"]), place: .command,
          words: "progress: with percent and message; usage: with model, input and output.",
          isRequired: true),
        Parameter(
          name: "percent", kind: .number, place: .argument, words: "How much is done, 0 to 100."),
        Parameter(name: "message", place: .argument, words: "What is being done."),
        Parameter(name: "model", place: .option("--model"), words: "The model that was used."),
        Parameter(
          name: "input", kind: .number, place: .option("--input"), words: "Tokens it took in."),
        Parameter(
          name: "output", kind: .number, place: .option("--output"), words: "Tokens it gave out."),
        Parameter(
          name: "total", kind: .flag, place: .option("--total"),
          words: "The tokens are those since the attempt began, not since the last report."),
      ], audience: .workers),
    MCPTool(
      name: "depends_on",
      words: "Says that your workstream needs the result of another one of the run.",
      command: ["signal", "depends-on"], parameters: [workstream], audience: .workers),
    MCPTool(
      name: "add_workstream",
      words: """
        Adds a workstream to the plan of the run, within your own scope: for work that you found and \
        that another worker can do.
        """,
      command: ["signal", "add-workstream"],
      parameters: [
        Parameter(
          name: "bundle", place: .file,
          words: "A bundle as JSON or YAML: id (ws-...), tasks, files_scope, tool, depends_on ...",
          isRequired: true)
      ], audience: .workers),
    MCPTool(
      name: "ask",
      words: """
        Asks the people who look after the run. With 'wait' the answer, if one comes in time; else ask for it \
        later with 'answer', or end your turn: what you changed is kept, and you go on with the answer when \
        there is one.
        """,
      command: ["signal", "ask"],
      parameters: [
        Parameter(name: "question", place: .argument, words: "The question.", isRequired: true),
        Parameter(
          name: "options", place: .option("--options"),
          words: "What may be answered, separated by commas."),
        Parameter(
          name: "optional", kind: .flag, place: .option("--optional"),
          words: "Your result counts without an answer."),
        wait,
      ], audience: .workers),
    MCPTool(
      name: "answer", words: "What a question that you asked was answered.",
      command: ["signal", "answer"],
      parameters: [
        Parameter(
          name: "number", kind: .number, place: .argument, words: "The question's number.",
          isRequired: true),
        wait,
      ], audience: .workers),
  ]
}
