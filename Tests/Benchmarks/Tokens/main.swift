// What the estimate of tokens costs and how near it is.
//
// tokens-benchmark counts FILE...        for each file a line of JSON: the counts of its pieces
// tokens-benchmark speed FILE...         megabytes read in a second, the median of nine rounds
// tokens-benchmark prune FOLDER FILE...  copies without comments, for scripts/check-pruning
import Foundation
import UETContext
import UETModel

func bytes(_ path: String) -> [UInt8] {
  [UInt8](FileManager.default.contents(atPath: path) ?? Data())
}

func counts(_ paths: [String]) {
  for path in paths {
    let profile = TextProfile(bytes(path))
    let numbers = JSONValue.array(profile.counts.map { .integer(Int64($0)) })
    let line: JSONValue = [
      "path": .string(path), "bytes": .integer(Int64(profile.bytes)), "counts": numbers,
    ]
    print(line.encoded())
  }
}

func speed(_ paths: [String]) {
  let texts = paths.map(bytes)
  let size = texts.map(\.count).reduce(0, +)
  var seconds: [Double] = []
  for _ in 0..<9 {
    let clock = ContinuousClock()
    var sum: UInt64 = 0
    let time = clock.measure {
      for text in texts { sum &+= UInt64(TextProfile(text).counts[0]) }
    }
    seconds.append(Double(time.components.attoseconds) / 1e18 + Double(time.components.seconds))
    if sum == 0 { print("no words of one letter") }
  }
  let median = seconds.sorted()[4]
  print("\(texts.count) files, \(size) bytes: \(Int(Double(size) / median / 1e6)) MB/s")
}

func prune(_ paths: [String], to folder: String) throws {
  for (number, path) in paths.enumerated() {
    let text = bytes(path)
    let pruned = Pruning.prune(text, path: path, without: Set(CommentKind.allCases))
    let name = "\(folder)/\(number)-" + (path.split(separator: "/").last ?? "")
    try Data(pruned).write(to: URL(fileURLWithPath: name))
  }
}

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "counts": counts(Array(arguments.dropFirst()))
case "speed": speed(Array(arguments.dropFirst()))
case "prune":
  try prune(Array(arguments.dropFirst(2)), to: arguments.dropFirst().first ?? ".")
default: print("usage: tokens-benchmark counts|speed FILE...")
}
