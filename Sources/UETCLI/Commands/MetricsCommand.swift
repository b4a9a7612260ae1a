import ArgumentParser
@preconcurrency import Dispatch
import UETEngine
import UETModel
import UETReporting
import UETSystem
import UETWorkers

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

struct MetricsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics", abstract: "figures of a run for programs that collect them",
    discussion: """
      Prints OpenMetrics, by default of the run at work, else of the newest. --serve answers GET /metrics with \
      it, or with the older text format of Prometheus where only that is understood; each answer is about the run \
      that is then at work. --textfile writes the older format, which is what node_exporter reads, in one step. \
      No figure names a workstream, so that there is a fixed number of series.
      """)

  @OptionGroup var subject: RunArgument<RunAtWork>
  @Option(
    help: ArgumentHelp(
      "Answer at this address until ended; port 0 takes any.", valueName: "host:port"),
    transform: { text in
      guard let address = ServedAddress(text) else {
        throw ValidationError("'\(text.terminalSafe)' is not HOST:PORT, as 127.0.0.1:9464")
      }
      return address
    })
  var serve: ServedAddress?
  @Option(
    help: ArgumentHelp("Write this file, for node_exporter.", valueName: "file"),
    completion: .file())
  var textfile: String?
  @Option(help: "How it is written.") var format: Exposition?

  func validate() throws {
    if serve != nil, textfile != nil {
      throw ValidationError("'--serve' and '--textfile' exclude each other")
    }
    if serve != nil, format != nil {
      throw ValidationError("who asks says the format: '--format' and '--serve' exclude each other")
    }
  }

  func run() async throws {
    let context = CommandContext(serve == nil && textfile == nil ? .printing : .working)
    let project = try context.project(reading: true)
    let run = try subject.run.map { try project.run(named: $0) }
    var metrics = FollowedMetrics(project, of: run)
    if let serve { try self.serve(&metrics, at: serve, context) }
    let families = try metrics.families()
    if let textfile {
      let path = Files.absolute(textfile, from: context.directory)
      let text = (format ?? .prometheus).text(families)
      // Collectors run as somebody else.
      return try Files.write(Array(text.utf8), to: path, mode: 0o644)
    }
    context.output.writeResult((format ?? .openMetrics).text(families))
  }

  private func serve(
    _ metrics: inout FollowedMetrics, at address: ServedAddress, _ context: CommandContext
  ) throws -> Never {
    let socket = try address.listen()
    let port = ServedAddress.port(of: socket.number) ?? address.port
    let host = address.host.contains(":") ? "[\(address.host)]" : address.host
    if !address.isLoopback {
      context.warning("whoever reaches \(host.terminalSafe):\(port) can read it")
    }
    context.output.line("http://\(host.terminalSafe):\(port)/metrics")
    Self.endWithSignals()
    var followed = metrics
    PageServer(socket) { Self.answer($0, at: address, &followed) }.run()
  }

  /// Ends the process in good order, as long as it lives.
  private static func endWithSignals() {
    SignalSources([SIGINT, SIGTERM, SIGHUP], on: .global())
      .hear { leave($0 == SIGINT ? .interrupted : .terminated) }
  }

  private static func answer(
    _ head: RequestHead, at address: ServedAddress, _ metrics: inout FollowedMetrics
  ) -> PageAnswer {
    guard address.answers(to: head.host) else { return PageAnswer(.misdirected) }
    guard head.path == "/metrics" else { return PageAnswer(.notFound, "see /metrics\n") }
    let wanted = head.fields["accept"] ?? ""
    let format: Exposition =
      wanted.contains("application/openmetrics-text") ? .openMetrics : .prometheus
    do {
      return PageAnswer(format.contentType, format.text(try metrics.families()))
    } catch {
      return PageAnswer(.unavailable, Refusal(error).messages.joined(separator: "\n") + "\n")
    }
  }
}

extension Exposition: ExpressibleByArgument {}
