import ArgumentParser
@preconcurrency import Dispatch
import Foundation
import UETEngine
import UETModel
import UETSystem
import UETTools

/// What `run` starts for a tool of the adapter `acp`. People need it only to look at an agent.
struct ACPClientCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: ACP.clientCommand,
    abstract: "hold one conversation with a program that speaks the Agent Client Protocol",
    discussion: """
      What 'git uet run' starts for a tool of the adapter 'acp'. Starts the program, opens a session \
      in the folder, asks what the prompt's file holds, answers requests for permission by the scope \
      and the rules, and prints each message as a line of JSON. On SIGTERM it tells the program to stop.
      """, shouldDisplay: false)

  @Option(help: "The file that 'git uet run' writes for an attempt.", completion: .file())
  var settings: String
  @Argument(help: "The program and its arguments, behind '--'.") var command: [String]

  func run() throws {
    let environment = ProcessEnvironment.current
    let settings = try read()
    // Before the agent is started, so that none comes too early.
    let stop = try PipeEnds.open().released()
    // A byte for each of the signals, which do nothing else then.
    SignalSources([SIGTERM, SIGINT, SIGHUP], on: DispatchQueue(label: "git-uet.signals"))
      .hear { _ in _ = write(stop.writeEnd, [0], 1) }
    var client: ACPClient
    do throws(SystemFailure) {
      client = try ACPClient(settings, command: command, environment: environment) {
        _ = try? SignalCommand.send(.progress(percent: $0, message: $1), environment, patience: 1)
      }
    } catch {
      throw Refusal(
        .failed, "cannot start '\(command[0].terminalSafe)': \(error)",
        hint: "install it, or name another under 'tools' in .uet/config.yaml")
    }
    let status = client.run(stop: stop.readEnd)
    if status != 0 { throw ExitStatus.failed }
  }

  private func read() throws -> ACPSettings {
    let path = Files.absolute(settings, from: Files.workingDirectory)
    guard let bytes = Files.content(of: path) else {
      throw Refusal(.usage, "cannot read '\(settings.terminalSafe)'")
    }
    do { return try ACPSettings(json: try JSONValue(parsing: bytes[...])) } catch {
      throw Refusal(
        .usage, "'\(settings.terminalSafe)' holds no settings of a conversation: \(error)")
    }
  }
}
