import Subprocess
import SystemPackage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One child process to be run to its end.
struct Child: Sendable {
  let executable: String
  /// As errors name it.
  let name: String
  let arguments: [String]
  let environment: [String: String]
  let directory: String
  let input: [UInt8]
  let limit: Int
  /// Set for a child that may ask a person, in the terminal, for a password.
  var sharesTerminal = false
  /// Given what the child says on its standard error as it comes; nil to collect it only.
  var listener: (@Sendable ([UInt8]) -> Void)?

  /// Runs it to its end; `started` is told its process, as soon as there is one.
  func result(
    started: @escaping @Sendable (pid_t) -> Void = { _ in }
  ) async -> Result<SealedGit.Output, GitError> {
    var options = PlatformOptions()
    // A process group of its own: a Ctrl-C in the terminal is for us, not for git. But a group in the
    // background is stopped when it reads from the terminal.
    if !sharesTerminal { options.processGroupID = 0 }
    var variables: [Environment.Key: String] = [:]
    for (key, value) in environment { variables[Environment.Key(stringLiteral: key)] = value }
    do {
      let stdin = try InputFile(input).descriptor
      if let listener {
        return try await result(options, variables, stdin, started, heardBy: listener)
      }
      let result = try await Subprocess.run(
        .path(FilePath(executable)), arguments: Arguments(arguments),
        environment: .custom(variables), workingDirectory: FilePath(directory),
        platformOptions: options,
        input: .fileDescriptor(stdin, closeAfterSpawningProcess: true),
        output: .bytes(limit: limit),
        error: .bytes(limit: 1 << 20)
      ) { started($0.processIdentifier.value) }
      return output(of: result.terminationStatus, result.standardOutput, result.standardError)
    } catch let error as GitError {
      return .failure(error)
    } catch let error as SubprocessError {
      return .failure(failure(error))
    } catch {
      return .failure(.gitFailed(command: name, status: -1, detail: "\(error)"))
    }
  }

  /// The same with what it says on standard error passed on as it comes.
  ///
  /// Through a file, not a pipe: a process that ssh leaves behind, to use its connection again, would
  /// keep a pipe open for ever.
  private func result(
    _ options: PlatformOptions, _ variables: [Environment.Key: String], _ stdin: FileDescriptor,
    _ started: @escaping @Sendable (pid_t) -> Void,
    heardBy listener: @escaping @Sendable ([UInt8]) -> Void
  ) async throws -> Result<SealedGit.Output, GitError> {
    let file = try ErrorFile()
    let tail = Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(80))
        file.pass(to: listener)
      }
    }
    let ended: Result<(TerminationStatus, [UInt8]), any Error>
    do {
      let result = try await Subprocess.run(
        .path(FilePath(executable)), arguments: Arguments(arguments),
        environment: .custom(variables), workingDirectory: FilePath(directory),
        platformOptions: options,
        input: .fileDescriptor(stdin, closeAfterSpawningProcess: true),
        output: .bytes(limit: limit),
        error: .fileDescriptor(file.writeEnd, closeAfterSpawningProcess: false)
      ) { started($0.processIdentifier.value) }
      ended = .success((result.terminationStatus, result.standardOutput))
    } catch {
      ended = .failure(error)
    }
    tail.cancel()
    await tail.value
    file.pass(to: listener)
    let (status, stdout) = try ended.get()
    return output(of: status, stdout, file.content)
  }

  private func output(
    of status: TerminationStatus, _ stdout: [UInt8], _ stderr: [UInt8]
  ) -> Result<SealedGit.Output, GitError> {
    switch status {
    case .exited(let code):
      .success(
        SealedGit.Output(
          status: code, stdout: stdout, stderr: String(decoding: stderr, as: UTF8.self)))
    case .signaled(let signal): .failure(.gitKilled(command: name, signal: signal))
    }
  }

  private func failure(_ error: SubprocessError) -> GitError {
    switch error.code {
    case .outputLimitExceeded: .outputTooLarge(command: name, limit: limit)
    case .executableNotFound: .gitMissing
    default: .gitFailed(command: name, status: -1, detail: error.description)
    }
  }
}
