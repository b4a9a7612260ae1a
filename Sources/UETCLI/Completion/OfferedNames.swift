import UETEngine
import UETModel
import UETPlanning
import UETSystem

/// The names that a repository holds. What cannot be read is empty: a completion never complains.
struct OfferedNames {
  private let project: Project
  let runs: [String]

  /// nil outside a repository.
  init?() {
    guard
      let project = try? Project.open(
        from: Files.workingDirectory, environment: ProcessEnvironment.current)
    else { return nil }
    self.project = project
    runs = (try? project.reader.runs().map(\.rawValue)) ?? []
  }

  /// The run that a word of the line names, whole or by a part.
  func run(on line: TypedLine) -> RunID? {
    line.before.lazy.compactMap { word in
      word.count > 3 && WorkstreamID(word) == nil ? try? project.run(named: word) : nil
    }.first
  }

  func workstreams(of line: TypedLine) -> [String] {
    state(of: line)?.workstreams.map(\.id.rawValue) ?? []
  }

  /// Those of the configuration and those that ran.
  func gates(of line: TypedLine) -> [String] {
    let ran = state(of: line)?.workstreams.flatMap(\.gates).map(\.name) ?? []
    return Set(ran + project.configuration.gates.keys).sorted()
  }

  private func state(of line: TypedLine) -> RunState? {
    guard let run = run(on: line) ?? (try? project.run(named: nil)) else { return nil }
    return try? project.state(of: run)
  }

  var declared: [String] { bundles.workstreams.map(\.id.rawValue) }

  var phases: [String] { bundles.phases.map(\.name) }

  private var bundles: LoadedBundles {
    (try? project.bundleFiles()).map { BundleLoader.load($0) } ?? LoadedBundles()
  }

  var branches: [String] {
    let names = try? project.repository.references(under: "refs/heads/").map(\.name)
    return (names ?? []).map(RunNames.short)
  }

  var tools: [String] { project.configuration.tools.keys.sorted() }

  /// Those that have a price.
  var models: [String] { Set(project.prices.book.models.map(\.model)).sorted() }

  var remotes: [String] { project.remotes }
}
