import Foundation
import UETLedger
import UETModel

extension CommandFailure {
  /// Why the record could not be read or written, where that is nobody's doing here.
  init(record error: LedgerError) {
    switch error {
    case .missingAnchor(let id):
      self.init(
        .internalError, "commit \(id.short) is gone, which was about to be recorded",
        hint: "was 'git prune' at work? go on with the run: git uet resume")
    case .notWrittenHere(let name, let tip):
      self.init(
        .decision,
        "'\(name.terminalSafe)' ends with commit \(tip.short), which this clone did not write",
        hint: "look at it: git log -3 \(name.terminalSafe)")
      let parts = name.split(separator: "/")
      if parts.count > 1, parts.last == "main" {
        hints.append(
          "if all of it is yours, say so: git uet verify \(parts[parts.count - 2]) --adopt \(tip)")
      }
    case .durabilityUnknown(let run, let cause):
      self.init(
        .internalError,
        "whether the last of run '\(run)' is on the disk is not known: \("\(cause)".terminalSafe)",
        hint: "look at the disk, then go on: git uet resume \(run)")
    case .system(let failure):
      self.init(
        .internalError, "\(failure)".terminalSafe,
        hint: "look at the disk's space and rights, then try again")
    case .cache(let reason):
      self.init(
        .internalError, "the cache failed: \(reason.terminalSafe)",
        hint: "make it anew: git uet cache rebuild")
    default: self.init(.internalError, "\(error)".terminalSafe)
    }
  }
}
