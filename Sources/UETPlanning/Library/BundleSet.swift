import UETModel

/// All that some bundle files declare, and everything that is wrong with them.
///
/// Nothing is read but what is passed in: no file, no configuration and no clock. The same files in
/// any order give the same set on every machine.
public struct BundleSet: Sendable {
  private let loaded: LoadedBundles

  /// Reads every file, whatever is wrong with the others.
  public init(_ files: [BundleFile]) { loaded = BundleLoader.load(files) }

  /// Errors and warnings, in file order.
  public var problems: [BundleProblem] { loaded.diagnostics.map(BundleProblem.init) }

  /// Whether there is no error among the problems, so that a plan can be made.
  public var isValid: Bool { !loaded.diagnostics.hasErrors }

  /// The names of the workstreams that are valid, sorted.
  public var ids: [String] { loaded.workstreams.map(\.id.rawValue) }

  /// Plans all workstreams: who may run beside whom, and the shortest schedule that is found.
  ///
  /// A plan of 36 workstreams takes some milliseconds, one of thousands some seconds.
  ///
  /// - Parameters:
  ///   - workers: How many workstreams may run at a time; at least 1 counts.
  ///   - durations: How long workstreams are taken to be.
  ///   - history: The seconds that workstreams took before, by name; what `DurationSource.history` counts with.
  /// - Throws: `Invalid` where a bundle has an error.
  public func plan(
    workers: Int = 4, durations: DurationSource = .auto, history: [String: Double] = [:]
  ) throws(Invalid) -> WorkPlan {
    guard isValid else { throw Invalid(problems: problems) }
    var known: [WorkstreamID: Double] = [:]
    for (name, seconds) in history { WorkstreamID(name).map { known[$0] = seconds } }
    return WorkPlan(
      Planner.plan(
        workstreams: loaded.workstreams, dependencies: loaded.dependencies,
        options: PlanOptions(workers: workers, durations: durations, history: known)))
  }

  /// Bundles with errors cannot be planned.
  public struct Invalid: Error, Sendable, CustomStringConvertible {
    /// Errors and warnings, in file order.
    public let problems: [BundleProblem]

    /// The errors, a line each.
    public var description: String {
      problems.filter(\.isError).map(\.description).joined(separator: "\n")
    }
  }
}

/// One thing that is wrong, or looks wrong, in a bundle.
public struct BundleProblem: Sendable, Hashable, CustomStringConvertible {
  /// An error forbids to plan; a warning does not.
  public let isError: Bool
  /// A name of the kind of problem in snake case, as `unknown_dependency`. It stays the same
  /// between versions.
  public let code: String
  /// The path that was given with the file.
  public let file: String
  /// From 1.
  public let line: Int
  /// From 1, in characters.
  public let column: Int
  /// The JSON pointer of what it is about; empty for the whole file.
  public let pointer: String
  /// One line that is safe on a terminal.
  public let message: String
  /// What to do about it, where that is known.
  public let hint: String?
  /// The workstreams it is about.
  public let workstreams: [String]
  /// `FILE:LINE:COLUMN: message (POINTER)`, safe on a terminal.
  public let description: String

  init(_ diagnostic: Diagnostic) {
    (isError, code) = (diagnostic.severity == .error, diagnostic.code)
    let place = diagnostic.place
    (file, line, column, pointer) = (place.file, place.line, place.column, place.pointer)
    (message, hint) = (diagnostic.message, diagnostic.hint)
    workstreams = diagnostic.workstreams.map(\.rawValue)
    description = diagnostic.description
  }
}
