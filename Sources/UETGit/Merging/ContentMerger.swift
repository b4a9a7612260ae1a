import Dispatch
import Synchronization
import UETModel

/// Puts merges to one git process for as long as it can answer them.
final class ContentMerger: Sendable {
  private let git: SealedGit
  private let stash: ObjectStash
  private let inside = Mutex(Inside())
  /// Reading blocks until git has answered, so it does not run on the threads that tasks share.
  private let queue = DispatchQueue(label: "uet.merges")

  private struct Inside: ~Copyable {
    var process: MergeProcess?
    var place: AttributePlace?
  }

  init(_ git: SealedGit, _ stash: ObjectStash) { (self.git, self.stash) = (git, stash) }

  /// nil where git ended instead of answering: why, it says when it is asked by itself.
  func ask(
    _ ours: ObjectID, _ theirs: ObjectID, _ attributes: AttributeFiles
  ) async throws(GitError) -> MergeResult? {
    let result: Result<MergeResult?, GitError> = await withCheckedContinuation { waiter in
      queue.async {
        waiter.resume(returning: self.inside.withLock { self.ask(ours, theirs, attributes, &$0) })
      }
    }
    return try result.get()
  }

  /// Ends the process.
  func close() { inside.withLock { $0 = Inside() } }

  private func ask(
    _ ours: ObjectID, _ theirs: ObjectID, _ attributes: AttributeFiles, _ inside: inout Inside
  ) -> Result<MergeResult?, GitError> {
    do throws(GitError) {
      try prepare(attributes, &inside)
    } catch {
      inside = Inside()
      return .failure(error)
    }
    let answer = inside.process?.ask(ours, theirs)
    if answer == nil { inside = Inside() }
    return .success(answer)
  }

  private func prepare(
    _ attributes: AttributeFiles, _ inside: inout Inside
  ) throws(GitError) {
    if inside.process != nil, try inside.place?.add(attributes, git.repository) == true { return }
    inside = Inside()
    var place = try AttributePlace.make(git.repository)
    _ = try place.add(attributes, git.repository)
    var options = SealedGit.Options()
    place.enter(&options)
    options.isDurable = true
    let child = try git.child(["merge-tree", "--write-tree", "--stdin", "-z"], options)
    inside.process = try MergeProcess(child, git.watch, filler: try filler())
    inside.place = consume place
  }

  /// Two commits whose merge git has much to say about, and nothing to write: one changed a file
  /// with a very long name, the other dropped it.
  private func filler() throws(GitError) -> (ObjectID, ObjectID) {
    let nobody = Signature(name: "git-uet", email: "", at: .init(seconds: 0))
    let directory = git.repository.commonDirectory
    func put(_ content: [UInt8], _ kind: ObjectKind) throws(GitError) -> ObjectID {
      let id = Repository.hash(content, kind)
      _ = try LooseObject(id, in: directory).writeUnsynced(kind, content)
      return id
    }
    func commit(_ text: String?, _ parents: [ObjectID]) throws(GitError) -> ObjectID {
      var tree: [UInt8] = []
      if let text {
        let blob = try put(Array(text.utf8), .blob)
        tree += Array("100644 ".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: 3_900)
        tree += [0] + blob.bytes
      }
      let id = try put(tree, .tree)
      return try put(
        Repository.commitText(
          tree: id, parents: parents, message: "filler\n", author: nobody, committer: nobody),
        .commit)
    }
    let root = try commit("1\n", [])
    return (try commit("2\n", [root]), try commit(nil, [root]))
  }
}
