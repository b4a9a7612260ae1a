import Foundation

// ledger-storm REPOSITORY RUN WRITER COUNT BATCH SEED [pack=EVENTS] [crash=POINT:NUMBER]
//   writes events to a chain, and prints the sequence number of each as soon as it is durable, until it
//   has written as many as it was told or is killed
// ledger-storm faults REPOSITORY PART KIND FIRST STEP
//   makes each system call of one operation fail, one after the other; STEP leaves some out
let words = CommandLine.arguments
if words.count == 7, words[1] == "faults", let first = Int(words[5]), let step = Int(words[6]) {
  guard let library = FaultLibrary(),
    let walk = try await FaultWalk(library, repository: words[2], kind: words[4])
  else { exit(3) }
  try await walk.run(words[3], from: first, by: step)
} else {
  guard let storm = Storm(words) else { exit(2) }
  try await storm.run()
}
