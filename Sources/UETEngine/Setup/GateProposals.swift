import UETModel
import UETSystem

/// Finds the checks that a repository shows by its own files, and one that seeks secrets where a
/// program for that is installed. Nothing is run.
struct GateProposals: Sendable {
  private let workTree: String
  private let programs: ProgramSearch

  init(workTree: String, environment: [String: String]) {
    self.workTree = workTree
    programs = ProgramSearch(environment)
  }

  /// The proposals, one gate name once; those of a Makefile come before those of a language's
  /// manifest, because they are the project's own words.
  func all() throws(SystemFailure) -> [ProposedGate] {
    var found: [ProposedGate] = []
    for gate in try makefile() + node() + swift() + rust() + go() + python() + cmake() + java()
      + security()
    where !found.contains(where: { $0.name == gate.name }) {
      found.append(gate)
    }
    return found.sorted { $0.name < $1.name }
  }

  private func text(_ name: String) throws(SystemFailure) -> String? {
    guard Files.kind("\(workTree)/\(name)") == .file else { return nil }
    return try Files.read("\(workTree)/\(name)").map { String(decoding: $0, as: UTF8.self) }
  }

  private func has(_ names: String...) -> String? {
    names.first { Files.kind("\(workTree)/\($0)") == .file }
  }

  private func makefile() throws(SystemFailure) -> [ProposedGate] {
    for name in ["GNUmakefile", "makefile", "Makefile"] {
      guard let text = try text(name) else { continue }
      let targets = Self.targets(in: text)
      func gate(_ gate: String, _ names: [String]) -> [ProposedGate] {
        names.first { targets.contains($0) }.map {
          [ProposedGate(gate, ["make", $0], "the \(name) has a target '\($0)'")]
        } ?? []
      }
      return gate(ProposedGate.unit, ["test", "tests", "check"])
        + gate(ProposedGate.lint, ["lint", "format-check", "fmt-check"])
    }
    return []
  }

  /// The names before the colons of rules; assignments with `:=` are none.
  static func targets(in makefile: String) -> Set<String> {
    var targets: Set<String> = []
    for line in makefile.split(separator: "\n") where line.first?.isWhitespace == false {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let rest = line[line.index(after: colon)...]
      if rest.hasPrefix("=") || rest.hasPrefix(":=") || line[..<colon].contains("=") { continue }
      targets.formUnion(line[..<colon].split(whereSeparator: \.isWhitespace).map(String.init))
    }
    return targets
  }

  private func node() throws(SystemFailure) -> [ProposedGate] {
    guard let text = try text("package.json"),
      let scripts = (try? JSONValue(parsing: Array(text.utf8)))?["scripts"]
    else { return [] }
    let runner =
      has("pnpm-lock.yaml") != nil
      ? "pnpm"
      : has("yarn.lock") != nil ? "yarn" : has("bun.lock", "bun.lockb") != nil ? "bun" : "npm"
    var gates: [ProposedGate] = []
    // The text that `npm init` writes is no test.
    if let test = scripts["test"]?.string, !test.contains("no test specified") {
      let command = runner == "bun" ? ["bun", "run", "test"] : [runner, "test"]
      gates.append(ProposedGate(ProposedGate.unit, command, "package.json has a script 'test'"))
    }
    if scripts["lint"]?.string != nil {
      gates.append(
        ProposedGate(
          ProposedGate.lint, [runner, "run", "lint"], "package.json has a script 'lint'"))
    }
    return gates
  }

  private func swift() -> [ProposedGate] {
    guard has("Package.swift") != nil else { return [] }
    var gates = [
      ProposedGate(ProposedGate.unit, ["swift", "test"], "there is a Package.swift")
    ]
    if has(".swiftlint.yml") != nil {
      gates.append(ProposedGate(ProposedGate.lint, ["swiftlint"], "there is a .swiftlint.yml"))
    } else if has(".swift-format") != nil {
      gates.append(
        ProposedGate(
          ProposedGate.lint, ["swift", "format", "lint", "--strict", "--recursive", "."],
          "there is a .swift-format"))
    }
    return gates
  }

  private func rust() -> [ProposedGate] {
    guard has("Cargo.toml") != nil else { return [] }
    var gates = [ProposedGate(ProposedGate.unit, ["cargo", "test"], "there is a Cargo.toml")]
    if let file = has("clippy.toml", ".clippy.toml") {
      gates.append(
        ProposedGate(
          ProposedGate.lint, ["cargo", "clippy", "--all-targets", "--", "-D", "warnings"],
          "there is a \(file)"))
    } else if let file = has("rustfmt.toml", ".rustfmt.toml") {
      gates.append(
        ProposedGate(ProposedGate.lint, ["cargo", "fmt", "--check"], "there is a \(file)"))
    }
    return gates
  }

  private func go() -> [ProposedGate] {
    guard has("go.mod") != nil else { return [] }
    let lint =
      has(".golangci.yml", ".golangci.yaml", ".golangci.toml").map {
        ProposedGate(ProposedGate.lint, ["golangci-lint", "run"], "there is a \($0)")
      } ?? ProposedGate(ProposedGate.lint, ["go", "vet", "./..."], "there is a go.mod")
    return [ProposedGate(ProposedGate.unit, ["go", "test", "./..."], "there is a go.mod"), lint]
  }

  private func python() throws(SystemFailure) -> [ProposedGate] {
    let project = try text("pyproject.toml") ?? ""
    var gates: [ProposedGate] = []
    let sign = project.contains("pytest") ? "pyproject.toml names pytest" : nil
    let file = has("pytest.ini", "conftest.py", "tests/conftest.py").map { "there is a \($0)" }
    if let reason = sign ?? file {
      gates.append(ProposedGate(ProposedGate.unit, ["python3", "-m", "pytest"], reason))
    } else if has("tox.ini") != nil {
      gates.append(ProposedGate(ProposedGate.unit, ["tox"], "there is a tox.ini"))
    }
    if project.contains("[tool.ruff") || has("ruff.toml", ".ruff.toml") != nil {
      gates.append(ProposedGate(ProposedGate.lint, ["ruff", "check", "."], "ruff is configured"))
    } else if has(".flake8") != nil {
      gates.append(ProposedGate(ProposedGate.lint, ["flake8"], "there is a .flake8"))
    }
    return gates
  }

  private func cmake() throws(SystemFailure) -> [ProposedGate] {
    guard let text = try text("CMakeLists.txt")?.lowercased(),
      text.contains("enable_testing") || text.contains("include(ctest)")
    else { return [] }
    let script = "cmake -S . -B build && cmake --build build && ctest --test-dir build"
    return [
      ProposedGate(ProposedGate.unit, ["sh", "-c", script], "CMakeLists.txt enables tests")
    ]
  }

  private func java() -> [ProposedGate] {
    if has("pom.xml") != nil {
      return [ProposedGate(ProposedGate.unit, ["mvn", "-q", "test"], "there is a pom.xml")]
    }
    guard has("build.gradle", "build.gradle.kts") != nil else { return [] }
    let program = has("gradlew") == nil ? "gradle" : "./gradlew"
    return [ProposedGate(ProposedGate.unit, [program, "test"], "there is a build.gradle")]
  }

  private func security() -> [ProposedGate] {
    if programs.finds("gitleaks") {
      return [
        ProposedGate(
          ProposedGate.security, ["gitleaks", "detect", "--no-git", "--redact"],
          "gitleaks is installed")
      ]
    }
    guard programs.finds("detect-secrets-hook") else { return [] }
    let baseline = has(".secrets.baseline").map { " --baseline \($0)" } ?? ""
    let script = "git ls-files -z | xargs -0 detect-secrets-hook\(baseline)"
    return [
      ProposedGate(ProposedGate.security, ["sh", "-c", script], "detect-secrets is installed")
    ]
  }
}
