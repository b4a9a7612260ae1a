import UETModel
import UETPlanning
import UETScheduling

/// While workers come and go: looks every few seconds at how much room there is where attempts are
/// carried out elsewhere, and tells when that has changed.
struct RoomWatch: Sendable {
  private static let longestPause = 30.0

  private let tasks: [Task<Void, Never>]

  /// Starts to look at all that may carry out one of the workstreams.
  init(
    _ facts: RunFacts, _ executors: Executors, report: @escaping @Sendable (Resources) -> Void
  ) {
    let configuration = facts.configuration
    let workstreams = Array(facts.workstreams.values)
    let names = configuration.run.leastWorkers == nil ? [] : configuration.attemptExecutors.sorted()
    tasks = names.compactMap { name in
      let cores = configuration.usualCores(of: workstreams, at: name)
      guard let cores, let executor = executors.batch(named: name),
        let pause = configuration.executor(named: name)?.poll
      else { return nil }
      return Task {
        var (last, rest) = (Int?.none, pause)
        while !Task.isCancelled {
          // One that cannot be reached has as much room as before.
          let room = (try? await executor.room(cores: cores)) ?? last
          rest = room == last ? min(rest * 1.5, max(pause, Self.longestPause)) : pause
          if let room, room != last { report(Resources([Resources.jobs(of: name): room])) }
          last = room
          try? await Task.sleep(for: .seconds(rest))
        }
      }
    }
  }

  func stop() { for task in tasks { task.cancel() } }
}

extension Configuration {
  /// How many cores an attempt takes there on the average; nil where none is carried out there.
  fileprivate func usualCores(of workstreams: [Workstream], at executor: String) -> Int? {
    let asks = workstreams.flatMap { workstream in
      tools(for: workstream).filter { executors(for: $0).contains(executor) }.map {
        max(1, ((resources(for: workstream, tool: $0)[Resources.cpu] ?? 0) + 999) / 1000)
      }
    }
    return asks.isEmpty ? nil : (asks.reduce(0, +) + asks.count - 1) / asks.count
  }
}
