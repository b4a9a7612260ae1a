import UETLedger
import UETModel

/// A run's state that goes on with its record, of which each event is read once.
package struct FollowedRun: Sendable {
  package enum News: Sendable {
    case nothing
    /// What has come since, in order.
    case events([Event])
    /// It is not the chain that it was: the state is what is on record now.
    case another
  }

  package let run: RunID
  package private(set) var state: RunState
  private let project: Project
  /// How far the record has been read; nil for one that grows no more.
  private var tip: ObjectID?

  package init(_ project: Project, _ run: RunID) throws {
    (self.project, self.run) = (project, run)
    // Asked first: what comes meanwhile is read again, and known by its number.
    tip = try project.archived(run) == nil ? try project.reader.tip(of: run) : nil
    state = try project.state(of: run)
  }

  /// Reads what has come since it was asked last.
  package mutating func refresh() throws -> News {
    guard let tip else { return .nothing }
    let now = try project.reader.tip(of: run)
    if now == tip { return .nothing }
    var news: [Event] = []
    let (reader, last) = (project.reader, state.sequence)
    do {
      _ = try reader.walk(to: now, after: tip) { (commit) throws(LedgerError) in
        news += try reader.events(of: commit)
      }
      news.removeAll { $0.seq <= last }
      for event in news { try state.apply(event) }
    } catch {
      state = try project.state(of: run)
      self.tip = now
      return .another
    }
    self.tip = now
    return news.isEmpty ? .nothing : .events(news)
  }
}
