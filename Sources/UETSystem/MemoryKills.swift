/// Processes that the kernel killed for want of memory, in all control groups.
package enum MemoryKills {
  /// How many since the machine started; nil where the system does not say. `root` stands for `/`.
  package static func count(root: String = "") -> Int? {
    guard let bytes = Files.content(of: "\(root)/proc/vmstat", limit: 1 << 16) else { return nil }
    let name = Array("\noom_kill ".utf8)
    guard let start = bytes.firstRange(of: name) else { return nil }
    return Int(String(decoding: bytes[start.upperBound...].prefix { $0 != 10 }, as: UTF8.self))
  }
}
