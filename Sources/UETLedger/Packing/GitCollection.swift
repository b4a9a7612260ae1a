import Foundation
import UETGit
import UETSystem

/// A garbage collection of git's own, which anybody may start at any time.
package enum GitCollection {
  /// Whether a `git gc` is under way, by the file in which it says so.
  ///
  /// Source: git, `builtin/gc.c`, `lock_repo_for_gc`: older than twelve hours it does not count.
  package static func isUnderWay(in repository: Repository) -> Bool {
    let path = repository.commonDirectory + "/gc.pid"
    var facts = stat()
    guard stat(path, &facts) == 0, time(nil) - facts.modified.tv_sec < 12 * 3600,
      let bytes = Files.content(of: path)
    else { return false }
    // Of a process on another machine nothing can be known; such a file may lie there for long.
    let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
    guard words.count == 2, words[1] == SystemProcesses.hostName, let pid = Int32(words[0]),
      kill(pid, 0) == 0 || errno == EPERM
    else { return false }
    #if os(Linux)
      return SystemProcesses.name(of: pid) == "git"
    #else
      return true
    #endif
  }

  /// Returns when none is under way that may have begun before the call.
  ///
  /// A collection looks at one reference after the other. Where what one of them held is moved to
  /// another meanwhile, and the first goes, it may see neither, and takes all that they led to.
  package static func end(
    in repository: Repository, options: LedgerOptions
  ) async throws(LedgerError) {
    var isSaid = false
    while isUnderWay(in: repository) {
      if !isSaid { options.notice(.waitsForCollection) }
      isSaid = true
      do {
        try await Task.sleep(for: .milliseconds(50))
      } catch {
        throw .contended("gc.pid", rounds: 1)
      }
    }
  }
}
