import Foundation
import UETGit
import UETLedger
import UETModel
import UETTestSupport

// ledger-benchmark [EVENTS [SECTION...]]
//   measures; without sections most of them
// ledger-benchmark EVENTS probe NAME PATH
//   one process of the section `memory`: `write` leaves a ledger of so many events at PATH
// ledger-benchmark EVENTS large WORKSTREAMS PATH
//   adds a run to the repository at PATH, says "written", and then an event for each line that is read
let arguments = CommandLine.arguments.dropFirst()
let benchmark = LedgerBenchmark(events: arguments.first.flatMap { Int($0) } ?? 100_000)
let words = Array(arguments.dropFirst())
if words.count == 3, words[0] == "probe", let probe = MemoryProbe(rawValue: words[1]) {
  try await benchmark.probe(probe, at: words[2])
} else if words.count == 3, words[0] == "large", let workstreams = Int(words[1]) {
  try await LargeRecord(events: benchmark.events, workstreams: workstreams, path: words[2]).write()
} else {
  try await benchmark.run(only: Set(words))
}
