import UETModel

/// A workstream whose tool cannot run it.
struct UnusableTool: Refusing {
  let workstream: WorkstreamID
  let problem: ToolInvocation.Problem

  var refusal: Refusal {
    switch problem {
    case .unknownTool(let name):
      Refusal(
        .usage,
        "workstream '\(workstream)' asks for the tool '\(name.terminalSafe)', which is not configured",
        hint: "declare it in .uet/config.yaml, as: tools: {\(name.terminalSafe): {command: [...]}}")
    case .noCommand:
      Refusal(
        .usage, "workstream '\(workstream)' uses the tool 'shell' but has no 'command'",
        hint: "add a command to its bundle, or choose another tool")
    case .programMissing(let tool, let program):
      Refusal(
        .usage,
        "workstream '\(workstream)' needs the program '\(program.terminalSafe)' of the tool "
          + "'\(tool.terminalSafe)', which is not found on the PATH",
        hint: "install it, or name another under 'tools' in .uet/config.yaml")
    }
  }
}
