import UETModel

extension SealedGit {
  /// Changes all of the references, or none, each from its old value; durably.
  ///
  /// Throws `referenceMoved` or `referenceLocked` for the first that stood in the way.
  package func updateReferences(
    _ changes: [ReferenceChange], message: String = "uet"
  ) async throws(GitError) {
    if changes.isEmpty { return }
    var input: [UInt8] = []
    for change in changes {
      guard change.name.hasPrefix("refs/"), !change.name.utf8.contains(0) else {
        throw .invalidReferenceName(change.name)
      }
      input += Array("option no-deref\0".utf8)
      // An empty old value means that it does not matter; zero, that there must be none.
      let old = change.old?.hex ?? ""
      if let new = change.new {
        input += Array("update \(change.name)\0\(new)\0\(old)\0".utf8)
      } else {
        input += Array("delete \(change.name)\0\(old)\0".utf8)
      }
    }
    let arguments = ["update-ref", "-m", message, "--stdin", "-z"]
    let output = try await run(arguments) {
      $0.input = input
      $0.isDurable = true
    }
    if output.status != 0 { throw referenceFailure(changes, arguments, output) }
  }

  /// Which of the references stood in the way.
  private func referenceFailure(
    _ changes: [ReferenceChange], _ arguments: [String], _ output: Output
  ) -> GitError {
    if let lock = Self.quoted(in: output.stderr, after: "Unable to create ") {
      let name = changes.first { lock.hasSuffix("/" + $0.name + ".lock") }?.name
      return .referenceLocked(name: name ?? "refs", path: lock)
    }
    for change in changes {
      guard let old = change.old, let found = try? repository.reference(change.name) ?? .zero
      else { continue }
      if found != old {
        return .referenceMoved(name: change.name, found: found.isZero ? nil : found)
      }
    }
    if let name = Self.quoted(in: output.stderr, after: "refusing to update ref with bad name ")
      ?? Self.quoted(in: output.stderr, after: "invalid ref format: ")
    {
      return .invalidReferenceName(name)
    }
    return Self.failure(arguments, output)
  }

  /// The text in single quotes that follows `words`.
  private static func quoted(in text: String, after words: String) -> String? {
    guard let start = text.firstRange(of: words + "'")?.upperBound,
      let end = text[start...].firstIndex(of: "'")
    else { return nil }
    return String(text[start..<end])
  }
}
