import ArgumentParser
import UETContext
import UETEngine
import UETModel
import UETSystem

extension CommentKind: ExpressibleByArgument {}

struct ContextCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "context",
    abstract: "say what a workstream's agent has to read, and what it costs",
    discussion: """
      Counts, by estimate, the tokens of the prompt, of the files of the scope, and of what they need: files \
      that they import, that declare what they use, that test them, that past commits changed with them, that \
      the workstream reads, or that others do which it depends on. Compares the sum with what the model takes, \
      and says what would make it fit.
      """)

  @Argument(help: "A workstream.", completion: Offer.declared) var workstream: String
  @Option(
    help: "A model; without it the one that the bundle or the tool's entry names.",
    completion: Offer.model)
  var model: String?
  @Option(help: "text or json.") var format = ContextFormat.text
  @Flag(help: "Name every file.") var long = false
  @Flag(help: "Print bundles of parts that each fit, instead.") var split = false
  @Option(
    help: "Write all that is to be read into this file, '-' for standard output.",
    completion: .file())
  var pack: String?
  @Option(help: "With --pack: prune (no comments) or summarise (declarations) what is not changed.")
  var strategy: PackStrategy?
  @Option(help: "With --strategy prune: comments that stay, doc, block or line; may be repeated.")
  var keep: [CommentKind] = []
  @Option(help: "With --pack or --split: the most tokens, in place of what the model takes.")
  var room: Int?

  enum ContextFormat: String, CaseIterable, ExpressibleByArgument { case text, json }
  enum PackStrategy: String, CaseIterable, ExpressibleByArgument { case prune, summarise }

  func validate() throws {
    if split, pack != nil { throw ValidationError("--split and --pack exclude each other") }
    if strategy != nil, pack == nil { throw ValidationError("--strategy needs --pack") }
    if !keep.isEmpty, strategy != .prune {
      throw ValidationError("--keep needs --strategy prune")
    }
    if room != nil, pack == nil, !split {
      throw ValidationError("--room needs --pack or --split")
    }
    if let room, room < 1 { throw ValidationError("--room takes a number of tokens") }
  }

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try context.project()
    let found = try await context.printingProblems(asJSON: format == .json) {
      try await project.context(of: workstream, model: model)
    }
    if split {
      let split = try project.split(found, room: room)
      let bundles = JSONValue.array(split.parts.map(JSONValue.object))
      context.output.write(bundles.encoded(.pretty) + "\n")
      context.note(
        "\(split.parts.count) parts of up to \(split.tokens.max() ?? 0) tokens; put them in place of "
          + "'\(found.workstream)', whose other settings they do not have, nor leave to make new files "
          + "beside those there are (files_create)")
      return
    }
    if let pack {
      let made = try await project.pack(
        found, strategy: strategy.flatMap { ContextStrategy(rawValue: $0.rawValue) },
        keeping: Set(keep), room: room)
      if pack == "-" {
        context.output.writeResult(made.text)
      } else {
        do { try Files.write(Array(made.text.utf8), to: pack) } catch {
          throw Refusal(
            .failed, "\(error)", hint: "name a file in a folder that is there: --pack FILE")
        }
      }
      context.note(
        "about \(made.tokens) tokens"
          + (made.leftOut > 0 ? "; \(made.leftOut.counting("file")) left out" : ""))
      return
    }
    let view = ContextView(found, context.style, isLong: long)
    if format == .json {
      context.print(.object(view.json))
    } else {
      context.output.write(view.text)
    }
  }
}
