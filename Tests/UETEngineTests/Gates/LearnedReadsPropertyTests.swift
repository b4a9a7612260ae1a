import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETEngine

/// Whenever what a random gate was seen to read is the same in another tree, the gate really says
/// the same there: its status and each line that it prints.
@Suite(.serialized, .enabled(if: TracedGate.strace != nil, "strace is not installed"))
struct LearnedReadsPropertyTests {
  @Test(arguments: Seeds(short: 12, long: 400).all) func whatHoldsIsTrue(_ seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let gate = try TracedGate()
    plant(gate, &random)
    let script = Self.script(&random)
    gate.fixture.write("gate.sh", script)
    gate.fixture.commit("gate")
    let argv = ["sh", "gate.sh"]
    let seen = try gate.see(argv)
    let told = "seed \(seed), gate:\n\(script)"
    guard let reads = seen.reads else { return }
    #expect(try gate.holds(reads), "\(told)")
    let plain = gate.run(argv)
    try #require(plain == (seen.status, seen.output), "\(told)")
    for _ in 0..<6 {
      let change = Self.change(&random)
      gate.sh(change: change)
      gate.fixture.commit("changed")
      guard try gate.holds(reads) else { continue }
      let again = gate.run(argv)
      #expect(
        again == plain, "\(told)\nafter \(change): \(again.output) for \(plain.output)")
      if again != plain { return }
    }
  }

  private static let names = ["a", "b", "d/a", "d/b", "d/e/a", "f/a", "l", "d/l", "m/a", "none"]
  private static let folders = ["d", "d/e", "f", "l", ".", "none", "m"]

  private func plant(_ gate: TracedGate, _ random: inout SeededRandom) {
    for name in ["a", "b", "d/a", "d/b", "d/e/a", "f/a"] where Bool.random(using: &random) {
      gate.fixture.write(name, "\(name) \(Int.random(in: 1...9, using: &random))\n")
    }
    gate.fixture.write("x.sh", "#!/bin/sh\ncat b\n", mode: 0o755)
    gate.fixture.write("y.sh", "#!./x.sh\n", mode: 0o755)
    gate.sh(
      change: "mkdir -p d; ln -s \(["a", "d", "f", "d/e"].randomElement(using: &random) ?? "a") l")
    gate.sh(change: "ln -s \(["../a", "e", "../f", "b"].randomElement(using: &random) ?? "b") d/l")
  }

  private static func script(_ random: inout SeededRandom) -> String {
    var lines = ["exec 2>&1"]
    for _ in 0..<Int.random(in: 2...6, using: &random) { lines.append(line(&random)) }
    lines.append(Bool.random(using: &random) ? "exit 0" : "test -f \(name(&random))")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func name(_ random: inout SeededRandom) -> String {
    names.randomElement(using: &random) ?? "a"
  }

  private static func line(_ random: inout SeededRandom) -> String {
    let (one, two) = (name(&random), name(&random))
    let folder = folders.randomElement(using: &random) ?? "d"
    switch Int.random(in: 0..<18, using: &random) {
    case 0, 1: return "cat \(one)"
    case 2: return "test -f \(one) && echo there"
    case 3: return "ls \(folder)"
    case 4: return "(cd \(folder) && cat ../\(one); test -e a && echo e)"
    case 5: return "test -x \(one) && echo x; test -s \(two) && echo s"
    case 6: return "readlink l d/l"
    case 7: return "cat \(folder)/*"
    case 8: return "mkdir -p m && cp \(one) m/ && cat m/a"
    case 9: return "mv \(one) moved; cat moved"
    case 10: return "ln -s \(one) made; test -e made && echo made; rm -f made"
    case 11: return "./x.sh; ./y.sh"
    case 12: return "find \(folder) -type f | sort"
    case 13: return "if grep -q 5 \(one); then cat \(two); fi"
    case 14: return "cd \(folder) && wc -c < a"
    case 15: return "cat \(one) 2>/dev/null | (cd \(folder) && cat - a)"
    case 16: return "rm -rf \(one); test -e \(one) || echo gone"
    default: return "ln -s ../\(folder) m/n; mv m o; test -e o/n/a && echo o; cat o/n/b"
    }
  }

  private static func change(_ random: inout SeededRandom) -> String {
    let (one, two) = (name(&random), name(&random))
    let number = Int.random(in: 1...9, using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0...3: return "mkdir -p \"$(dirname \(one))\" && echo \(number) > \(one) || :"
    case 4: return "rm -rf \(one)"
    case 5: return "mv \(one) \(two) || :"
    case 6: return "chmod \(Bool.random(using: &random) ? "+" : "-")x \(one) || :"
    default: return "rm -rf \(one); ln -s \(two) \(one) || :"
    }
  }
}
