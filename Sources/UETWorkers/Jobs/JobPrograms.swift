import UETSystem

/// How the programs of a batch system are called.
package struct JobPrograms: Sendable {
  /// What one said.
  package struct Answer: Sendable {
    package let end: ProcessEnd
    package let output: [UInt8]
    package let errors: String

    package init(end: ProcessEnd, output: [UInt8], errors: String) {
      (self.end, self.output, self.errors) = (end, output, errors)
    }

    /// What it said of its trouble, or how it ended.
    var words: String {
      let said = errors.split(whereSeparator: \.isNewline).joined(separator: "; ")
      if !said.isEmpty { return said }
      switch end {
      case .exited(let status): return "exit status \(status)"
      case .signalled(let signal): return "ended by signal \(signal)"
      }
    }
  }

  /// What one is called with.
  package struct Call: Sendable {
    package var argv: [String]
    package var input: [UInt8] = []
    /// Variables that it has beside those of this process that `isPassed` lets through.
    package var environment: [String: String] = [:]
    package var isPassed: @Sendable (String) -> Bool = { _ in true }
  }

  /// Calls one; throws where it could not be started, or did not end in time.
  package let run: @Sendable (Call) async throws(JobError) -> Answer

  /// Variables of this process.
  private let environment: [String: String]

  /// - Parameter environment: Variables of this process that settings depend on.
  package init(
    environment: [String: String] = [:],
    _ run: @escaping @Sendable (Call) async throws(JobError) -> Answer
  ) {
    (self.environment, self.run) = (environment, run)
  }

  func variable(_ name: String) -> String? { environment[name] }

  /// Those of this machine.
  ///
  /// - Parameters:
  ///   - environment: This process's own, in whose PATH they are looked for.
  ///   - seconds: After them one is given up.
  package static func ofMachine(
    _ environment: [String: String], seconds: Double = 60
  ) -> JobPrograms {
    JobPrograms(environment: environment) { call throws(JobError) in
      guard let name = call.argv.first else { throw .refused("an empty command") }
      guard let program = name.contains("/") ? name : Spawn.find(name, environment) else {
        throw .refused("there is no program '\(name)' on the PATH")
      }
      let passed = environment.filter { call.isPassed($0.key) }
      let output: ProgramOutput
      do throws(SystemFailure) {
        output = try await ProgramOutput(
          of: program, Array(call.argv.dropFirst()), reading: call.input,
          environment: passed.merging(call.environment) { $1 }, in: nil, seconds: seconds,
          limit: 256 << 20)
      } catch {
        throw Files.isProgram(program) ? .unreachable("\(error)") : .refused("\(error)")
      }
      // What ends one that takes too long.
      if output.end == .signalled(9) {
        throw .unreachable("'\(name)' did not answer in \(Int(seconds)) seconds")
      }
      return Answer(
        end: output.end, output: output.output,
        errors: String(decoding: output.errors, as: UTF8.self))
    }
  }
}
