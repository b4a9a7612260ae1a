import ArgumentParser

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

  /// nil for the newest.
  var run: String? { second == nil ? nil : first }
  var workstream: String { second ?? first }
}
