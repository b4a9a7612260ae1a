import ArgumentParser
import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

struct DashboardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dashboard", abstract: "show runs as pages in a browser, and steer them there",
    discussion: """
      Starts git-uet-dashboard, a program of its own, which lies beside this one or on the PATH. What follows is its: \
      HOST:PORT, --read-only, --repository PATH and others; 'git uet dashboard -- --help' lists them.
      """)

  @Argument(
    parsing: .captureForPassthrough, help: ArgumentHelp("For that program.", valueName: "words"))
  var words: [String] = []

  static let program = "git-uet-dashboard"

  func run() throws {
    // What is asked of this command and not of the other program.
    if ["-h", "--help"].contains(words.first) { throw CleanExit.helpRequest(self) }
    let words = words.first == "--" ? Array(words.dropFirst()) : words
    guard let path = Self.find(ProcessEnvironment.current["PATH"] ?? "") else {
      throw Refusal(
        .usage, "'\(Self.program)' is neither beside this program nor on the PATH",
        hint: "it is built by itself: make dashboard, and then: make install")
    }
    fflush(nil)
    var arguments = ([path] + words).map { strdup($0) }
    arguments.append(nil)
    execv(path, arguments)
    let reason = String(cString: strerror(errno))
    for argument in arguments { free(argument) }
    throw Refusal(.internalError, "cannot start '\(path.terminalSafe)': \(reason)")
  }

  /// Beside this program first: the one that was built with it.
  static func find(_ searchPath: String) -> String? {
    let own = OwnProgram.path
    let beside = own.lastIndex(of: "/").map { String(own[..<$0]) }
    let folders = [beside].compactMap { $0 } + searchPath.split(separator: ":").map(String.init)
    return folders.map { "\($0)/\(program)" }.first { Files.isProgram($0) }
  }
}
