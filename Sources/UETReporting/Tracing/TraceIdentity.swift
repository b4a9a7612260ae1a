import UETModel

/// The ids of a run's trace and of what happened in it, by W3C's Trace Context.
///
/// They follow from the run alone, so that whoever takes it up again, or reads its record, comes to
/// the same, and a worker can be told the id of its attempt before anything is sent.
package struct TraceIdentity: Hashable, Sendable {
  /// What a span is of.
  package enum Subject: Hashable, Sendable {
    case run
    case attempt(WorkstreamID, Int)
    /// Begun by the event of this sequence number.
    case step(Int)
  }

  /// 32 hexadecimal digits.
  package let trace: String
  private let seed: String

  /// `base` tells runs of different repositories apart that were begun in the same second.
  package init(_ run: RunID, base: ObjectID?) {
    seed = "\(run) \(base?.hex ?? "")"
    trace = Self.hex(Self.digest("trace 1 \(seed)")) + Self.hex(Self.digest("trace 2 \(seed)"))
  }

  /// 16 hexadecimal digits.
  package func span(_ subject: Subject) -> String {
    let name =
      switch subject {
      case .run: "run"
      case .attempt(let id, let number): "attempt \(id) \(number)"
      case .step(let sequence): "step \(sequence)"
      }
    return Self.hex(Self.digest("span \(name) \(seed)"))
  }

  /// What a worker is told: everything is recorded.
  package func traceparent(_ id: WorkstreamID, _ attempt: Int) -> String {
    "00-\(trace)-\(span(.attempt(id, attempt)))-01"
  }

  /// FNV-1a, then the finalizer of SplitMix64, since FNV hardly changes the first digits. Never 0,
  /// which means none.
  private static func digest(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    hash = (hash ^ (hash >> 30)) &* 0xbf58_476d_1ce4_e5b9
    hash = (hash ^ (hash >> 27)) &* 0x94d0_49bb_1331_11eb
    return max(1, hash ^ (hash >> 31))
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
