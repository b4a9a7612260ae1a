/// How long work on this machine waited of late, as the kernel tells (pressure stall information):
/// shares of the last ten seconds in percent.
package struct MachinePressure: Hashable, Sendable {
  /// In which something waited, and in which everything did.
  package let some: Double
  package let full: Double

  /// nil where the kernel does not tell. `root` stands for `/`.
  package init?(of resource: String, root: String = "") {
    let path = "\(root)/proc/pressure/\(resource)"
    guard let bytes = Files.content(of: path, limit: 1024) else { return nil }
    var shares: [Substring: Double] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let kind = words.first, let word = words.first(where: { $0.hasPrefix("avg10=") }),
        let share = Double(word.dropFirst(6))
      else { continue }
      shares[kind] = share
    }
    guard let some = shares["some"] else { return nil }
    self.some = some
    full = shares["full"] ?? 0
  }
}

/// The battery that a machine runs on.
package struct MachineBattery: Hashable, Sendable {
  /// What is left in percent; of several all together.
  package let level: Double
  package let isDischarging: Bool

  /// nil where there is none. `root` stands for `/`.
  package init?(root: String = "") {
    let folder = "\(root)/sys/class/power_supply"
    var levels: [Double] = []
    var isDischarging = false
    for name in Files.names(in: folder) {
      func line(_ file: String) -> String? { Files.line("\(folder)/\(name)/\(file)") }
      // Those of mice and the like say which device they are of.
      guard line("type") == "Battery", line("scope") != "Device",
        let level = line("capacity").flatMap({ Double($0) })
      else { continue }
      levels.append(level)
      if line("status") == "Discharging" { isDischarging = true }
    }
    if levels.isEmpty { return nil }
    level = levels.reduce(0, +) / Double(levels.count)
    self.isDischarging = isDischarging
  }
}
