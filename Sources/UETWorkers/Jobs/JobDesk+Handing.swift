extension JobDesk {
  /// An order that is not handed over yet, and who waits for that.
  struct Waiting {
    let number: Int
    let order: JobOrder
    let answer: CheckedContinuation<Result<JobID, JobError>, Never>
    /// It was sent to a system that did not answer: it may have been taken all the same.
    var isDoubtful = false
  }

  /// Hands a job over, with what else comes at the time. Waits for a system that cannot be reached
  /// until the task is cancelled.
  package func submit(_ order: JobOrder) async throws(JobError) -> JobID {
    let number = nextNumber()
    let result: Result<JobID, JobError> = await withTaskCancellationHandler {
      await withCheckedContinuation { answer in
        if Task.isCancelled { return answer.resume(returning: .failure(.givenUp)) }
        queue.append(Waiting(number: number, order: order, answer: answer))
        handOverSoon()
      }
    } onCancel: {
      Task { await self.giveUp(number) }
    }
    return try result.get()
  }

  private func giveUp(_ number: Int) {
    guard let index = queue.firstIndex(where: { $0.number == number }) else {
      if isHandingOver { abandoned.insert(number) }
      return
    }
    queue.remove(at: index).answer.resume(returning: .failure(.givenUp))
  }

  private func handOverSoon() {
    if isHandingOver { return }
    isHandingOver = true
    Task { await handOver() }
  }

  private func handOver() async {
    var patience = pace.patience
    while !queue.isEmpty {
      await pace.pause(pace.gathering)
      guard let error = await handOverOnce() else {
        patience = pace.patience
        continue
      }
      heard(error, .handing)
      repeat {
        await pace.pause(patience)
        patience = min(patience * 2, pace.longestPatience)
      } while await !settleDoubts()
    }
    isHandingOver = false
  }

  /// Hands over what waits; why the system did not take all of it, where it could not be reached.
  private func handOverOnce() async -> JobError? {
    let batch = queue
    queue = []
    guard !batch.isEmpty else { return nil }
    let results = await system.submit(batch.map(\.order))
    var left: [Waiting] = []
    var failure: JobError?
    for (var waiting, result) in zip(batch, results) {
      if case .failure(let error) = result, case .unreachable = error {
        failure = error
        waiting.isDoubtful = true
        if abandoned.contains(waiting.number) {
          waiting.answer.resume(returning: .failure(.givenUp))
        } else {
          left.append(waiting)
        }
      } else {
        waiting.answer.resume(returning: result)
      }
    }
    abandoned = []
    queue = left + queue
    if failure == nil { heard(nil, .handing) }
    return failure
  }

  /// Looks by name for what may have been taken without an answer; false where the system still
  /// does not say. Else one that it has would be there twice.
  private func settleDoubts() async -> Bool {
    guard let prefix = queue.filter(\.isDoubtful).map(\.order.name).commonPrefix else {
      return true
    }
    do {
      let found = try await system.find(prefix: prefix)
      queue.removeAll { waiting in
        guard waiting.isDoubtful, let job = found[waiting.order.name] else { return false }
        waiting.answer.resume(returning: .success(job))
        return true
      }
      if queue.isEmpty { heard(nil, .handing) }
      return true
    } catch {
      // One that cannot look by name at all is not waited for.
      if case .unreachable = error { return false }
      return true
    }
  }
}
