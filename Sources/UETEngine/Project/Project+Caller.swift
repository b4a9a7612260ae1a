import UETGit
import UETModel
import UETSystem
import UETWorkers

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

extension Project {
  /// Refuses where a command that a run started asks; `deed` goes behind "a worker must not".
  ///
  /// `elsewhere`: what is decided on belongs to another clone, so that it does not matter whose
  /// this one is.
  package func requirePerson(
    to deed: String, elsewhere: Bool = false
  ) throws {
    let marks = ["UET_SUPERVISOR", "UET_WORKSTREAM"]
    if marks.contains(where: { environment[$0] != nil })
      || isWorker(getpid(), evenInItsOwn: elsewhere)
    {
      throw Refusal(
        .usage, "a worker must not \(deed)", hint: "what a worker may say: git uet signal --help")
    }
  }

  /// Whether a run's supervisor stands above the process, or that cannot be told.
  ///
  /// A repository that was made below that supervisor is the worker's own, as those are that tests
  /// make.
  func isWorker(_ pid: Int32, evenInItsOwn: Bool = false) -> Bool {
    do throws(Caller.Unknown) {
      guard let supervisor = try Caller(pid: pid).supervisor() else { return false }
      return evenInItsOwn || !isYounger(than: supervisor)
    } catch {
      return true
    }
  }

  private func isYounger(than process: ProcessEntry) -> Bool {
    guard let born = repository.bornAt, let started = process.startedAt else { return false }
    return born > started + 1
  }
}
