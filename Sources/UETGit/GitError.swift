import UETModel

/// Why a call on a repository failed.
package enum GitError: Error, Hashable, Sendable {
  // Opening.
  case notARepository(path: String)
  case unsupportedObjectFormat(path: String, format: String)
  case unsupportedReferenceStorage(path: String, format: String)
  case unsupportedFormatVersion(path: String, version: String)
  case unknownExtension(path: String, name: String)
  /// Someone else owns it, and `safe.directory` does not name it.
  case notOwned(path: String)
  case unreadable(path: String, detail: String)

  // Objects.
  case objectMissing(ObjectID)
  case wrongKind(ObjectID, expected: String)
  case corruptObject(ObjectID, detail: String)
  case unknownRevision(String)
  case ambiguousRevision(String)
  /// A branch without a commit yet.
  case unborn(name: String)
  case invalidTreeEntry(name: String, detail: String)
  case invalidSignature(String)
  case invalidMessage(String)

  // References.
  case invalidReferenceName(String)
  /// Compare-and-swap lost; `found` is what the reference holds now, nil where it does not exist.
  case referenceMoved(name: String, found: ObjectID?)
  /// `path` is the lock file that stands in the way.
  case referenceLocked(name: String, path: String)
  /// A reference of this name cannot stand beside another, as `a/b` beside `a`.
  case referenceCollides(name: String, detail: String)

  // Writing.
  case readOnly(path: String, detail: String)
  case diskFull(path: String, detail: String)

  /// Anything else that libgit2 reported.
  case libgit2(operation: String, code: Int32, detail: String)
}

extension GitError: CustomStringConvertible {
  /// One line in git's manner: lower case, no full stop, the subject in single quotes.
  package var description: String {
    openingDescription ?? objectDescription ?? writingDescription
  }

  private var openingDescription: String? {
    switch self {
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
    case .invalidSignature(let name): "invalid name or email in '\(name)'"
    case .invalidMessage(let detail): "invalid commit message: \(detail)"
    default: nil
    }
  }

  private var writingDescription: String {
    switch self {
    case .invalidReferenceName(let name): "invalid reference name '\(name)'"
    case .referenceMoved(let name, let found):
      "reference '\(name)' moved: it is now \(found?.hex ?? "absent")"
    case .referenceLocked(let name, let path): "reference '\(name)' is locked by '\(path)'"
    case .referenceCollides(let name, let detail): "cannot create reference '\(name)': \(detail)"
    case .readOnly(let path, let detail): "cannot write to '\(path)': \(detail)"
    case .diskFull(let path, let detail): "no space left for '\(path)': \(detail)"
    case .libgit2(let operation, _, let detail): "cannot \(operation): \(detail)"
    default: "unknown error"
    }
  }

  /// What to type next, where there is something.
  package var hint: String? {
    switch self {
    case .notARepository: "change to a git repository, or run 'git init'"
    case .notOwned(let path): "git config --global --add safe.directory '\(path)'"
    case .unborn: "make a first commit: git commit --allow-empty -m 'first commit'"
    case .referenceLocked(_, let path):
      "if no other git process runs, remove the lock: rm '\(path)'"
    default: nil
    }
  }
}
