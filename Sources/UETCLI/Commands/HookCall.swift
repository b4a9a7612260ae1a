import Foundation
import UETEngine
import UETModel
import UETServer
import UETSystem

/// A hook that git calls, with what it is called with.
struct HookCall {
  private let hook: HookFile
  /// Where what stood at the hook's place before is.
  private let after: String?
  private let arguments: [String]

  init(_ hook: HookFile, after: String?, arguments: [String]) {
    (self.hook, self.after, self.arguments) = (hook, after, arguments)
  }

  /// As the files of hooks call it: `hook pre-receive --after PATH ARGUMENTS`; nil for any other
  /// words.
  init?(_ words: some Collection<String>) {
    var rest = Array(words)[...]
    guard rest.popFirst() == "hook", let hook = rest.popFirst().flatMap(HookFile.init),
      rest.popFirst() == "--after", let after = rest.popFirst()
    else { return nil }
    self.init(hook, after: after, arguments: Array(rest))
  }

  /// Judges what the standard input tells of; what is refused is said to who pushes.
  func perform() async -> ProgramStatus {
    let environment = ProcessEnvironment.current
    if hook == .procReceive { return await queue(environment) }
    Outlet.standard.begin(.working)
    // A merge tells its hook nothing, and leaves it the user's terminal.
    let input =
      hook == .postMerge ? [] : [UInt8](FileHandle.standardInput.readDataToEndOfFile())
    let errors = Terminal(.error, environment: environment)
    do {
      let refusals = try await refusals(input, environment, errors)
      guard refusals.isEmpty else {
        let view = PushRefusalView(refusals, isRemote: hook.side == .server)
        for line in view.lines { errors.line(line) }
        return ProgramStatus(code: 1)
      }
      guard let after, let chained = ChainedHook(after) else { return ProgramStatus(code: 0) }
      return ProgramStatus(code: try chained.run(arguments, input, environment: environment))
    } catch {
      // What a host cannot judge is not taken; in a clone nothing depends on it.
      let refusal = PushRefusal(unreadable: error)
      guard hook.side == .server else {
        errors.line("warning: \(refusal.message)")
        return ProgramStatus(code: 0)
      }
      for line in PushRefusalView([refusal], isRemote: true).lines { errors.line(line) }
      return ProgramStatus(code: 1)
    }
  }

  private func refusals(
    _ input: [UInt8], _ environment: [String: String], _ errors: Terminal
  ) async throws -> [PushRefusal] {
    let directory = Files.workingDirectory
    switch hook {
    case .preReceive:
      return try await ReceiveHook(directory: directory, environment: environment).refusals(input)
    case .procReceive, .postReceive: return []
    case .prePush:
      let push = try OutgoingPush(
        directory: directory, environment: environment, remote: arguments.first ?? "")
      let verdict = try push.verdict(input)
      for warning in verdict.warnings { errors.line("warning: \(warning)") }
      return verdict.refusals
    case .postMerge:
      let project = try Project.open(from: directory, environment: environment, reading: true)
      for run in try await project.recordHandLandings() {
        errors.line("note: recorded what of run '\(run)' has landed with this merge")
      }
      return []
    }
  }

  /// Exactly so many bytes of the standard input; fewer only at its end.
  private static func read(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      guard let more = try FileHandle.standardInput.read(upToCount: count - bytes.count),
        !more.isEmpty
      else { break }
      bytes += more
    }
    return bytes
  }

  /// Talks with git over the standard input and output.
  private func queue(_ environment: [String: String]) async -> ProgramStatus {
    Outlet.standard.begin(.working)
    let errors = Terminal(.error, environment: environment)
    do {
      try await QueueHook(directory: Files.workingDirectory, environment: environment).perform(
        read: Self.read,
        write: { try FileHandle.standardOutput.write(contentsOf: $0) },
        say: { errors.line($0) },
        refuse: { refusal in
          for line in PushRefusalView([refusal], isRemote: false).lines { errors.line(line) }
        })
      return ProgramStatus(code: 0)
    } catch {
      errors.line("error: what git says of the push cannot be read: \(error)")
      return ProgramStatus(code: 1)
    }
  }
}
