// read-ledger [REPOSITORY] [RUN]: lists the runs of a repository, or tells one of them.
import Foundation
import UETLedger

let arguments = CommandLine.arguments.dropFirst()

func show(_ name: String, of ledger: RunLedger) throws(RunLedger.Failure) {
  let run = try ledger.run(name)
  print("run \(run.id): \(run.status)\(run.reason.map { ", \($0)" } ?? "")")
  for workstream in run.workstreams {
    let attempts = workstream.attempts.map(\.outcome).joined(separator: ", ")
    print("  \(workstream.state)  \(workstream.id)  \(attempts)")
  }
  var kinds: [String: Int] = [:]
  try ledger.forEachEvent(of: name) { kinds[$0.type, default: 0] += 1 }
  print("  \(run.eventCount) events:", terminator: "")
  for (type, count) in kinds.sorted(by: { $0.key < $1.key }) {
    print(" \(type) \(count)", terminator: "")
  }
  print()
}

do throws(RunLedger.Failure) {
  let ledger = try RunLedger(
    repository: arguments.first ?? ".", environment: ProcessInfo.processInfo.environment)
  if let name = arguments.dropFirst().first {
    try show(name, of: ledger)
  } else {
    for name in try ledger.runs() {
      let run = try ledger.run(name)
      let landed = run.workstreams.count { $0.state == "LANDED" }
      print("\(run.id)  \(run.status)  \(landed) of \(run.workstreams.count) landed")
    }
  }
} catch {
  FileHandle.standardError.write(Data("error: \(error)\n".utf8))
  if let hint = error.hint { FileHandle.standardError.write(Data("hint: \(hint)\n".utf8)) }
  exit(2)
}
