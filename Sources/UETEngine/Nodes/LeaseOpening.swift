import UETGit
import UETModel

/// Puts orders where nodes find them: those that come at a time are written as one pack, and their
/// leases begin together, at a remote by one push.
actor LeaseOpening {
  private struct Waiting {
    let lease: String
    let order: Shared<NodeOrder>
    let time: Timestamp
    let answer: CheckedContinuation<Result<ObjectID?, GitError>, Never>
  }

  private let board: LeaseBoard
  private var waiting: [Waiting] = []
  private var isOpening = false

  /// How long others are waited for, and how many leases begin at a time.
  private static let gathering = Duration.milliseconds(20)
  private static let most = 500

  init(_ board: LeaseBoard) { self.board = board }

  /// The end of the lease that begins with an order; nil where there is another one of its name.
  ///
  /// Whoever did not get an answer may ask again with the same order and time.
  func open(
    _ lease: String, with order: Shared<NodeOrder>, at time: Timestamp
  ) async throws(GitError) -> ObjectID? {
    let result = await withCheckedContinuation { answer in
      waiting.append(Waiting(lease: lease, order: order, time: time, answer: answer))
      if isOpening { return }
      isOpening = true
      Task { await openAll() }
    }
    return try result.get()
  }

  private func openAll() async {
    while !waiting.isEmpty {
      try? await Task.sleep(for: Self.gathering)
      let batch = Array(waiting.prefix(Self.most))
      waiting.removeFirst(batch.count)
      for (one, result) in zip(batch, await opened(batch)) { one.answer.resume(returning: result) }
    }
    isOpening = false
  }

  private func opened(_ batch: [Waiting]) async -> [Result<ObjectID?, GitError>] {
    let stash = ObjectStash(board.project.repository)
    // No collection takes what is written before a lease leads to it.
    defer { stash.release() }
    let leases: [(name: String, end: ObjectID)]
    do throws(GitError) {
      var written: [(name: String, end: ObjectID)] = []
      for one in batch {
        written.append((one.lease, try one.order.value.write(to: stash, at: one.time)))
      }
      try stash.store()
      leases = written
    } catch {
      return batch.map { _ in .failure(error) }
    }
    var results: [Result<ObjectID?, GitError>] = []
    for (lease, result) in zip(leases, await board.begin(leases)) {
      do throws(GitError) {
        // Where only the answer was lost before, it is there already.
        let isThere =
          if try result.get() { true } else { try await board.end(of: lease.name) == lease.end }
        results.append(.success(isThere ? lease.end : nil))
      } catch {
        results.append(.failure(error))
      }
    }
    return results
  }
}
