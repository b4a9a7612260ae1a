import Foundation
import Testing

/// Build tools whose folders name the place that they are in, and gates that must judge what
/// stands in the worktree: never the checkout in which the user built before.
@Suite struct SeedToolTests {
  enum Tool: String, CaseIterable, CustomTestStringConvertible, Sendable {
    /// With absolute paths.
    case make
    case cmake, cmakeNinja, meson, cargo

    var testDescription: String { rawValue }

    private var programs: [String] {
      switch self {
      case .make: ["make", "cc"]
      case .cmake: ["cmake", "make", "cc"]
      case .cmakeNinja: ["cmake", "ninja", "cc"]
      case .meson: ["meson", "ninja", "cc"]
      case .cargo: ["cargo"]
      }
    }

    /// Where cargo and its compiler find themselves.
    private static let homes: String = {
      let user = ProcessInfo.processInfo.environment
      func home(_ name: String, _ folder: String) -> String {
        "\(name)=" + (user[name] ?? "\(user["HOME"] ?? "")/\(folder)")
      }
      return home("CARGO_HOME", ".cargo") + " " + home("RUSTUP_HOME", ".rustup")
    }()

    fileprivate static let searchPath = ProcessInfo.processInfo.environment["PATH"] ?? ""

    var isThere: Bool {
      programs.allSatisfy { program in
        Self.searchPath.split(separator: ":").contains {
          FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
      }
    }

    var folder: String { self == .cargo ? "target" : "build" }

    /// Builds what is there and runs it; it reads a file beside it.
    var gate: String {
      switch self {
      case .make: "make -s && build/program"
      case .cmake:
        "cmake -S . -B build >/dev/null && cmake --build build >/dev/null && build/program"
      case .cmakeNinja:
        "cmake -G Ninja -S . -B build >/dev/null && cmake --build build >/dev/null && build/program"
      case .meson:
        "{ test -d build || meson setup build >/dev/null; } && ninja -C build >/dev/null && build/program"
      case .cargo: "\(Self.homes) cargo test --offline -q >/dev/null 2>&1"
      }
    }

    /// A program of two units that is right where both are 1 and `fixture` says so too.
    var files: [String: String] {
      if self == .cargo {
        return [
          "Cargo.toml": "[package]\nname = \"p\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
          "src/lib.rs": """
          mod a;
          mod b;
          #[test]
          fn is_right() {
              let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixture");
              assert_eq!(std::fs::read_to_string(path).unwrap().trim(), "1");
              assert_eq!((a::value(), b::value()), (1, 1));
          }

          """,
          "src/a.rs": "pub fn value() -> i32 { 1 }\n", "src/b.rs": "pub fn value() -> i32 { 1 }\n",
          "fixture": "1\n", ".gitignore": "target/\nCargo.lock\n",
        ]
      }
      var files = [
        "src/main.c": """
        #include <stdio.h>
        int a(void), b(void);
        int main(void) {
          int read = 0;
          FILE *file = fopen(ROOT "/fixture", "r");
          return file == NULL || fscanf(file, "%d", &read) != 1 || read * a() * b() != 1;
        }

        """,
        "src/a.c": "int a(void) { return 1; }\n", "src/b.c": "int b(void) { return 1; }\n",
        "fixture": "1\n", ".gitignore": "build/\n",
      ]
      switch self {
      case .make:
        files["Makefile"] = """
          UNITS = $(wildcard $(CURDIR)/src/*.c)
          OBJECTS = $(patsubst $(CURDIR)/src/%.c,build/%.o,$(UNITS))
          build/program: $(OBJECTS)
          \tcc -o $@ $(OBJECTS)
          build/%.o: $(CURDIR)/src/%.c
          \t@mkdir -p build
          \tcc '-DROOT="$(CURDIR)"' -MMD -c -o $@ $<
          -include $(OBJECTS:.o=.d)

          """
      case .cmake, .cmakeNinja:
        files["CMakeLists.txt"] = """
          cmake_minimum_required(VERSION 3.10)
          project(p C)
          add_executable(program src/main.c src/a.c src/b.c)
          target_compile_definitions(program PRIVATE ROOT="${CMAKE_SOURCE_DIR}")

          """
      case .meson:
        files["meson.build"] = """
          project('p', 'c')
          root = '-DROOT="' + meson.current_source_dir() + '"'
          executable('program', 'src/main.c', 'src/a.c', 'src/b.c', c_args: [root])

          """
      case .cargo: break
      }
      return files
    }

    var unit: String { self == .cargo ? "rs" : "c" }
  }

  /// Slots are fixed places for every tool alike.
  private static let cases: [(Tool, String)] = Tool.allCases.filter(\.isThere).flatMap { tool in
    ["mode: own", "mode: own, same_path: off"].map { (tool, $0) }
      + (tool == .cmake ? [(tool, "mode: slots")] : [])
  }

  /// The user has built; one worker breaks a unit, one what the program reads, one neither.
  @Test(arguments: cases)
  func aGateJudgesItsOwnWorktree(_ tool: Tool, _ run: String) throws {
    let scratch = try Scratch(variables: ["PATH": "\(Scratch.binaries.path):\(Tool.searchPath)"])
    for (name, text) in tool.files { try scratch.write(name, text) }
    try scratch.write(
      ".uet/config.yaml",
      """
      run: {workers: 2, \(run), caches: [\(tool.folder)], cache_fallback: copy}
      retry: {max_attempts: 1}
      gates:
        GATE: {command: [sh, -c, '\(tool.gate)'], keep: [\(tool.folder)]}
      integration: {target: main, gates: [GATE]}

      """)
    let works = [
      ("good", "src/a.\(tool.unit)", "sed -i 's/1/ 1/' src/a.\(tool.unit)"),
      ("unit", "src/b.\(tool.unit)", "sed -i 's/1/2/' src/b.\(tool.unit)"),
      ("data", "fixture", "echo 2 > fixture"),
      ("late", "README", "echo read > README"),
    ]
    for (name, path, script) in works {
      try scratch.bundle(
        "ws-\(name)", scope: [path], extra: "test_gates: [{type: GATE}]", script)
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=project")
    let build = try Scratch.start("/bin/sh", ["-c", tool.gate], scratch.path, scratch.environment)
      .finish()
    try #require(build.status == 0, "\(build)")
    let output = try scratch.uet("run")
    #expect(output.status == 1, "\(output)")
    for (name, isRight) in [("good", true), ("unit", false), ("data", false), ("late", true)] {
      #expect(
        output.text.contains("ws-\(name)  SUCCEEDED") == isRight, "\(name) with \(tool): \(output)")
    }
    let landed = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(scratch.read(works[0].1)?.contains(" 1") == true, "\(landed)")
    #expect(scratch.read("fixture") == "1\n", "\(landed)")
  }
}
