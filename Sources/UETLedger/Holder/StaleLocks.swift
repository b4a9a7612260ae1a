import Foundation
import UETGit

/// Lock files of references that killed processes left behind, below chosen folders.
package struct StaleLocks: Sendable {
  private let repository: Repository
  private let processes: any ProcessTable

  package init(_ repository: Repository, processes: any ProcessTable = SystemProcesses()) {
    self.repository = repository
    self.processes = processes
  }

  /// A lock file, and why its owner must be dead; nil where one may be alive.
  package struct Lock: Hashable, Sendable {
    package let path: String
    package let evidence: String?
  }

  /// The lock files below the folders of these reference prefixes, sorted; those of the
  /// repository's own files, such as `packed-refs`, for a prefix of `refs`.
  package func locks(under prefixes: [String]) -> [Lock] {
    let common = repository.commonDirectory
    var paths: [String] = []
    for prefix in prefixes {
      let folder = "\(common)/\(prefix)"
      let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
      paths += names.filter { $0.hasSuffix(".lock") }.map { "\(folder)/\($0)" }
    }
    if prefixes.contains("refs") {
      let own = ["packed-refs.lock", "HEAD.lock", "config.lock", "shallow.lock", "index.lock"]
      paths += own.map { "\(common)/\($0)" }.filter { access($0, F_OK) == 0 }
    }
    return paths.sorted().map {
      Lock(path: $0, evidence: processes.evidenceOfDeadOwner(lock: $0))
    }
  }

  /// Removes a lock whose owner is proven dead; says by what, nil when it was left alone.
  package func remove(_ lock: Lock) -> String? {
    StaleReferenceLock(path: lock.path).removeIfOwnerIsDead(processes)
  }

  /// Removes what can be removed below the prefixes and tells each; a lock that is too young to be
  /// judged is waited for, three seconds in all.
  package func sweep(under prefixes: [String], removed: (Lock, String) -> Void) {
    for round in 0..<30 {
      let found = locks(under: prefixes)
      for lock in found {
        if let evidence = remove(lock) { removed(lock, evidence) }
      }
      if found.allSatisfy({ $0.evidence != nil }) || round == 29 { return }
      Pause.milliseconds(100)
    }
  }
}
