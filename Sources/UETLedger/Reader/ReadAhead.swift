import Dispatch
import Synchronization
import UETModel

/// The commits of a chain with their events, read on a thread of its own, some pieces ahead of
/// whoever takes them.
final class ReadAhead: Sendable {
  typealias Piece = [(commit: ChainCommit, events: [Event])]

  private struct State {
    var pieces: [Piece] = []
    var end: Result<Bool, LedgerError>?
  }

  /// Events in a piece, or those of one commit, and pieces that wait at most: few, so that the
  /// memory stays flat.
  private static let length = 512
  private static let limit = 4

  private let state = Mutex(State())
  private let room = DispatchSemaphore(value: limit)
  private let news = DispatchSemaphore(value: 0)

  /// Begins to read; everything has to be taken.
  init(_ reader: LedgerReader, to tip: ObjectID, after base: ObjectID?) {
    DispatchQueue.global().async { [self] in
      var piece: Piece = []
      var count = 0
      let end: Result<Bool, LedgerError>
      do throws(LedgerError) {
        let isFound = try reader.walk(to: tip, after: base) { (commit) throws(LedgerError) in
          let events = try reader.events(of: commit)
          piece.append((commit, events))
          count += max(1, events.count)
          if count >= Self.length {
            give(piece)
            (piece, count) = ([], 0)
          }
        }
        end = .success(isFound)
      } catch {
        end = .failure(error)
      }
      give(piece)
      state.withLock { $0.end = end }
      news.signal()
    }
  }

  private func give(_ piece: Piece) {
    room.wait()
    state.withLock { $0.pieces.append(piece) }
    news.signal()
  }

  /// The next piece, for which it waits; nil at the end.
  func next() -> Piece? {
    news.wait()
    return state.withLock { state in
      if state.pieces.isEmpty { return nil }
      room.signal()
      return state.pieces.removeFirst()
    }
  }

  /// What the walk gave, once there is no next piece.
  func end() throws(LedgerError) -> Bool {
    guard let end = state.withLock({ $0.end }) else { preconditionFailure("not at its end") }
    return try end.get()
  }
}
