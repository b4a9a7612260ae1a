import UETModel

/// When everything of a run was, for pictures of it; times in microseconds since 1970.
package struct RunTrack: Sendable {
  /// A workstream's time from one moment to another, and what it went into.
  struct Part: Hashable, Sendable {
    let use: TimeUse
    let span: Range<Int64>
  }

  /// A value that holds from a moment on.
  struct Point: Hashable, Sendable {
    let time: Int64
    let value: Double
  }

  private(set) var parts: [WorkstreamID: [Part]] = [:]
  /// US dollars spent, as far as they have a price.
  private(set) var cost: [Point] = []
  /// Candidates in the queue.
  private(set) var queue: [Point] = []

  /// More points than this are no longer told apart in a picture.
  private static let most = 4_000

  package init() {}

  mutating func add(_ id: WorkstreamID, _ use: TimeUse, _ spans: TimeSpans) {
    for span in spans.spans { parts[id, default: []].append(Part(use: use, span: span)) }
  }

  mutating func spent(_ dollars: Double, at time: Int64) {
    Self.note(Point(time: time, value: dollars), in: &cost)
  }

  mutating func waiting(_ count: Int, at time: Int64) {
    Self.note(Point(time: time, value: Double(count)), in: &queue)
  }

  /// Of many points every other one goes, the last never.
  private static func note(_ point: Point, in points: inout [Point]) {
    if points.last?.time == point.time { points.removeLast() }
    points.append(point)
    guard points.count > most else { return }
    points = points.enumerated().filter { $0.offset % 2 == 0 || $0.offset == points.count - 1 }
      .map(\.element)
  }
}
