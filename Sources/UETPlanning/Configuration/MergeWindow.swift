import UETModel

/// Days and hours in which results may land, as `mon-fri 09:00-17:00`, in the machine's own time or
/// with ` UTC` behind.
package struct MergeWindow: Hashable, Sendable {
  /// As it was written.
  package let text: String
  /// Monday is 0.
  private let days: Set<Int>
  /// Minutes of the day; an end that is no later than the start is on the next day.
  private let (start, end): (Int, Int)
  private let isUTC: Bool

  private static let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  private static let day = 24 * 60

  /// Nil where the text is none.
  package init?(_ text: String) {
    var words = text.lowercased().split(separator: " ")
    isUTC = words.last == "utc"
    if isUTC { words.removeLast() }
    guard words.count == 1 || words.count == 2, let hours = words.last.flatMap(Self.hours) else {
      return nil
    }
    guard let days = words.count == 2 ? Self.days(words[0]) : Set(0..<7) else { return nil }
    (self.text, self.days, (start, end)) = (text, days, hours)
  }

  /// `mon`, `mon-fri`, `sat,sun`.
  private static func days(_ text: Substring) -> Set<Int>? {
    var days: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map {
        names.firstIndex(of: String($0))
      }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1]
      else { return nil }
      var day = first
      days.insert(day)
      while day != last {
        day = (day + 1) % 7
        days.insert(day)
      }
    }
    return days
  }

  private static func hours(_ text: Substring) -> (Int, Int)? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(minutes)
    guard ends.count == 2, let start = ends[0], let end = ends[1], start < day, start != end else {
      return nil
    }
    return (start, end)
  }

  private static func minutes(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hour = Int(parts[0]),
      let minute = Int(parts[1]), (0...24).contains(hour), (0..<60).contains(minute),
      hour < 24 || minute == 0
    else { return nil }
    return hour * 60 + minute
  }

  /// Seconds east of UTC at a moment.
  package typealias Zone = @Sendable (Timestamp) -> Int

  /// Whether results may land at that moment.
  package func isOpen(at moment: Timestamp, in zone: Zone) -> Bool {
    let seconds = moment.wholeSeconds + (isUTC ? 0 : Int64(zone(moment)))
    let minutes = Int((Double(seconds) / 60).rounded(.down))
    // The first of January 1970 was a Thursday.
    let (weekday, minute) = ((minutes / Self.day + 3) % 7, minutes % Self.day)
    if start < end { return days.contains(weekday) && (start..<end).contains(minute) }
    // Over midnight: today's, or the end of yesterday's.
    return days.contains(weekday) && minute >= start
      || days.contains((weekday + 6) % 7) && minute < end
  }
}

extension Collection<MergeWindow> {
  /// Whether results may land: where there are no windows, always.
  package func areOpen(at moment: Timestamp, in zone: MergeWindow.Zone) -> Bool {
    isEmpty || contains { $0.isOpen(at: moment, in: zone) }
  }

  /// The first minute from `moment` on in which results may land.
  package func opening(from moment: Timestamp, in zone: MergeWindow.Zone) -> Timestamp? {
    let minute = moment.wholeSeconds / 60
    // Every window opens within a week, and an hour more where clocks are set.
    for step in 0...Int64(8 * 24 * 60) {
      let time = Timestamp(seconds: (minute + step) * 60)
      if areOpen(at: time, in: zone) { return step == 0 ? moment : time }
    }
    return nil
  }
}

extension Reading {
  /// Days and hours.
  mutating func mergeWindow(_ node: Node) -> MergeWindow? {
    guard let text = string(node) else { return nil }
    if let window = MergeWindow(text) { return window }
    noteValue(node, "must be days and hours such as 'mon-fri 09:00-17:00' or '22:00-06:00 UTC'")
    return nil
  }
}
