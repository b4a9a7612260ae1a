import Foundation
import UETModel
import UETServer
import UETSystem

/// A hook that git calls, with what it is called with.
struct HookCall {
  /// Where what stood at the hook's place before is.
  let after: String?
  let arguments: [String]

  init(after: String?, arguments: [String]) { (self.after, self.arguments) = (after, arguments) }

  /// As the files of hooks call it: `hook pre-receive --after PATH ARGUMENTS`; nil for any other
  /// words.
  init?(_ words: some Collection<String>) {
    var rest = Array(words)[...]
    guard rest.popFirst() == "hook", rest.popFirst() == HookFile.preReceive.rawValue,
      rest.popFirst() == "--after", let after = rest.popFirst()
    else { return nil }
    self.init(after: after, arguments: Array(rest))
  }

  /// Judges the push that the standard input tells of; what is refused is said to who pushes.
  func perform() async -> ProgramStatus {
    let environment = ProcessEnvironment.current
    let errors = Terminal(.error, environment: environment)
    Outlet.standard.begin(.working)
    let input = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
    do {
      let hook = try ReceiveHook(
        directory: Files.workingDirectory, environment: environment)
      let refusals = try await hook.refusals(input)
      guard refusals.isEmpty else {
        for line in PushRefusalView(refusals).lines { errors.line(line) }
        return ProgramStatus(code: 1)
      }
      guard let after, let chained = ChainedHook(after) else { return ProgramStatus(code: 0) }
      return ProgramStatus(code: try chained.run(arguments, input, environment: environment))
    } catch {
      // What cannot be judged is not taken.
      for line in PushRefusalView([PushRefusal(unreadable: error)]).lines { errors.line(line) }
      return ProgramStatus(code: 1)
    }
  }
}
