// simulate-queue [CANDIDATES]: what each strategy of the merge queue makes of one day's candidates.
import UETMergeQueue

let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 40

// One comes every two minutes; the unit tests take five. Each tenth candidate breaks them.
let candidates = (1...max(1, count)).map { number in
  QueueSimulation.Candidate(
    id: "ws-change-\(number)", arrival: Double(number) * 120, gateSeconds: [30, 300],
    redGate: number % 10 == 0 ? "GATE_UNIT" : nil)
}
let simulation = try QueueSimulation(candidates, gates: ["GATE_LINT", "GATE_UNIT"])

for strategy in QueueSimulation.Strategy.allCases {
  let outcome = simulation.run(strategy: strategy, slots: 4)
  let waits = outcome.decisions.map(\.wait).sorted()
  let out = outcome.decisions.filter { !$0.isIntegrated }
  print(
    "\(strategy): ends after \(Int(outcome.end)) s, median wait \(Int(waits[waits.count / 2])) s,",
    "\(outcome.gateRuns) gates run, \(out.count) set aside")
  if let first = out.first { print("  \(first.id): \(first.reason ?? "")") }
}
