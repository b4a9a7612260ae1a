/// How many requests each process may still make at once: so many, which come back at a rate.
struct RequestPace: Sendable {
  private struct Bucket {
    var left: Double
    var at: Double
  }

  private let rate: Double
  private let burst: Double
  private var buckets: [Int64: Bucket] = [:]

  init(_ limits: ControlLimits) {
    rate = max(limits.rate, 0.001)
    burst = max(limits.burst, 1)
  }

  /// Takes one request of a client at `now` seconds; else gives when it may be taken.
  mutating func take(_ client: Int64, at now: Double) -> Double? {
    var bucket = buckets[client] ?? Bucket(left: burst, at: now)
    bucket.left = min(burst, bucket.left + max(0, now - bucket.at) * rate)
    bucket.at = now
    defer { buckets[client] = bucket }
    guard bucket.left < 1 else {
      bucket.left -= 1
      return nil
    }
    return now + (1 - bucket.left) / rate
  }

  /// Forgets those who have all that there is.
  mutating func forget(at now: Double) {
    buckets = buckets.filter { $0.value.left + (now - $0.value.at) * rate < burst }
  }
}
