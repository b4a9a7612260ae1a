import UETModel
import UETSystem

extension GitError: Refusing {
  package var refusal: Refusal { Refusal(status, description.terminalSafe, hint: hint) }

  /// What the user can mend is bad input; what the repository or the disk does is not.
  private var status: ExitStatus {
    switch self {
    case .corruptObject, .objectMissing, .libgit2, .readOnly, .diskFull, .gitFailed: .internalError
    case .remoteFailed, .promisedMissing, .lockTimeout: .failed
    case .unknownLibrary, .notARepository, .unsupportedObjectFormat, .unsupportedReferenceStorage,
      .unsupportedFormatVersion, .unknownExtension, .notOwned, .unreadable, .wrongKind,
      .unknownRevision, .ambiguousRevision, .unborn, .invalidTreeEntry, .refusedTree,
      .invalidSignature, .invalidMessage, .invalidReferenceName, .referenceMoved, .referenceLocked,
      .referenceCollides, .worktreeDirty, .notAWorktree, .invalidWorktreePath, .branchCheckedOut,
      .unrelatedHistories, .gitMissing, .gitTooOld, .invalidArgument, .gitKilled, .signingFailed,
      .gitOverdue, .gitStopped, .outputTooLarge, .unexpectedOutput:
      .usage
    }
  }

  static let freeSpace = "free some disk space, then: git uet resume"
}

extension SystemFailure: Refusing {
  package var refusal: Refusal {
    Refusal(.internalError, "\(self)".terminalSafe, hint: isFullDisk ? GitError.freeSpace : nil)
  }
}
