import UETGit
import UETLedger
import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Writes events to a chain, and prints the sequence number of each as soon as it is durable, until it
// has written as many as it was told or is killed: ledger-storm REPOSITORY RUN WRITER COUNT BATCH SEED
let words = CommandLine.arguments
guard words.count == 7, let run = RunID(words[2]), let count = Int(words[4]),
  let batch = Int(words[5]), let seed = UInt64(words[6])
else { exit(2) }
let writerName = words[3]
let start = Timestamp(seconds: 1_795_224_655)

Repository.enableFsync()
let repository = try Repository.open(discoveringFrom: words[1], environment: [:])
let holder = SystemProcesses.current(since: start, nonce: "\(seed)")
let writer: LedgerWriter
if try repository.reference(LedgerNames.standard.chain(run, writerName)) == nil {
  let base = try repository.resolve("HEAD")
  writer = try LedgerWriter.create(
    in: repository, run: run, writer: writerName,
    root: RootRecord(base: base, programVersion: "storm"), holder: holder, at: start
  ).writer
} else {
  writer = try LedgerWriter.open(
    in: repository, run: run, writer: writerName, holder: holder, at: start)
}

/// One line at once, past any buffer.
func say(_ text: String) {
  let bytes = Array((text + "\n").utf8)
  _ = write(1, bytes, bytes.count)
}

say("open \(writer.epoch)")
try await withThrowingTaskGroup(of: Void.self) { group in
  for producer in 0..<batch {
    group.addTask {
      for index in 0..<(count / batch) {
        let events = try writer.append(
          [EventDraft(.heartbeat, worker: "w\(producer)", data: ["n": .integer(Int64(index))])],
          at: start)
        try await writer.flush()
        for event in events { say("\(event.seq)") }
      }
    }
  }
  try await group.waitForAll()
}
say("done")
