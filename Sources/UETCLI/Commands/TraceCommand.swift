import ArgumentParser
import UETEngine
import UETModel
import UETReporting
import UETSystem

struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "a run as a trace, for collectors of OpenTelemetry",
    discussion: """
      Prints the run with its attempts, gates, merges and landings as spans, in OTLP's JSON. With --send they go \
      to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names; where that is set, 'git uet run', 'resume' and \
      'integrate' send at their end what has ended in them. The ids follow from the run: what is sent twice is the \
      same, and a run that is resumed is the same trace. Workers get TRACEPARENT.
      """)

  @OptionGroup var subject: RunArgument<NewestRun>
  @Flag(help: "Send it to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names.") var send = false
  @Option(
    help: ArgumentHelp("Write it to a file.", valueName: "file"), completion: .file())
  var output: String?

  func validate() throws {
    if send, output != nil { throw ValidationError("'--send' and '--output' exclude each other") }
  }

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try await context.projectWithFetched(reading: true)
    let run = try project.run(named: subject.run)
    let trace = try project.trace(of: run)
    let spans = trace.spans(try project.state(of: run))
    if send {
      guard let sender = try SpanSender(context.environment) else {
        throw Refusal(
          .usage, "no collector is named",
          hint: "name one: OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318")
      }
      try sender.send(trace, spans)
      return context.output.line("sent \(spans.count.counting("span")) of run \(run)")
    }
    let text = OTLPDocument.json(
      spans, trace: trace.ids.trace, resource: SpanSender.resource(context.environment),
      version: ProgramVersion.text
    ).encoded(.pretty)
    guard let output else { return context.output.writeResult(text + "\n") }
    try Files.write(
      Array((text + "\n").utf8), to: Files.absolute(output, from: context.directory))
  }
}
