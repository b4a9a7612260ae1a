import Subprocess
import SystemPackage

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

  func result() async -> Result<SealedGit.Output, GitError> {
    var options = PlatformOptions()
    // A process group of its own: a Ctrl-C in the terminal is for us, not for git.
    options.processGroupID = 0
    var variables: [Environment.Key: String] = [:]
    for (key, value) in environment { variables[Environment.Key(stringLiteral: key)] = value }
    do {
      let stdin = try InputFile(input).descriptor
      let result = try await Subprocess.run(
        .path(FilePath(executable)), arguments: Arguments(arguments),
        environment: .custom(variables), workingDirectory: FilePath(directory),
        platformOptions: options,
        input: .fileDescriptor(stdin, closeAfterSpawningProcess: true),
        output: .bytes(limit: limit),
        error: .bytes(limit: 1 << 20))
      return output(of: result.terminationStatus, result.standardOutput, result.standardError)
    } catch let error as GitError {
      return .failure(error)
    } catch let error as SubprocessError {
      return .failure(failure(error))
    } catch {
      return .failure(.gitFailed(command: name, status: -1, detail: "\(error)"))
    }
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
