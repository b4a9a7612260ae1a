import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETEngine

/// What a gate reads where something of it is built already, which it does not read again.
@Suite(
  .serialized, .enabled(if: TracedGate.strace != nil && TracedGate.hasMake, "strace or make"))
struct WarmReadsTests {
  private static let makefile = """
    OBJECTS = build/u0.o build/u1.o build/main.o
    build/program: $(OBJECTS)
    \tcc -o $@ $(OBJECTS)
    build/%.o: src/%.c FLAGS
    \t@mkdir -p build
    \tcc -MMD -c -o $@ $<
    -include $(OBJECTS:.o=.d)

    """

  private func content(_ name: String, _ number: Int) -> String {
    switch name {
    case "src/h0.h", "src/h1.h": "#define \(name.contains("0") ? "H0" : "H1") \(number)\n"
    case "src/u0.c", "src/u1.c":
      "#include \"h\(name.contains("u0") ? 0 : 1).h\"\n"
        + "int \(name.contains("u0") ? "u0" : "u1")(void) { return H\(name.contains("u0") ? 0 : 1) * \(number); }\n"
    default: "\(number)\n"
    }
  }

  /// A place goes from tree to tree; whatever was learned on the way holds for a later tree only
  /// where a clean place says the same of that.
  @Test(arguments: Seeds(short: 2, long: 60).all) func whatWasBuiltBeforeCounts(
    _ seed: UInt64
  ) throws {
    var random = SeededRandom(seed: seed)
    let gate = try TracedGate()
    let names = ["src/h0.h", "src/h1.h", "src/u0.c", "src/u1.c", "FLAGS", "README"]
    var files = Dictionary(uniqueKeysWithValues: names.map { ($0, content($0, 1)) })
    files["Makefile"] = Self.makefile
    files[".gitignore"] = "build/\n"
    files["src/main.c"] =
      "#include <stdio.h>\nint u0(void), u1(void);\nint main(void) { printf(\"%d %d\\n\", u0(), u1()); return 0; }\n"
    gate.fixture.commit("base", files)
    let place = gate.fixture.directory.path + "/place"
    gate.fixture.git("worktree", "add", "-q", "--detach", place, "HEAD")
    let argv = ["sh", "-c", "make -s 2>/dev/null && build/program"]
    var known: [(reads: TreeReads, status: Int32, output: String)] = []
    var former: TreeReads?
    var (hits, warm) = (0, 0)
    for step in 0..<8 {
      let name = names.randomElement(using: &random) ?? "README"
      let text =
        Int.random(in: 0..<6, using: &random) == 0
        ? "broken\n" : content(name, Int.random(in: 1...3, using: &random))
      gate.fixture.commit("change", [name: text])
      let clean = gate.run(argv)
      for one in known where try gate.holds(one.reads) {
        hits += 1
        #expect(
          one.status == clean.status && one.output == clean.output,
          "seed \(seed), step \(step): \(one) and \(clean) after \(name) became \(text)")
      }
      gate.fixture.git("checkout", "-q", "--detach", gate.fixture.id("HEAD").hex, in: place)
      let seen = try gate.see(argv, in: place, former: former)
      #expect(seen.status == clean.status && seen.output == clean.output, "seed \(seed)")
      let reads = try #require(seen.reads, "seed \(seed): \(seen.outcome)")
      if former != nil { warm += 1 }
      known.append((reads, seen.status, seen.output))
      former = reads
    }
    #expect(warm == 7)
    if seed == 1 { #expect(hits > 0) }
  }
}
