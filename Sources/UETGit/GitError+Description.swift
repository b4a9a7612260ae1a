extension GitError: CustomStringConvertible {
  /// One line in git's manner: lower case, no full stop, the subject in single quotes.
  package var description: String {
    openingDescription ?? objectDescription ?? referenceDescription ?? worktreeDescription
      ?? childDescription
  }

  private var openingDescription: String? {
    switch self {
    case .unknownLibrary(let version):
      "libgit2 \(version) is not one that this was built for; 1.5 to 1.9, without SHA-256, is needed"
    case .notARepository(let path): "not a git repository (or any of its parents): '\(path)'"
    case .unsupportedObjectFormat(let path, let format):
      "repository '\(path)' uses object format '\(format)'; only 'sha1' is supported"
    case .unsupportedReferenceStorage(let path, let format):
      "repository '\(path)' uses reference storage '\(format)'; only 'files' is supported"
    case .unsupportedFormatVersion(let path, let version):
      "repository '\(path)' has format version '\(version)'; only 0 and 1 are supported"
    case .unknownExtension(let path, let name):
      "repository '\(path)' uses the unknown extension '\(name)'"
    case .notOwned(let path): "repository '\(path)' is owned by someone else"
    case .unreadable(let path, let detail): "cannot read repository '\(path)': \(detail)"
    default: nil
    }
  }

  private var objectDescription: String? {
    switch self {
    case .objectMissing(let id): "object '\(id)' is missing"
    case .wrongKind(let id, let expected): "object '\(id)' is not a \(expected)"
    case .corruptObject(let id, let detail): "object '\(id)' is corrupt: \(detail)"
    case .unknownRevision(let name): "unknown revision '\(name)'"
    case .ambiguousRevision(let name): "revision '\(name)' is ambiguous"
    case .unborn(let name): "branch '\(name)' does not have any commits yet"
    case .invalidTreeEntry(let name, let detail): "invalid tree entry '\(name)': \(detail)"
    case .refusedTree(let id, let fault): "the tree of \(id.short) is refused: \(fault)"
    case .invalidSignature(let name): "invalid name or email in '\(name)'"
    case .invalidMessage(let detail): "invalid commit message: \(detail)"
    default: nil
    }
  }

  private var referenceDescription: String? {
    switch self {
    case .invalidReferenceName(let name): "invalid reference name '\(name)'"
    case .referenceMoved(let name, let found):
      "reference '\(name)' moved: it is now \(found?.hex ?? "absent")"
    case .referenceLocked(let name, let path): "reference '\(name)' is locked by '\(path)'"
    case .referenceCollides(let name, let detail): "cannot create reference '\(name)': \(detail)"
    case .readOnly(let path, let detail): "cannot write to '\(path)': \(detail)"
    case .diskFull(let path, let detail): "no space left for '\(path)': \(detail)"
    default: nil
    }
  }

  private var worktreeDescription: String? {
    switch self {
    case .worktreeDirty(let path): "worktree '\(path)' has changes that are not committed"
    case .notAWorktree(let path): "'\(path)' is not a worktree of this repository"
    case .invalidWorktreePath(let path): "'\(path)' is not an absolute path"
    case .branchCheckedOut(let name, let path): "'\(name)' is checked out at '\(path)'"
    case .unrelatedHistories(let a, let b): "'\(a.short)' and '\(b.short)' have no common ancestor"
    case .lockTimeout(let path): "another process holds '\(path)'"
    default: nil
    }
  }

  private var childDescription: String {
    switch self {
    case .gitMissing: "cannot find 'git'"
    case .gitTooOld(let found): "git \(found) is too old; 2.39 or later is needed"
    case .invalidArgument(let text): "argument '\(text)' holds a NUL"
    case .gitFailed(let command, let status, let detail):
      "'\(command)' failed with status \(status): \(detail)"
    case .gitKilled(let command, let signal): "'\(command)' was ended by signal \(signal)"
    case .signingFailed(let detail):
      "cannot sign commits, as 'commit.gpgSign' asks for: \(detail)"
    case .gitOverdue(let command, let limit):
      "'\(command)' did not end within \(limit.components.seconds) s and was ended"
    case .gitStopped(let command): "'\(command)' was ended, as everything was to stop"
    case .outputTooLarge(let command, let limit): "'\(command)' printed more than \(limit) bytes"
    case .unexpectedOutput(let command): "cannot read what '\(command)' printed"
    case .promisedMissing(let id, let remote, let what, let detail):
      "object '\(id)' of \(what) is not in this partial clone, and '\(remote)' does not give it: "
        + "\(detail); to bring it: git fetch \(remote) \(id)"
    case .remoteFailed(let remote, let detail): "cannot reach '\(remote)': \(detail)"
    case .libgit2(let operation, _, let detail): "cannot \(operation): \(detail)"
    default: "unknown error"
    }
  }

  /// What to type next, where there is something.
  package var hint: String? {
    switch self {
    case .notARepository: "change to a git repository, or run 'git init'"
    case .diskFull: Self.freeSpace
    case .unknownLibrary: "install one of these, build git-uet with it, and install that"
    case .notOwned(let path): "git config --global --add safe.directory '\(path)'"
    case .unsupportedReferenceStorage:
      "change it, where there are no linked worktrees: git refs migrate --ref-format=files"
    case .unborn: "make a first commit: git commit --allow-empty -m 'first commit'"
    case .refusedTree(let id, _): "git writes no such tree; look at it: git ls-tree -rt \(id.short)"
    case .referenceLocked(_, let path):
      "if no other git process runs, remove the lock: rm '\(path)'"
    case .promisedMissing(let id, let remote, _, _): "bring it: git fetch \(remote) \(id)"
    case .signingFailed:
      "try it: git commit-tree -S -m test 'HEAD^{tree}'; or go without: "
        + "git -c commit.gpgSign=false uet ..."
    case .gitOverdue:
      "look for a filter, merge driver or signing program that hangs: "
        + "git config --get-regexp '^(filter|merge|gpg)[.]'; or give it more time: run.git_timeout"
    case .referenceCollides(_, let detail) where detail.hasSuffix(" is in the way"):
      "see what it is, and give it another name: git for-each-ref "
        + detail.dropLast(" is in the way".count)
    case .remoteFailed(let remote, _): "try it with git alone: git ls-remote \(remote)"
    case .unknownRevision: "list what there is: git branch --all, or git log --oneline"
    case .gitMissing, .gitTooOld: "install git 2.39 or later"
    default: nil
    }
  }
}
