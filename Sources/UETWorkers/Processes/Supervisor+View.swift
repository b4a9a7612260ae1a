import UETSystem

extension Supervisor {
  /// Whether commands can be shown a folder at `path`, where an empty one is: it is tried out.
  package func canShow(at path: String) -> Bool {
    let arguments =
      FolderView(path, at: path).supervisorArguments + ["--log=/dev/null", "--", executable]
    let trial = Spawn(executable, arguments, environment: [], group: .session)
    guard let pair = try? SocketPair.open(),
      let pid = try? trial.start(input: pair.theirs.number, output: pair.theirs.number, error: nil)
    else { return false }
    let ours = pair.keepingOurs()
    defer { withExtendedLifetime(ours) {} }
    if case .exited(0) = ProcessEnd(of: pid) { return true }
    return false
  }
}
