import ArgumentParser
import UETEngine
import UETReporting
import UETSystem

/// How the figures of a run are shown.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
  case text, markdown, json, csv, html, pdf
}

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "show where a run's time went, and what it cost",
    discussion: """
      Shows the newest run unless one is named, also one that goes on. Every moment of a workstream counts for \
      one thing: work, a gate, or what it waited for; time in which nothing worked on the run counts for \
      nothing. 'csv' has a line a workstream; 'html' is one page with pictures, and 'pdf' the same by WeasyPrint or \
      Chromium.
      """)

  @OptionGroup var subject: RunArgument<NewestRun>
  @Option(help: "What to print.") var format: ReportFormat = .text
  @Option(help: "Write it to this file.", completion: .file()) var output: String?
  @Flag(help: "The same as --format json.") var json = false
  @Flag(help: "List every workstream.") var all = false

  func validate() throws {
    if format == .pdf, !json, output == nil {
      throw ValidationError("--format pdf takes --output FILE")
    }
  }

  func run() async throws {
    let context = CommandContext(.printing)
    let format = json ? .json : format
    let printer = format == .pdf ? try PagePrinter(ProcessEnvironment.current) : nil
    let project = try await context.projectWithFetched(reading: true)
    let hasPictures = format == .html || format == .pdf
    let run = try project.run(named: subject.run)
    let (metrics, timeline) = try project.told(of: run, tracking: hasPictures)
    var view = ReportView(metrics: metrics, terminal: context.output, style: context.style)
    if all { view.most = .max } else if hasPictures { view.most = 200 }
    func lines(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }
    let text =
      switch format {
      case .text: lines(view.text)
      case .markdown: lines(view.markdown)
      case .json: metrics.json.encoded(.pretty) + "\n"
      case .csv: lines(metrics.csv)
      case .html, .pdf: view.page(timeline)
      }
    guard let output else {
      context.output.writeResult(text)
      return
    }
    let path = Files.absolute(output, from: context.directory)
    if let printer {
      try printer.print(text, to: path)
    } else {
      try Files.write(Array(text.utf8), to: path)
    }
  }
}
