extension String {
  /// Its first and last bytes, and how many are left out between them; as it is where it has no
  /// more. `gap` stands around what says so.
  func shortened(head: Int, tail: Int, gap: String = "") -> String {
    let count = utf8.count
    guard count > head + tail else { return self }
    return String(decoding: utf8.prefix(head), as: UTF8.self)
      + "\(gap)… \(count - head - tail) bytes left out …\(gap)"
      + String(decoding: utf8.suffix(tail), as: UTF8.self)
  }
}
