import ArgumentParser
import Foundation
import UETDashboard
import UETEngine
import UETModel
import UETSystem
import UETWorkers

/// `git uet dashboard`: runs, as pages for a browser.
struct DashboardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "git-uet-dashboard",
    abstract: "show runs as pages in a browser, and steer them there",
    discussion: """
      Prints an address with a token that counts once: the first browser that opens it is let in, and nobody \
      else. Listens at 127.0.0.1 and any free port unless told otherwise. A socket that systemd hands over is \
      used instead.
      """,
    version: "git-uet-dashboard version \(ProgramVersion.text)")

  @Argument(
    help: ArgumentHelp(
      "Where to listen; port 0 is any that is free.", valueName: "host:port"))
  var address = "127.0.0.1:0"
  @Flag(help: "Show everything and change nothing.") var readOnly = false
  @Option(
    help: ArgumentHelp("Show this repository; the one around here without it.", valueName: "path"),
    completion: .directory)
  var repository: String?
  @Flag(help: "Listen where other machines reach it as well. The connection is not encrypted.")
  var beyondLoopback = false
  @Option(
    help: ArgumentHelp(
      "A further name under which browsers ask for it, as that of a proxy.", valueName: "host"))
  var name: [String] = []

  /// Runs the program and ends the process.
  static func launch() async -> Never {
    let command: DashboardCommand
    do { command = try parse() } catch { exit(withError: error) }
    do {
      try await command.serve()
      Foundation.exit(0)
    } catch {
      let refusal = Refusal(error)
      for message in refusal.messages { Self.say("error: " + message) }
      for hint in refusal.hints { Self.say("hint: " + hint) }
      Foundation.exit(refusal.status.rawValue)
    }
  }

  private func serve() async throws {
    let project = try project()
    guard let named = ServedAddress(address) else {
      throw Refusal(
        .usage, "'\(address.terminalSafe)' is no HOST:PORT",
        hint: "as 127.0.0.1:8080, or [::1]:8080")
    }
    let passed = try PassedSocket.take(ProcessInfo.processInfo.environment)
    let served = passed.map { ServedAddress(boundTo: $0) ?? named } ?? named
    try allow(served)
    let socket = try passed.map { try PassedSocket.owned($0) } ?? served.listen()
    let port = ServedAddress.port(of: socket.number) ?? served.port
    let dashboard = Dashboard(
      project, ServedNames(served, given: name), port: port, isReadOnly: readOnly)
    let host = served.host.contains(":") ? "[\(served.host)]" : served.host
    print("http://\(host):\(port)/?token=\(dashboard.door.token ?? "")")
    fflush(nil)
    let following = Task { await dashboard.follow() }
    defer { following.cancel() }
    try await WebServer(dashboard).serve(socket)
  }

  private func project() throws -> Project {
    let environment = ProcessInfo.processInfo.environment
    let directory = repository.map { Files.absolute($0, from: Files.workingDirectory) }
    let project = try Project.open(
      from: directory ?? Files.workingDirectory, environment: environment, reading: true)
    for problem in project.configurationProblems.prefix(1) {
      Self.say("warning: the configuration is broken: \(problem.message.terminalSafe)")
    }
    if !readOnly { try project.requirePerson(to: "steer runs by a dashboard") }
    return project
  }

  private func allow(_ served: ServedAddress) throws {
    if served.isLoopback { return }
    guard beyondLoopback else {
      throw Refusal(
        .usage, "'\(served.host.terminalSafe)' is reached by other machines",
        hint: "if you mean it: --beyond-loopback; better: a tunnel, ssh -L, to 127.0.0.1")
    }
    Self.say(
      "warning: whoever reads what goes over the network can do all that you can here; "
        + "put a proxy with TLS before it")
  }

  private static func say(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}
