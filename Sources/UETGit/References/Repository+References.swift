import CLibgit2
import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Repository {
  /// What the full reference name holds, symbolic ones followed; nil where there is none.
  package func reference(_ name: String) throws(GitError) -> ObjectID? {
    try locked { (handle) throws(GitError) in
      var oid = git_oid()
      let code = git_reference_name_to_id(&oid, handle.repository, name)
      if code == GIT_ENOTFOUND.rawValue { return nil }
      if code == GIT_EINVALIDSPEC.rawValue { throw .invalidReferenceName(name) }
      guard code == 0 else { throw Libgit2.failure(code, "read reference '\(name)'") }
      return ObjectID(oid)
    }
  }

  /// The reference that a name stands for: the last of a chain of symbolic ones, whether or not it
  /// is there; the name itself where that cannot be read.
  package func branch(behind name: String) -> String { (try? end(of: name).name) ?? name }

  /// The same; nil where that holds nothing, or the chain is longer than git follows.
  package func resolvedReference(_ name: String) throws(GitError) -> String? {
    let end = try end(of: name)
    return end.isThere ? end.name : nil
  }

  private func end(of name: String) throws(GitError) -> (name: String, isThere: Bool) {
    var name = name
    // As many steps as git makes.
    for _ in 0..<6 {
      switch try step(from: name) {
      case .missing: return (name, false)
      case .direct: return (name, true)
      case .symbolic(let next): name = next
      }
    }
    return (name, false)
  }

  /// The reference that makes it impossible to have one of this name, as `a` does for `a/b`; nil
  /// where there is none.
  package func reference(inTheWayOf name: String) throws(GitError) -> String? {
    let parts = name.split(separator: "/")
    guard parts.count > 2 else { return nil }
    for count in 2..<parts.count {
      let above = parts[..<count].joined(separator: "/")
      if try reference(above) != nil || Files.isFile("\(commonDirectory)/\(above)") {
        return above
      }
    }
    return nil
  }

  private enum ReferenceStep: Sendable {
    case missing, direct
    case symbolic(String)
  }

  private func step(from name: String) throws(GitError) -> ReferenceStep {
    try locked { (handle) throws(GitError) in
      var reference: OpaquePointer?
      let code = git_reference_lookup(&reference, handle.repository, name)
      if code == GIT_ENOTFOUND.rawValue { return .missing }
      if code == GIT_EINVALIDSPEC.rawValue { throw .invalidReferenceName(name) }
      guard code == 0, let reference else {
        throw Libgit2.failure(code, "read reference '\(name)'")
      }
      defer { git_reference_free(reference) }
      return git_reference_symbolic_target(reference).map { .symbolic(String(cString: $0)) }
        ?? .direct
    }
  }

  /// All references below `prefix`, as `refs/uet/runs`, in the order of their bytes.
  ///
  /// A reference that vanishes meanwhile, or a symbolic one that leads nowhere, is left out.
  package func references(
    under prefix: String
  ) throws(GitError) -> [(name: String, id: ObjectID)] {
    let folder = prefix.hasSuffix("/") ? prefix : prefix + "/"
    let glob = folder.contains { "*?[\\".contains($0) } ? "refs/*" : folder + "*"
    let found = try locked { (handle) throws(GitError) -> [NamedReference] in
      var iterator: OpaquePointer?
      let code = git_reference_iterator_glob_new(&iterator, handle.repository, glob)
      guard code == 0, let iterator else { throw Libgit2.failure(code, "list references") }
      defer { git_reference_iterator_free(iterator) }
      return try Self.collect(iterator, handle.repository, folder)
    }
    return found.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      .map { ($0.name, $0.id) }
  }

  /// The names of all references, in no order: nothing is read of them.
  package func referenceNames() throws(GitError) -> [String] {
    try locked { (handle) throws(GitError) in
      var iterator: OpaquePointer?
      let code = git_reference_iterator_new(&iterator, handle.repository)
      guard code == 0, let iterator else { throw Libgit2.failure(code, "list references") }
      defer { git_reference_iterator_free(iterator) }
      var names: [String] = []
      var text: UnsafePointer<CChar>?
      while true {
        let code = git_reference_next_name(&text, iterator)
        if code == GIT_ITEROVER.rawValue { return names }
        guard code == 0, let text else { throw Libgit2.failure(code, "list references") }
        names.append(String(cString: text))
      }
    }
  }

  private struct NamedReference: Sendable {
    let name: String
    let id: ObjectID
  }

  private static func collect(
    _ iterator: OpaquePointer, _ repository: OpaquePointer, _ folder: String
  ) throws(GitError) -> [NamedReference] {
    var result: [NamedReference] = []
    var text: UnsafePointer<CChar>?
    while true {
      let code = git_reference_next_name(&text, iterator)
      if code == GIT_ITEROVER.rawValue { return result }
      guard code == 0, let text else { throw Libgit2.failure(code, "list references") }
      let name = String(cString: text)
      guard name.utf8.starts(with: folder.utf8) else { continue }
      var oid = git_oid()
      if git_reference_name_to_id(&oid, repository, name) == 0 {
        result.append(NamedReference(name: name, id: ObjectID(oid)))
      }
    }
  }

  /// Moves a reference by compare-and-swap.
  ///
  /// `expecting` is what it must hold at that moment: `.zero` for nothing at all, nil for whatever
  /// is there. A lock of another process is waited for as git does, for a tenth of a second.
  /// Throws `referenceMoved` and `referenceLocked`, among others.
  package func setReference(
    _ name: String, to id: ObjectID, expecting old: ObjectID?, message: String
  ) throws(GitError) {
    guard name.hasPrefix("refs/"), !name.utf8.contains(0) else {
      throw .invalidReferenceName(name)
    }
    var pause: UInt32 = 1_000
    var waited: UInt32 = 0
    while true {
      do throws(GitError) {
        return try setReferenceOnce(name, to: id, expecting: old, message: message)
      } catch .referenceLocked where waited < 100_000 {
        usleep(pause)
        waited += pause
        pause = min(pause * 2, 16_000)
      } catch {
        throw explained(error, name)
      }
    }
  }

  private func setReferenceOnce(
    _ name: String, to id: ObjectID, expecting old: ObjectID?, message: String
  ) throws(GitError) {
    try locked { (handle) throws(GitError) in
      var target = id.oid
      var reference: OpaquePointer?
      var code: Int32
      if let old {
        var expected = old.oid
        code = git_reference_create_matching(
          &reference, handle.repository, name, &target, 1, &expected, message)
      } else {
        code = git_reference_create(&reference, handle.repository, name, &target, 1, message)
      }
      git_reference_free(reference)
      if code != 0 { throw referenceFailure(code, name, handle) }
    }
  }

  /// A failure told by its cause where that is a reference that cannot stand beside the other.
  private func explained(_ error: GitError, _ name: String) -> GitError {
    switch error {
    case .libgit2, .referenceCollides, .readOnly:
      guard let other = (try? reference(inTheWayOf: name)) ?? nil else { return error }
      return .referenceCollides(name: name, detail: "'\(other)' is in the way")
    default: return error
    }
  }

  private func referenceFailure(
    _ code: Int32, _ name: String, _ handle: borrowing RepositoryHandle
  ) -> GitError {
    let detail = Libgit2.lastMessage
    let path = commonDirectory + "/" + name
    switch code {
    case GIT_ELOCKED.rawValue: return .referenceLocked(name: name, path: path + ".lock")
    case GIT_EINVALIDSPEC.rawValue: return .invalidReferenceName(name)
    case GIT_EMODIFIED.rawValue, GIT_ENOTFOUND.rawValue:
      var oid = git_oid()
      let found = git_reference_name_to_id(&oid, handle.repository, name)
      if code == GIT_ENOTFOUND.rawValue && found == 0 {
        return .libgit2(operation: "set reference '\(name)'", code: code, detail: detail)
      }
      return .referenceMoved(name: name, found: found == 0 ? ObjectID(oid) : nil)
    case GIT_EEXISTS.rawValue, GIT_EDIRECTORY.rawValue:
      return .referenceCollides(name: name, detail: detail)
    default: return Libgit2.failure(code, "set reference '\(name)'", path: path)
    }
  }
}
