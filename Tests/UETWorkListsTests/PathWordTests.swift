import Testing

@testable import UETWorkLists

/// Which words of a text are paths.
@Suite struct PathWordTests {
  @Test(arguments: [
    ("Split `src/cache/store.rs` into two", ["src/cache/store.rs"]),
    ("see src/a.ts:12 and src/b.ts#L3, then (lib/c.py).", ["src/a.ts", "src/b.ts", "lib/c.py"]),
    ("Page in src/pages/{queue,history}.tsx", ["src/pages/queue.tsx", "src/pages/history.tsx"]),
    ("{a,b}/x.{c,h}", ["a/x.c", "a/x.h", "b/x.c", "b/x.h"]),
    ("all of src/tiles/disk/* and **/*.md", ["src/tiles/disk/*", "**/*.md"]),
    ("**src/bold.ts** and _src/em.ts_", ["src/bold.ts", "src/em.ts"]),
    ("[text](docs/guide.md) links", ["docs/guide.md"]),
    ("app/[id]/page.tsx is a route's file", ["app/[id]/page.tsx"]),
    ("Docs in docs/", ["docs/"]),
    ("./scripts/run.sh", ["scripts/run.sh"]),
    ("Linter settings in .eslintrc.json", [".eslintrc.json"]),
    ("bare names: cli.rs, two.js.", ["cli.rs", "two.js"]),
    ("POST /labels and GET /api/v1/users", []),
    ("https://example.org/a/b.html and http://x.y/z.js", []),
    ("use Node.js, Vue.js and version 1.2.3", []),
    ("~/notes.md, ../outside.md, /etc/passwd and $HOME/x.sh", []),
    ("@scope/package.js", []),
    ("e.g. this, i.e. that. And so on...", []),
    (".ts files", []),
    ("한국어 문서 docs/한국어.md 를 고친다", ["docs/한국어.md"]),
    ("", []), ("/", []), ("...", []), ("{", []), ("{,}/{,}.", []),
  ])
  func words(_ text: String, _ paths: [String]) {
    #expect(PathWords.all(in: text).filter { !$0.needsProof }.map(\.text) == paths)
  }

  @Test(arguments: ["and/or", "TCP/IP", "input/output", "example.com/a.html", "Next.js/React.js"])
  func wordsThatAreOnlyPathsIfTheRepositoryHasThem(_ text: String) {
    let found = PathWords.all(in: "the \(text) of it")
    #expect(found.allSatisfy { $0.needsProof })
    let placed = found.compactMap { PlacedPath($0, in: RepositoryPaths(), others: [:]) }
    #expect(placed.isEmpty)
  }

  @Test func aFolderIsOneWhereItIsThere() throws {
    let paths = RepositoryPaths(files: ["and/or/x.c"])
    let named = try #require(PathWords.all(in: "the and/or of it").first)
    #expect(PlacedPath(named, in: paths, others: [:])?.standing == .exists)
  }
}

/// Dependencies in words.
@Suite struct ProseEdgeTests {
  private let edges = ProseEdges(readID: SpecKitReader.readID)

  @Test(arguments: [
    ("x (depends on T001, T002)", true, ["own after T001", "own after T002"]),
    ("x — after T001 … and before T003", true, ["own after T001", "T003 after own"]),
    (
      "after T001, T002 and before T003", true,
      [
        "own after T001", "own after T002", "T003 after own",
      ]
    ),
    ("requires T001-T003", true, ["own after T001", "own after T002", "own after T003"]),
    (
      "Needs T001 – T002 and T009-MIN.", true,
      [
        "own after T001", "own after T002", "own after T009-MIN",
      ]
    ),
    ("T001 blocks T002-T003", false, ["T002 after T001", "T003 after T001"]),
    ("T001 → T002, T003", false, ["T002 after T001", "T003 after T001"]),
    ("**T001** -> `T002`", false, ["T002 after T001"]),
    (
      "T004 and T005 depend on completion of T001", false,
      [
        "T005 after T001", "T004 after T001",
      ]
    ),
    ("after the T-junction, before lunch", true, []), ("depends on nothing", true, []),
    ("—→—“”’", false, []), ("T001 is required", true, []),
  ])
  func lines(_ text: String, _ isTask: Bool, _ wanted: [String]) {
    let found = edges.found(in: text, isTaskLine: isTask)
    #expect(found.map { "\($0.from ?? "own") after \($0.to ?? "own")" } == wanted)
  }
}

/// What a named path gets in a scope.
@Suite struct PlacedPathTests {
  private let paths = RepositoryPaths(
    files: ["src/a.ts", "lib/one/index.ts", "lib/two/index.ts", "lib/one/only.ts", "top.md"],
    past: ["src/gone.ts"])

  private func place(_ text: String, _ kind: NamedPath.Kind = .prose) -> PlacedPath? {
    PlacedPath(NamedPath(text, kind, found: "text"), in: paths, others: ["new.ts": ["x/y/new.ts"]])
  }

  @Test(arguments: [
    ("src/a.ts", PlacedPath.Standing.exists, "src/a.ts", false),
    ("src", .exists, "src", false), ("src/", .exists, "src/", false),
    ("src/gone.ts", .existed, "src/gone.ts", true),
    ("only.ts", .suffix, "lib/one/only.ts", false),
    ("one/only.ts", .suffix, "lib/one/only.ts", false),
    ("index.ts", .several, "**/index.ts", false),
    ("src/more.ts", .new, "src/more.ts", true),
    ("none/more.ts", .unknown, "none/more.ts", true),
    ("new.ts", .suffix, "x/y/new.ts", true),
    ("src/*.ts", .exists, "src/*.ts", false), ("none/*.ts", .unknown, "none/*.ts", true),
  ])
  func standing(
    _ text: String, _ standing: PlacedPath.Standing, _ pattern: String, _ isCreated: Bool
  ) throws {
    let placed = try #require(place(text))
    #expect(placed.standing == standing && placed.pattern == pattern)
    #expect(placed.isCreated == isCreated)
  }

  @Test func aBareNameThatIsNowhereHasNoPlace() {
    #expect(place("nowhere.ts")?.pattern == nil)
    #expect(place("nowhere.ts", .declared)?.pattern == "nowhere.ts")
  }
}

/// Heads of files that no parser of YAML would take, and those that it would take for something
/// else.
@Suite struct FrontMatterTests {
  private func head(_ text: String) -> FrontMatter {
    FrontMatter(headOf: TextLines(Array("---\n\(text)\n---\nbody: no\n".utf8)).lines)
  }

  @Test(arguments: [
    ("a: [010, 8, \"010\", 3.10]  # old", ["010", "8", "010", "3.10"]),
    (
      "a:\n  - one\n  - 'two # no comment'\n# a comment\n  - >-\n    a folded\n    item",
      [
        "one", "two # no comment", "a folded item",
      ]
    ),
    ("a:\n- flush\n- \"left\"", ["flush", "left"]),
    ("a: [\n  one,\n  two,\n]", ["one", "two"]), ("a: []", []),
    ("a: ['it''s, one', b]", ["it's, one", "b"]),
  ])
  func lists(_ text: String, _ items: [String]) { #expect(head(text)["a"]?.items == items) }

  @Test(arguments: [
    ("a: b: c", "b: c", true), ("a: @name", "@name", true), ("a: 'b: c'", "b: c", false),
    ("a: plain # comment", "plain", false), ("a: #all", "", false), ("a: c#", "c#", false),
    ("a: >-\n  one\n  two", "one two", false), ("a: 010", "010", false),
  ])
  func values(_ text: String, _ value: String, _ isFaulty: Bool) {
    #expect(head(text)["a"]?.text == value)
    #expect(head(text).faults.isEmpty == !isFaulty)
  }

  @Test func onlyTheHeadCounts() {
    #expect(head("a: 1")["body"] == nil && head("a: 1").length == 3)
    #expect(FrontMatter(headOf: TextLines(Array("a: 1\n".utf8)).lines).length == 0)
    #expect(FrontMatter(headOf: TextLines(Array("---\na: 1\n".utf8)).lines).length == 0)
  }
}
