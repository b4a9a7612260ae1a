import Foundation
import UETModel
import UETTestSupport

/// A small project that a build tool builds into `build`, whose program prints a number for each of
/// its units; some of its states do not build.
struct WarmProject {
  enum Tool: String, CaseIterable, CustomStringConvertible, Sendable {
    case make, ninja, cmake, cmakeNinja
    /// A copy of what is newer by whole seconds, as Python's own builds make it.
    case pythonCopy
    /// Results remembered by size and whole second, as compiled Python is.
    case pythonMemory
    case python
    /// A workspace of two packages, without any from elsewhere.
    case cargo
    case swift

    var description: String { rawValue }

    var isThere: Bool {
      let programs =
        switch self {
        case .make: ["make", "cc"]
        case .ninja: ["ninja", "cc"]
        case .cmake: ["cmake", "make", "cc"]
        case .cmakeNinja: ["cmake", "ninja", "cc"]
        case .pythonCopy, .pythonMemory, .python: ["python3"]
        case .cargo: ["cargo", "cc"]
        case .swift: ["swift", "cc"]
        }
      return programs.allSatisfy { program in
        GitProcess(
          ["sh", "-c", "command -v \(program)"], in: "/",
          environment: ["PATH": Self.path]
        ).status == 0
      }
    }

    /// It looks at the machine before it builds, or takes its time.
    var isSlow: Bool {
      switch self {
      case .cmake, .cmakeNinja, .cargo, .swift: true
      default: false
      }
    }

    /// Random histories in the long form of the tests: 2,000 of all that are quick, and some.
    var histories: UInt64 {
      switch self {
      case .cargo: 40
      case .swift: 10
      default: isSlow ? 100 : 360
      }
    }

    fileprivate enum Language { case c, python, rust, swift }

    fileprivate var language: Language {
      switch self {
      case .make, .ninja, .cmake, .cmakeNinja: .c
      case .pythonCopy, .pythonMemory, .python: .python
      case .cargo: .rust
      case .swift: .swift
      }
    }

    /// Where its programs are found, and what they find themselves by.
    var environment: [String: String] {
      guard language == .rust || language == .swift else { return [:] }
      var own = ["PATH": Self.path]
      for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        own[name] = Self.user[name] ?? Self.user["HOME"].map { "\($0)/\(folder)" }
      }
      return own
    }

    private static let user = ProcessInfo.processInfo.environment
    private static let path = TestRepository.searchPath + ":" + (user["PATH"] ?? "")

    /// Prints what the tree is worth.
    var gate: String {
      switch self {
      case .make: "make -s 2>/dev/null && build/program"
      case .ninja: "ninja >/dev/null 2>&1 && build/program"
      case .cmake:
        "cmake -S . -B build >/dev/null 2>&1 && cmake --build build >/dev/null 2>&1 && build/program"
      case .cmakeNinja:
        "cmake -G Ninja -S . -B build >/dev/null 2>&1 && cmake --build build >/dev/null 2>&1 && build/program"
      case .pythonCopy, .pythonMemory: "python3 tool.py 2>/dev/null"
      case .python: "mkdir -p build && python3 main.py 2>/dev/null"
      case .cargo:
        "cargo build --offline -q --target-dir build 2>/dev/null && build/debug/program"
      case .swift:
        "swift build --disable-sandbox --scratch-path build >/dev/null 2>&1 && build/debug/program"
      }
    }
  }

  private let tool: Tool
  private(set) var files: [String: String] = [:]

  init(_ tool: Tool) {
    self.tool = tool
    files[".gitignore"] = "build/\n__pycache__/\nCargo.lock\n"
    for unit in 0..<4 { files[path(unit)] = content(unit, 1) }
    for header in 0..<2 { files[shared(header)] = number(header, 1) }
    switch tool.language {
    case .python:
      files["main.py"] = Self.main
      files["tool.py"] = tool == .pythonCopy ? Self.copy : Self.memory
    case .c: files["src/main.c"] = Self.mainC
    case .rust:
      files["Cargo.toml"] = Self.cargo
      files["base/Cargo.toml"] = Self.cargoBase
      files["base/src/lib.rs"] = "mod h0;\nmod h1;\npub use h0::H0;\npub use h1::H1;\n"
    case .swift: files["Package.swift"] = Self.package
    }
    describe()
  }

  /// One change, as people make them; several at once now and then.
  private mutating func change(_ random: inout SeededRandom) {
    for _ in 0..<Int.random(in: 1...2, using: &random) {
      let unit = Int.random(in: 0..<4, using: &random)
      let number = Int.random(in: 1...9, using: &random)
      switch Int.random(in: 0..<12, using: &random) {
      case 0...4: if files[path(unit)] != nil { files[path(unit)] = content(unit, number) }
      case 5, 6:
        if tool.language == .python {
          files[path(unit)] = content(unit, number * 111)
        } else {
          files[shared(unit % 2)] = self.number(unit % 2, number)
        }
      case 7: files[path(unit)] = "this is no program\n"
      case 8: files[path(unit)] = nil
      case 9: files[path(unit)] = content(unit, number)
      case 10: files["README"] = "read \(number)\n"
      default:
        // Goes by another name.
        if let text = files.removeValue(forKey: path(unit)) { files[path(unit + 10)] = text }
      }
    }
    describe()
  }

  private mutating func adopt(_ read: (String) -> String?) {
    let names = (0..<20).map(path) + [shared(0), shared(1), "README"]
    for name in names { files[name] = read(name) }
    describe()
  }

  private func path(_ unit: Int) -> String {
    switch tool.language {
    case .c: "src/u\(unit).c"
    case .python: "src/u\(unit).py"
    case .rust: "src/u\(unit).rs"
    case .swift: "Sources/program/u\(unit).swift"
    }
  }

  /// What several units are built from.
  private func shared(_ header: Int) -> String {
    switch tool.language {
    case .c, .python: "src/h\(header).h"
    case .rust: "base/src/h\(header).rs"
    case .swift: "Sources/base/h\(header).swift"
    }
  }

  private func number(_ header: Int, _ number: Int) -> String {
    switch tool.language {
    case .c, .python: "#define H\(header) \(number)\n"
    case .rust: "pub const H\(header): i64 = \(number);\n"
    case .swift: "public let h\(header) = \(number)\n"
    }
  }

  private func content(_ unit: Int, _ number: Int) -> String {
    switch tool.language {
    case .c:
      "#include \"h\(unit % 2).h\"\nint value(void);\nint u\(unit)(void) { return H\(unit % 2) * \(number); }\n"
        + "__attribute__((constructor)) static void c(void) { extern int sum; sum = sum * 31 + u\(unit)(); }\n"
    case .python: "value = \(number)\n"
    case .rust: "pub fn value() -> i64 { base::H\(unit % 2) * \(number) }\n"
    case .swift: "import base\nfunc u\(unit)() -> Int { h\(unit % 2) * \(number) }\n"
    }
  }

  /// A name of each unit that is there, as the whole calls it.
  private var units: [String] {
    (0..<20).filter { files[path($0)] != nil }.map { "u\($0)" }
  }

  /// What is built from is written down for tools that have no patterns.
  private mutating func describe() {
    let units = files.keys.filter { $0.hasPrefix("src/") && $0.hasSuffix(".c") }.sorted()
    switch tool {
    case .make: files["Makefile"] = Self.makefile
    case .ninja:
      let objects = units.map { "build/" + $0.dropLast(2) + ".o" }
      files["build.ninja"] =
        "rule cc\n  command = cc -MMD -MF $out.d -c -o $out $in\n  depfile = $out.d\n  deps = gcc\n"
        + "rule link\n  command = cc -o $out $in\n"
        // Writes its output only where it differs, so that what follows may be spared.
        + "rule list\n  command = cat $in > $out.new; cmp -s $out.new $out || cp $out.new $out\n  restat = 1\n"
        + zip(units, objects).map { "build \($1): cc \($0)\n" }.joined()
        + "build build/list: list src/h0.h\n"
        + "build build/program: link \(objects.joined(separator: " ")) | build/list\n"
    case .cmake, .cmakeNinja:
      files["CMakeLists.txt"] =
        "cmake_minimum_required(VERSION 3.10)\nproject(p C)\nfile(GLOB UNITS src/*.c)\nadd_executable(program ${UNITS})\n"
    case .cargo:
      files["src/main.rs"] =
        self.units.map { "mod \($0);\n" }.joined() + "fn main() { println!(\"{:?}\", ["
        + self.units.map { "\($0)::value()" }.joined(separator: ", ")
        + "] as [i64; \(self.units.count)]); }\n"
    case .swift:
      files["Sources/program/main.swift"] =
        "print([\(self.units.map { "\($0)()" }.joined(separator: ", "))] as [Int])\n"
    case .pythonCopy, .pythonMemory, .python: break
    }
  }
}

extension WarmProject {
  /// A repository with a random history of such a project, in which branches go on from earlier
  /// states.
  static func history(
    of tool: Tool, _ random: inout SeededRandom
  ) throws -> (SealedGitFixture, commits: [ObjectID]) {
    var project = WarmProject(tool)
    let fixture = try SealedGitFixture(project.files)
    var commits = [fixture.tip]
    for _ in 0..<8 {
      if Int.random(in: 0..<4, using: &random) == 0,
        let older = commits.randomElement(using: &random)
      {
        fixture.test.git("checkout", "-q", "--detach", older.hex)
        project.adopt { fixture.test.read($0) }
      }
      let old = Set(project.files.keys)
      project.change(&random)
      for gone in old.subtracting(project.files.keys) { fixture.test.git("rm", "-q", gone) }
      commits.append(fixture.test.commit("change", project.files))
    }
    return (fixture, commits)
  }
}

extension WarmProject.Tool {
  /// What the gate prints and how it ends.
  func said(in path: String, _ fixture: SealedGitFixture) throws -> String {
    let process = GitProcess(
      ["sh", "-c", gate], in: path,
      environment: fixture.test.environment.merging(environment) { $1 })
    return "\(process.status == 0) \(process.text)"
  }
}

/// What clean places say of each commit; each is built once.
struct CleanAnswers {
  private let tool: WarmProject.Tool
  private let fixture: SealedGitFixture
  private var known: [ObjectID: String] = [:]

  init(_ tool: WarmProject.Tool, _ fixture: SealedGitFixture) {
    (self.tool, self.fixture) = (tool, fixture)
  }

  mutating func answer(at commit: ObjectID) async throws -> String {
    if let answer = known[commit] { return answer }
    let place = try await fixture.add("clean", at: commit)
    let answer = try tool.said(in: place.path, fixture)
    try await fixture.git.removeWorktree(at: place.path, force: true)
    known[commit] = answer
    return answer
  }
}
