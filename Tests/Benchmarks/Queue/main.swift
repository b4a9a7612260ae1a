import UETMergeQueue

/// Prints how long changes wait and what they cost, for this queue beside others and an oracle.
/// `queue-benchmark [CHANGES [SEEDS]]`.
let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let count = arguments.first ?? 100
let seeds = arguments.dropFirst().first ?? 3

func number(_ value: Double) -> String {
  let tenths = Int((value * 10).rounded())
  return "\(tenths / 10).\(tenths % 10)"
}

func cell(_ result: DayResult) -> String {
  "\(number(result.minutes(0.5))) / \(number(result.minutes(0.95))) / "
    + "\(number(result.minutes(0.99))), \(number(result.runsPerChange))"
}

func row(slots: Int, rate: Double, gate: Double, window: Int) throws {
  var results = [DayResult](repeating: DayResult(), count: 5)
  for seed in 1...UInt64(seeds) {
    let day = SimulatedDay(seed: seed, count: count, rate: rate, gate: gate, slots: slots)
    results[0].add(try MachineDay.live(day, .serial, window: window))
    results[1].add(try MachineDay.live(day, .batch, window: window))
    results[2].add(FixedWindow.live(day, size: slots))
    results[3].add(try MachineDay.live(day, .auto, window: window))
    results[4].add(Oracle.live(day))
  }
  print("| \(slots) | \(Int(rate)) | " + results.map(cell).joined(separator: " | ") + " |")
}

print("P50 / P95 / P99 wait in minutes, gate runs a change; \(count) changes, \(seeds) seeds")
print("| slots | changes/h | serial | batch | fixed window | this queue | oracle |")
print("|---|---|---|---|---|---|---|")
for slots in [1, 2, 4, 8] {
  for rate in [100.0, 300, 500] { try row(slots: slots, rate: rate, gate: 60, window: 20) }
}
for slots in [100, 300, 500] {
  for rate in [100.0, 300, 500] { try row(slots: slots, rate: rate, gate: 1800, window: 256) }
}
