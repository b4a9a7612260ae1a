import Foundation
import UETGit
import UETLedger
import UETModel
import UETTestSupport

let arguments = CommandLine.arguments.dropFirst()
let scale = arguments.first.flatMap { Int($0) } ?? 100_000
try await LedgerBenchmark(events: scale).run(only: Set(arguments.dropFirst()))
