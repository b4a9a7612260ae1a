/// How fast each of several that share a machine gets on: at full speed as long as no more than
/// `capacity` are at work, else each by its share of that.
package struct Crowding: Sendable {
  private var times: [Double] = []
  /// Work done since the first time by one that is at it all the time.
  private var done: [Double] = []

  /// - Parameter spans: When each is at work, in any unit of time.
  package init(_ spans: [Range<Double>], capacity: Double) {
    var changes: [(time: Double, by: Int)] = []
    for span in spans where !span.isEmpty {
      changes.append((span.lowerBound, 1))
      changes.append((span.upperBound, -1))
    }
    changes.sort { $0.time < $1.time }
    var (atWork, sum) = (0, 0.0)
    for change in changes {
      if let last = times.last, change.time > last {
        sum += (change.time - last) * (atWork > 0 ? min(1, capacity / Double(atWork)) : 1)
      }
      if times.last != change.time {
        times.append(change.time)
        done.append(sum)
      }
      atWork += change.by
    }
  }

  /// The mean speed within the span, greater than 0 and at most 1.
  package func rate(in span: Range<Double>) -> Double {
    let length = span.upperBound - span.lowerBound
    guard length > 0, times.count > 1 else { return 1 }
    return max(0.001, min(1, (work(at: span.upperBound) - work(at: span.lowerBound)) / length))
  }

  private func work(at time: Double) -> Double {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    // Outside of all it goes at full speed.
    guard low > 0 else { return time - times[0] }
    guard low < times.count else { return done[low - 1] + time - times[low - 1] }
    let share = (time - times[low - 1]) / (times[low] - times[low - 1])
    return done[low - 1] + share * (done[low] - done[low - 1])
  }
}
