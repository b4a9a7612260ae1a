import UETModel

/// What an adapter is told of an attempt.
package struct ToolRequest: Hashable, Sendable {
  /// The program, a name on the PATH or a path.
  package var program: String
  /// How the configuration calls the program: `program`, and what comes before any argument.
  package var command: [String] = []
  /// This program itself, for what it does on behalf of an agent.
  package var ownProgram = "git-uet"
  package var model: String?
  /// What is asked of the agent.
  package var prompt: String
  /// A file that holds the same.
  package var promptFile: String
  /// The worktree.
  package var folder: String
  /// A folder of this attempt alone, outside the worktree, for what the program writes for us.
  package var scratch: String
  /// A name that is unique to the attempt, in the form of a UUID.
  package var sessionName: String
  /// The session of an earlier attempt to take up; nil to begin anew.
  package var resumes: String?
  /// US dollars that the program may spend, where it has a flag for it.
  package var maxCost: Double?
  package var maxTurns: Int?
  /// Arguments that the configuration adds.
  package var extraArguments: [String]
  /// Files of the scope that exist, relative to the worktree, for programs that are told what to
  /// open.
  package var files: [String]
  /// Whether it runs as root: some programs refuse then, unless told that they are contained.
  package var isRoot: Bool
  /// Whether the program is given the tools of `git uet mcp`.
  package var offersTools = false
  /// The program's own mode of work, where it has several.
  package var mode: String?
  /// What is answered when the program asks whether it may.
  package var policy = ToolPolicy()
  /// When it starts: what a session's file holds of before is not this attempt's.
  package var start: Timestamp

  package init(
    program: String, model: String? = nil, prompt: String, promptFile: String, folder: String,
    scratch: String, sessionName: String, resumes: String? = nil, maxCost: Double? = nil,
    maxTurns: Int? = nil, extraArguments: [String] = [], files: [String] = [],
    isRoot: Bool = false, start: Timestamp = Timestamp(microseconds: 0)
  ) {
    self.program = program
    self.model = model
    self.prompt = prompt
    self.promptFile = promptFile
    self.folder = folder
    self.scratch = scratch
    self.sessionName = sessionName
    self.resumes = resumes
    self.maxCost = maxCost
    self.maxTurns = maxTurns
    self.extraArguments = extraArguments
    self.files = files
    self.isRoot = isRoot
    self.start = start
  }
}

/// What is started for an attempt.
package struct ToolLaunch: Hashable, Sendable {
  package var argv: [String]
  /// Set for the program, over what it gets anyway.
  package var environment: [String: String]
  /// Whether the prompt is given on standard input, which is closed otherwise.
  package var readsPrompt: Bool
  /// Files that hold figures when the program has ended, in whatever way.
  package var files: [ToolFile]
  /// What is put before the program and its arguments.
  package var front: [String]
  /// Files that are written before it starts.
  package var inputs: [ToolInput]
  /// Seconds that the program alone has when it is asked to end, before all that it started is.
  package var farewell: Double
  /// What the program leaves at the root of the worktree for itself, as names with `*`: never a
  /// result.
  package var litter: [String]

  package init(
    _ argv: [String], environment: [String: String] = [:], readsPrompt: Bool = false,
    files: [ToolFile] = [], litter: [String] = [], front: [String] = [],
    inputs: [ToolInput] = [], farewell: Double = 0
  ) {
    self.argv = argv
    self.environment = environment
    self.readsPrompt = readsPrompt
    self.files = files
    self.litter = litter
    self.front = front
    self.inputs = inputs
    self.farewell = farewell
  }
}

/// A file that a program is given.
package struct ToolInput: Hashable, Sendable {
  package var path: String
  package var text: String

  package init(_ path: String, _ text: String) {
    self.path = path
    self.text = text
  }
}

extension ToolRequest {
  /// The option with its value, unless the configuration's own arguments hold it already.
  func option(_ names: String..., value: String?) -> [String] {
    guard let value, !sets(names) else { return [] }
    return [names[0], value]
  }

  func flag(_ names: String...) -> [String] { sets(names) ? [] : [names[0]] }

  private func sets(_ names: [String]) -> Bool {
    extraArguments.contains { argument in
      names.contains { argument == $0 || ($0.hasPrefix("--") && argument.hasPrefix($0 + "=")) }
    }
  }

  /// The value that the configuration's own arguments give to an option.
  func given(_ name: String) -> String? {
    for (index, argument) in extraArguments.enumerated() {
      if argument == name, index + 1 < extraArguments.count { return extraArguments[index + 1] }
      if argument.hasPrefix(name + "=") { return String(argument.dropFirst(name.count + 1)) }
    }
    return nil
  }
}

/// A file that a program writes, to be read after its end; one that was there before it began does
/// not count.
package struct ToolFile: Hashable, Sendable {
  /// The folder below which it is, where it is known.
  package enum Root: Hashable, Sendable {
    case absolute(String)
    /// Below the folder that a variable names, else below a folder of the home directory.
    case home(variable: String?, folder: String)
  }

  package var root: Root
  /// What the last component of its path begins with.
  package var prefix: String
  /// What its path below the root ends in.
  package var suffix: String

  package init(
    _ root: Root, named prefix: String = "", endingIn suffix: String
  ) {
    self.root = root
    self.prefix = prefix
    self.suffix = suffix
  }
}
