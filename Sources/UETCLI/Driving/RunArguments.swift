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

/// `[RUN] WORKSTREAM`, for commands about one workstream.
struct WorkstreamArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp("A run, or a workstream of the newest one.", valueName: "run-or-workstream"),
    completion: Offer.runOrWorkstream)
  private var first: String
  @Argument(
    help: ArgumentHelp("A workstream of that run.", valueName: "workstream"),
    completion: Offer.runOrWorkstream)
  private var second: String?
  @OptionGroup private var option: RunOption

  /// nil for the default.
  var run: String? { second == nil ? option.run : first }
  var workstream: String { second ?? first }

  func validate() throws { try option.refuse(besides: second == nil ? nil : first) }
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

/// `[RUN] WAVE`.
struct WaveArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp("A run, or a wave of the one at work.", valueName: "run-or-wave"),
    completion: Offer.runOrWorkstream)
  private var first: String
  @Argument(
    help: ArgumentHelp(
      "The number of a wave of that run, or one of its workstreams.", valueName: "wave"),
    completion: Offer.runOrWorkstream)
  private var second: String?
  @OptionGroup private var option: RunOption

  /// nil for the default.
  var run: String? { second == nil ? option.run : first }
  var wave: String { second ?? first }

  func validate() throws { try option.refuse(besides: second == nil ? nil : first) }
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
