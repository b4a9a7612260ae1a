/// Sizes for people.
enum ByteCount {
  /// `0 B`, `812 B`, `4.0 KiB`, `1.2 GiB`.
  static func text(_ bytes: Int64) -> String {
    if bytes < 1024 { return "\(bytes) B" }
    var value = Double(bytes) / 1024
    for unit in ["KiB", "MiB", "GiB"] {
      if value < 1000 { return "\((value * 10).rounded() / 10) \(unit)" }
      value /= 1024
    }
    return "\((value * 10).rounded() / 10) TiB"
  }
}
