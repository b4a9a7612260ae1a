import UETModel
import UETPlanning
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Gives a worktree the caches of the main work tree, such that nothing done to them there reaches
/// the original: as clones that share their blocks until one is written, where the file system can.
///
/// Where it cannot, `run.cache_fallback` says what is done instead: nothing, a whole copy, or a
/// link, which alone is shared by all. Hard links are never made: a tool that writes in place would
/// change the original and every other worktree's.
struct CacheCopy: Sendable {
  let source: String
  let target: String
  let fallback: Configuration.CacheFallback

  enum Outcome: Hashable, Sendable {
    case cloned, copied, linked
    /// There is nothing to share, or something stands there already.
    case absent
    /// The file system cannot clone, and nothing else is configured.
    case impossible
  }

  func make() throws(SystemFailure) -> Outcome {
    guard Files.kind(source) == .directory, Files.kind(target) == nil else { return .absent }
    try Files.makeDirectory(above: target)
    let copy = FolderCopy(source, to: target)
    let canClone = try copy.canClone()
    if !canClone {
      switch fallback {
      case .none: return .impossible
      case .copy: break
      case .link:
        guard symlink(source, target) == 0 else { throw SystemFailure("link", target) }
        return .linked
      }
    }
    try copy.make(cloning: canClone)
    return canClone ? .cloned : .copied
  }
}
