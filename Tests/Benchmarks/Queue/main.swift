import UETMergeQueue

/// Prints how long changes wait and what they cost, for this queue beside others and an oracle.
/// `queue-benchmark [CHANGES [SEEDS [SLOTS]]]`: CHANGES for few slots, as many as come in two hours
/// for many; SLOTS leaves out all other rows.
let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let count = arguments.first ?? 200
let seeds = arguments.dropFirst().first ?? 3
let only = arguments.dropFirst(2).first

func number(_ value: Double) -> String {
  let tenths = Int((value * 10).rounded())
  return "\(tenths / 10).\(tenths % 10)"
}

func cell(_ result: DayResult) -> String {
  "\(number(result.minutes(0.5))) / \(number(result.minutes(0.95))) / "
    + "\(number(result.minutes(0.99))), \(number(result.runsPerChange))"
}

func row(slots: Int, rate: Double, gate: Double, window: Int, count: Int) throws {
  if let only, only != slots { return }
  var results = [DayResult](repeating: DayResult(), count: 6)
  for seed in 1...UInt64(seeds) {
    let day = SimulatedDay(seed: seed, count: count, rate: rate, gate: gate, slots: slots)
    results[0].add(FixedWindow.live(day, size: 1))
    results[1].add(try day.live(.batch, window: window))
    results[2].add(FixedWindow.live(day, size: slots))
    results[3].add(try day.live(.speculative, window: window))
    results[4].add(try day.live(.auto, window: window))
    results[5].add(Oracle.live(day))
  }
  print("| \(slots) | \(Int(rate)) | " + results.map(cell).joined(separator: " | ") + " |")
}

/// Landing 100 with one in ten red and two gates at a time: what nobody can beat without knowing
/// the verdicts.
func printOptimum() {
  let oracle = 45.0
  func line(_ name: String, _ gates: Double) {
    let ratio = Int((gates / oracle * 100).rounded())
    print(
      "  \(name): \(number(gates)) gates long, \(ratio / 100).\(ratio % 100 / 10)\(ratio % 10) of the oracle"
    )
  }
  print("landing 100, 10 of them red, 2 gates at a time, each landed tree tested; expected at best")
  line("oracle, which knows the verdicts", oracle)
  for steps in [1, 2, 8] {
    let time = BlindOptimum.staggered(candidates: 100, red: 10, steps: steps)
    line("without, tests begin at \(steps) moments of a gate", time)
  }
  let ahead = BlindOptimum.ahead(candidates: 100, red: 10, reach: 5, owed: 5)
  line("without, tests may go ahead of what lands", ahead)
  print("")
}

printOptimum()

let head =
  "| slots | changes/h | serial | batch | fixed window | speculative | this queue | oracle |"

print("P50 / P95 / P99 wait in minutes, gate runs a change; seeds 1 to \(seeds)")
print("one in ten is red by itself, one in fifty red with one of the ten before, no flakes")
print(
  "\(count) changes, a gate takes 0.5 to 1.5 minutes\n\n\(head)\n|---|---|---|---|---|---|---|---|")
for slots in 1...8 {
  for rate in [100.0, 300, 500] {
    try row(slots: slots, rate: rate, gate: 60, window: 20, count: count)
  }
}
print(
  "\nthe changes of two hours, a gate takes 15 to 45 minutes\n\n\(head)\n|---|---|---|---|---|---|---|---|"
)
for slots in [100, 300, 500] {
  for rate in [100.0, 300, 500] {
    try row(slots: slots, rate: rate, gate: 1800, window: 256, count: Int(2 * rate))
  }
}
