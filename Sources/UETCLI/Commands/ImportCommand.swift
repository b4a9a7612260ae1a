import ArgumentParser
import Foundation
import UETEngine
import UETModel
import UETPlanning
import UETSystem
import UETWorkLists

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "make bundles of the list that the work is kept in, or take another engine's history",
    discussion: """
      Reads the tasks of openspec, speckit, taskmaster, beads, backlog, ccpm or github and writes a workstream \
      for each open one: the same id each time, with its dependencies, and with a scope proposed from the \
      paths that it names. A proposed scope is not run before a person confirms it with --confirm. Importing \
      again follows the source and keeps what was edited by hand. What is not understood is listed.

      'uet-pipeline' takes the history of the Python pipeline instead: of its database the runs that are over, with \
      their durations, costs and failures, and of its 'config/budget.yaml' the budgets. The files are read and left \
      as they are; what is here already is not taken again.
      """)

  @Argument(
    help: ArgumentHelp(
      "A tool's name and, where its list is not at its usual place, a file or folder ('-' reads the standard "
        + "input), of uet-pipeline several; with --confirm or --mark-done, workstreams (default: all).",
      valueName: "what"))
  var words: [String] = []

  @Option(
    help: ArgumentHelp("The folder that bundles are written to.", valueName: "dir"),
    completion: .directory)
  var into: String?

  @Option(help: "The tool that is to do the work.", completion: Offer.tool) var tool: String?

  @Option(
    help: ArgumentHelp("Only this change, feature, tag or epic.", valueName: "name"))
  var list: [String] = []

  @Flag(help: "Make dependencies of the order of phases and numbered groups.")
  var phaseOrder = false

  @Flag(help: "Take numbered headings for tasks where an OpenSpec list has no box.")
  var headings = false

  @Flag(name: [.customShort("n"), .long], help: "Show what would be written, and write nothing.")
  var dryRun = false

  @Flag(help: "Confirm proposed scopes.") var confirm = false

  @Flag(help: "Tick off at the source what has landed.") var markDone = false

  @Flag(help: "Everything that is remarked, where that is more than one screen.")
  var long = false

  @Option(help: "What to print.") var format: ImportFormat = .text

  enum ImportFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
  }

  func validate() throws {
    if confirm, markDone {
      throw ValidationError("--confirm and --mark-done do not go together")
    }
    let formats = (WorkListFormat.allCases.map(\.rawValue) + [PipelineImport.name])
      .joined(separator: ", ")
    if confirm || markDone { return }
    guard let name = words.first else {
      throw ValidationError("name where the work is kept: one of \(formats)")
    }
    if name == PipelineImport.name { return try validateHistory() }
    guard WorkListFormat(rawValue: name) != nil else {
      throw ValidationError("'\(name.terminalSafe)' is none of \(formats)")
    }
    if words.count > 2 { throw ValidationError("one file or folder at a time") }
  }

  /// A history has no tasks, and makes no bundles.
  private func validateHistory() throws {
    let given = [
      "--into": into != nil, "--tool": tool != nil, "--list": !list.isEmpty,
      "--phase-order": phaseOrder, "--headings": headings,
    ]
    if let option = given.filter(\.value).keys.min() {
      throw ValidationError("'\(option)' does not go with \(PipelineImport.name)")
    }
  }

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    try project.requirePerson(to: "change the plan of the repository it works in")
    guard let root = project.repository.workTree else {
      throw Refusal(.usage, "a bare repository has no folder for bundles")
    }
    if !confirm, !markDone, words.first == PipelineImport.name {
      return try await runHistory(context, project, root)
    }
    let place = BundlePlace(project, root: root, into: into, from: context.directory)
    if confirm {
      try runConfirm(context, place)
    } else if markDone {
      try await runMark(context, project, place)
    } else if let name = words.first.flatMap(WorkListFormat.init(rawValue:)) {
      try await runImport(name, context, project, place)
    }
  }

  // MARK: Import

  private func runHistory(
    _ context: CommandContext, _ project: Project, _ root: String
  ) async throws {
    let source = PipelineImport(
      project: project, environment: context.environment, root: root, folder: context.directory,
      isDryRun: dryRun)
    let view = PipelineImportView(
      result: try await source.result(Array(words.dropFirst())), isLong: long,
      style: context.style)
    if format == .json {
      context.print(view.json)
    } else {
      for line in view.lines { context.output.line(line) }
    }
  }

  private func runImport(
    _ name: WorkListFormat, _ context: CommandContext, _ project: Project, _ place: BundlePlace
  ) async throws {
    let (files, origin) = try await source(name, context, place)
    var lists = WorkListReader.read(
      name, files, options: ReadingOptions(readsHeadings: headings), origin: origin)
    try choose(&lists)
    let bundles = try ImportedBundles(in: place.directory, shown: place.shown)
    try bundles.requireReadable()
    let folder = bundles.folder(shown: place.shown)
    let named = Set(lists.flatMap { $0.items.flatMap { $0.paths.map(\.text) } })
    let options = DraftOptions(
      tool: try chosenTool(project, bundles, context), ordersPhases: phaseOrder,
      known: folder.known, taken: folder.taken)
    let drafts = Drafting.drafts(of: lists, in: try await project.paths(naming: named), options)
    let outcome = Importing.outcome(
      of: drafts, into: folder, whole: words.count == 1 && list.isEmpty ? name : nil)
    if !dryRun {
      try place.write(outcome.files.map { ($0.path, $0.bytes) }, replacing: bundles.sources)
    }
    let view = ImportView(
      outcome: outcome, drafts: drafts, isDryRun: dryRun, isLong: long, style: context.style)
    if format == .json {
      context.print(view.json(name))
    } else {
      for line in view.lines { context.output.line(line) }
    }
  }

  private func source(
    _ name: WorkListFormat, _ context: CommandContext, _ place: BundlePlace
  ) async throws -> (files: [WorkListFile], origin: String) {
    let path = words.count > 1 ? words[1] : nil
    if path == "-" {
      let bytes = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
      return ([WorkListFile(path: "standard input", bytes: bytes)], "standard input")
    }
    if name == .github, path == nil {
      let program = IssueProgram(environment: context.environment, folder: place.root)
      return ([try await program.issues()], "gh issue list")
    }
    return try WorkListFiles(root: place.root).read(
      name, at: path.map { Files.absolute($0, from: context.directory) })
  }

  private func choose(_ lists: inout [WorkList]) throws {
    for wanted in list where !lists.contains(where: { $0.name == wanted }) {
      let names = lists.map(\.name).filter { !$0.isEmpty }.sorted()
      throw Refusal(
        .usage, "there is no list '\(wanted.terminalSafe)'",
        hint: names.isEmpty
          ? "there are none" : "there are " + names.map { "'\($0.terminalSafe)'" }.listed(8))
    }
    if !list.isEmpty { lists.removeAll { !list.contains($0.name) } }
  }

  /// The tool that is named, else the only one that the configuration, the bundles or the machine
  /// give to choose from.
  private func chosenTool(
    _ project: Project, _ bundles: ImportedBundles, _ context: CommandContext
  ) throws -> String {
    let tools = project.configuration.tools
    if let tool {
      if tools[tool] != nil { return tool }
      throw Refusal(
        .usage, "there is no tool '\(tool.terminalSafe)'",
        hint: "there are " + tools.keys.sorted().map { "'\($0.terminalSafe)'" }.listed(12))
    }
    let own = tools.keys.filter { Configuration.Tool.builtIn[$0] == nil }
    if own.count == 1, let only = own.first { return only }
    if let only = bundles.onlyTool { return only }
    let search = ProgramSearch(context.environment)
    let agents = Configuration.Tool.builtIn.filter { $1.adapter.isAgent && search.finds($0) }
    if own.isEmpty, agents.count == 1, let only = agents.first { return only.key }
    if dryRun { return "shell" }
    throw Refusal(
      .usage, "it is not clear which tool is to do the work",
      hint: "name one: git uet import \(words.joined(separator: " ").terminalSafe) --tool "
        + (own.sorted().first ?? "claude").terminalSafe)
  }

  // MARK: Confirm, mark

  private func runConfirm(_ context: CommandContext, _ place: BundlePlace) throws {
    let bundles = try ImportedBundles(in: place.directory, shown: place.shown)
    let workstreams = bundles.workstreams
    let ids = try wanted(workstreams.map(\.id))
    let confirmation = Confirmation(bundles.files, ids)
    if !dryRun {
      try place.write(confirmation.files.map { ($0.path, $0.bytes) }, replacing: bundles.sources)
    }
    let view = ConfirmationView(confirmation, workstreams, isDryRun: dryRun)
    if format == .json {
      context.print(view.json)
    } else {
      for line in view.lines { context.output.line(line) }
    }
  }

  private func wanted(_ known: [WorkstreamID]) throws -> Set<WorkstreamID> {
    var ids: Set<WorkstreamID> = []
    for word in words {
      guard let id = WorkstreamID(word), known.contains(id) else {
        throw Refusal.unknownWorkstream(word, known: known)
      }
      ids.insert(id)
    }
    return ids
  }

  private func runMark(
    _ context: CommandContext, _ project: Project, _ place: BundlePlace
  ) async throws {
    let bundles = try ImportedBundles(in: place.directory, shown: place.shown)
    let workstreams = bundles.workstreams
    let ids = try wanted(workstreams.map(\.id))
    let imported = ImportedBundles.imported(workstreams).filter {
      ids.isEmpty || ids.contains($0.id)
    }
    let landed = try await project.landed(among: Set(imported.map(\.id)))
    let done = imported.filter { landed.contains($0.id) }
    var (sources, lists): ([WorkListFile], [WorkList]) = ([], [])
    let reader = WorkListFiles(root: place.root)
    for (format, paths) in Marking.origins(done.map(\.record)).sorted(by: {
      $0.key.rawValue < $1.key.rawValue
    }) {
      for path in paths.sorted() {
        guard Files.exists(Files.absolute(path, from: place.root)) else { continue }
        let (files, origin) = try reader.read(
          format, at: Files.absolute(path, from: place.root))
        sources += files
        lists += WorkListReader.read(
          format, files, options: ReadingOptions(readsHeadings: headings), origin: origin)
      }
    }
    let marking = Marking(done, lists: lists, sources: sources)
    if !dryRun {
      try place.write(marking.files.map { ($0.path, $0.bytes) }, replacing: sources)
    }
    let view = MarkingView(
      marks: marking.marks, open: imported.count - done.count, isDryRun: dryRun,
      style: context.style)
    if format == .json {
      context.print(view.json)
    } else {
      for line in view.lines { context.output.line(line) }
    }
  }
}
