import ArgumentParser
import UETModel

/// Which run a command takes where none is named, as its help says it.
protocol RunDefault: Sendable {
  static var words: String { get }
}

enum NewestRun: RunDefault { static let words = "the newest" }
enum RunAtWork: RunDefault { static let words = "the one at work, else the newest" }
enum EveryRun: RunDefault { static let words = "all" }
enum CrashedRuns: RunDefault { static let words = "every crashed one" }

/// `[RUN]`, for commands about one run or all; `--run RUN` says the same.
struct RunArgument<Default: RunDefault>: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The run (default: \(Default.words)); '@' is the newest.", valueName: "run"),
    completion: Offer.run)
  private var named: String?
  @OptionGroup private var option: RunOption

  /// nil for the default.
  var run: String? { named ?? option.run }

  func validate() throws { try option.refuse(besides: named) }
}

/// What stands behind a run, or alone: how its help names it.
protocol RunPart: Sendable {
  static var alone: ArgumentHelp { get }
  static var behindRun: ArgumentHelp { get }
}

enum WorkstreamPart: RunPart {
  static let alone = ArgumentHelp(
    "A run, or a workstream of the newest one.", valueName: "run-or-workstream")
  static let behindRun = ArgumentHelp("A workstream of that run.", valueName: "workstream")
}

enum WavePart: RunPart {
  static let alone = ArgumentHelp("A run, or a wave of the one at work.", valueName: "run-or-wave")
  static let behindRun = ArgumentHelp(
    "The number of a wave of that run, or one of its workstreams.", valueName: "wave")
}

/// `[RUN] PART`, for commands about one part of a run.
struct PartArguments<Part: RunPart>: ParsableArguments {
  @Argument(help: Part.alone, completion: Offer.runOrWorkstream)
  private var first: String
  @Argument(help: Part.behindRun, completion: Offer.runOrWorkstream)
  private var second: String?
  @OptionGroup private var option: RunOption

  /// nil for the default.
  var run: String? { second == nil ? option.run : first }
  fileprivate var part: String { second ?? first }

  func validate() throws { try option.refuse(besides: second == nil ? nil : first) }
}

typealias WorkstreamArguments = PartArguments<WorkstreamPart>

extension PartArguments<WorkstreamPart> {
  var workstream: String { part }
}

typealias WaveArguments = PartArguments<WavePart>

extension PartArguments<WavePart> {
  var wave: String { part }
}

/// `[RUN] [WORKSTREAM...]`, for commands about several workstreams of one run.
struct WorkstreamsArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A run (default: the one at work, else the newest), then workstreams of it.",
      valueName: "run-or-workstream"), completion: Offer.runOrWorkstream)
  private var names: [String] = []
  @OptionGroup private var option: RunOption

  /// The ids of workstreams begin with 'ws-', names of runs with a digit.
  private var namesRun: Bool { names.first.map { WorkstreamID($0) == nil } ?? false }

  /// nil for the default.
  var run: String? { namesRun && option.run == nil ? names.first : option.run }
  var workstreams: [String] { namesRun && option.run == nil ? Array(names.dropFirst()) : names }
}

/// `--run RUN`, which every command takes that takes a run.
struct RunOption: ParsableArguments {
  @Option(help: ArgumentHelp("The run.", visibility: .hidden), completion: Offer.run)
  var run: String?

  func refuse(besides name: String?) throws {
    if let name, let run, name != run {
      throw ValidationError("two runs are named: '\(name.terminalSafe)' and '\(run.terminalSafe)'")
    }
  }
}
