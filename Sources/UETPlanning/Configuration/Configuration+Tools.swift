import UETModel

extension Configuration {
  package enum Adapter: String, CaseIterable, Hashable, Sendable {
    /// Any program that speaks the Agent Client Protocol; its entry names it.
    case acp
    /// Agent programs, each called and understood in its own way.
    case aider, claude, codex, gptme, kimi, mini, openhands, vibe
    /// Runs the bundle's own command.
    case shell
    /// Runs the tool entry's command.
    case command

    /// Whether it is an agent program: asked in prose, and understood by what it says.
    package var isAgent: Bool { self != .shell && self != .command }

    /// Whether an entry has to name what is run.
    package var needsCommand: Bool { self == .command || self == .acp }
  }

  package struct Tool: Hashable, Sendable {
    package var adapter: Adapter
    package var model: String?
    /// Time limit of one attempt, in seconds.
    package var timeout: Double?
    /// Exit statuses after which another attempt makes sense.
    package var transient: [Int] = []
    /// What is run; of an agent program only how it is called, as `[npx, claude]`.
    package var command: Command?
    /// Arguments that an agent program gets besides its own.
    package var arguments: [String] = []
    /// Variables of the user's environment that it gets, besides those its adapter logs in with.
    package var passedVariables: [String] = []
    package var environment: [String: String] = [:]
    /// Turns that an agent program may take, where it knows such a limit.
    package var maxTurns: Int?
    /// Whether another attempt goes on with the session of the one before, where the program can.
    package var resumes = true
    /// Whom its model belongs to; nil for what adapter and model say.
    package var provider: String?
    /// What it can do, in words that workstreams ask for.
    package var capabilities: [String] = []
    /// Tools that do its work while it cannot, in order.
    package var fallbacks: [String] = []
    /// Whether an agent is given the tools of `git uet mcp`.
    package var offersTools = false
    /// How far its work is trusted with the repository.
    package var trust = Trust.full

    package enum Trust: String, CaseIterable, Hashable, Sendable {
      case full
      /// It works in a clone, and what it made is fetched from there.
      case none
    }

    /// The mode that an agent is told to work in, by its own name of it.
    package var mode: String?
    /// What is answered to an agent that asks whether it may.
    package var permissions: [Permission: Answer] = [:]
    /// What an attempt with it needs, where its bundle does not say.
    package var resources = Resources()
    /// Whether what it runs yields to what else the machine does.
    package var background = false
    /// Where its attempts run; nil for what `run` says.
    package var executors: [String]?

    /// What an agent may ask for; for edits its scope decides.
    package enum Permission: String, CaseIterable, Hashable, Sendable {
      case read, execute, fetch, other
    }

    package enum Answer: String, CaseIterable, Hashable, Sendable {
      case allow, reject
    }

    package init(_ adapter: Adapter) { self.adapter = adapter }

    /// How it is called; nil where the bundle says what is run.
    package var call: Command? {
      command ?? (adapter.isAgent && !adapter.needsCommand ? .arguments([adapter.rawValue]) : nil)
    }

    /// The tools that need no entry; an entry changes what it names.
    package static let builtIn: [String: Tool] = {
      var shell = Tool(.shell)
      shell.timeout = 1800
      shell.transient = [75]
      var tools = ["shell": shell]
      for adapter in Adapter.allCases where adapter.isAgent && !adapter.needsCommand {
        tools[adapter.rawValue] = Tool(adapter)
      }
      return tools
    }()
  }

  package struct Gate: Hashable, Sendable {
    package var command: Command
    /// Seconds; nil for no limit.
    package var timeout: Double?
    package var waveBoundary = false
    /// How often a red result is tried again before it counts.
    package var retries = 0
    /// What running out of time says of a tree.
    package var timeoutIs = TimeoutVerdict.fault
    package var resources = Resources()
    /// Where it runs when it is not part of an attempt; nil for here.
    package var executor: String?
    /// What a verdict counts for; nil where the command's words decide.
    package var keyedBy: Key?
    /// What it reads: a verdict counts for every tree in which that is the same; nil where it may
    /// read all.
    package var inputs: Inputs?

    package enum Inputs: Hashable, Sendable {
      /// What these cover.
      case declared([ScopePattern])
      /// What it is seen to read.
      case learned
    }

    package enum Key: String, CaseIterable, Hashable, Sendable {
      /// Every commit of the tree.
      case tree
      /// The very commit, for gates that look at history.
      case commit
    }
    /// Whether it may reach the network, where the sandbox lets it.
    package var network = true
    /// Folders with what it builds, which stay in a bench for its next run.
    package var keep: [String] = []
    /// Whether it may run where it built something before.
    package var warm = true
    /// What a signal means that ends it.
    package var signalIs = TimeoutVerdict.fault

    package enum TimeoutVerdict: String, CaseIterable, Hashable, Sendable {
      /// Nothing: the machinery is to blame, and it is tried again.
      case fault
      /// That the tree is red.
      case red
    }

    package init(_ command: Command) { self.command = command }
  }
}
