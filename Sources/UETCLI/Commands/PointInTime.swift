import ArgumentParser
import UETModel
import UETPlanning

/// A time as people type it: in UTC, a day, or a span back from now.
enum PointInTime {
  case time(Timestamp)
  /// In seconds.
  case before(Double)

  init(typed text: String) throws {
    if let time = Timestamp(text) ?? Timestamp(text + "T00:00:00Z") {
      self = .time(time)
    } else if let seconds = DurationText.seconds(text) {
      self = .before(seconds)
    } else {
      throw ValidationError("write it as 2026-11-21T04:00:00Z, 2026-11-21, 90s, 15m, 2h or 3d")
    }
  }

  func moment(now: Timestamp) -> Timestamp {
    switch self {
    case .time(let time): time
    case .before(let seconds): now.advanced(bySeconds: -seconds)
    }
  }
}
