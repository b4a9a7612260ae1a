import Testing
import UETPlanning
import UETSystem
import UETTestSupport

@testable import UETEngine

/// What a repository's own files suggest as gates.
@Suite struct GateProposalsTests {
  /// `installed` are programs on the search path.
  private func proposals(
    _ files: [String: String], installed: [String] = []
  ) throws -> [String] {
    let (folder, programs) = (TemporaryDirectory(), TemporaryDirectory())
    for name in installed { try Files.write([], to: "\(programs.path)/\(name)", mode: 0o755) }
    for (name, text) in files { try Files.write(text.utf8, to: "\(folder.path)/\(name)") }
    let gates = try GateProposals(
      workTree: folder.path, environment: ["PATH": programs.path]
    ).all()
    let written = SetupTemplates.configuration(gates: gates)
    let loaded = Configuration.load(Array(written.utf8), file: "config.yaml")
    #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
    #expect(Set(loaded.configuration.gates.keys) == Set(gates.map(\.name)))
    for gate in gates {
      #expect(loaded.configuration.gates[gate.name]?.command.argv == gate.command)
      #expect(written.contains(gate.reason))
    }
    return gates.map { "\($0.name): \($0.command.joined(separator: " "))" }
  }

  @Test func nothingIsProposedWhereNothingIsShown() throws {
    #expect(try proposals([:]) == [])
    #expect(try proposals(["Makefile": "test := 1\nCHECK=lint: x\n\ttest: no rule\n"]) == [])
    #expect(
      try proposals([
        "package.json": #"{"scripts": {"test": "echo \"Error: no test specified\" && exit 1"}}"#
      ]) == [])
    #expect(try proposals(["CMakeLists.txt": "project(x)"]) == [])
    #expect(try proposals(["package.json": "{broken"]) == [])
  }

  @Test func secretsAreSoughtWithWhatIsInstalled() throws {
    let both = ["gitleaks", "detect-secrets-hook"]
    #expect(
      try proposals([:], installed: both) == ["GATE_SECURITY: gitleaks detect --no-git --redact"])
    #expect(
      try proposals([:], installed: ["detect-secrets-hook"])
        == ["GATE_SECURITY: sh -c git ls-files -z | xargs -0 detect-secrets-hook"])
    #expect(
      try proposals([".secrets.baseline": "{}"], installed: ["detect-secrets-hook"])
        == [
          "GATE_SECURITY: sh -c "
            + "git ls-files -z | xargs -0 detect-secrets-hook --baseline .secrets.baseline"
        ])
  }

  @Test func aMakefileSpeaksFirst() throws {
    #expect(
      try proposals(["Makefile": "all test: x\n\techo\nlint:\n", "Cargo.toml": ""])
        == ["GATE_LINT: make lint", "GATE_UNIT: make test"])
    #expect(
      try proposals(["Makefile": "check:\n", "go.mod": "module x"]) == [
        "GATE_LINT: go vet ./...", "GATE_UNIT: make check",
      ])
  }

  @Test(
    arguments: [
      (
        ["package.json": #"{"scripts": {"test": "jest", "lint": "eslint"}}"#, "yarn.lock": ""],
        ["GATE_LINT: yarn run lint", "GATE_UNIT: yarn test"]
      ),
      (["package.json": #"{"scripts": {"test": "jest"}}"#], ["GATE_UNIT: npm test"]),
      (
        ["Package.swift": "", ".swift-format": ""],
        ["GATE_LINT: swift format lint --strict --recursive .", "GATE_UNIT: swift test"]
      ),
      (
        ["Cargo.toml": "", "clippy.toml": ""],
        ["GATE_LINT: cargo clippy --all-targets -- -D warnings", "GATE_UNIT: cargo test"]
      ),
      (
        ["pyproject.toml": "[tool.pytest.ini_options]\n[tool.ruff]\n"],
        ["GATE_LINT: ruff check .", "GATE_UNIT: python3 -m pytest"]
      ),
      (
        ["CMakeLists.txt": "enable_testing()"],
        ["GATE_UNIT: sh -c cmake -S . -B build && cmake --build build && ctest --test-dir build"]
      ),
      (["pom.xml": ""], ["GATE_UNIT: mvn -q test"]),
      (["build.gradle.kts": "", "gradlew": ""], ["GATE_UNIT: ./gradlew test"]),
    ] as [([String: String], [String])])
  func manifests(_ files: [String: String], _ expected: [String]) throws {
    #expect(try proposals(files) == expected)
  }
}
