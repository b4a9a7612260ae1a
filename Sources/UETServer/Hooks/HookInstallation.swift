import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETSystem

/// Puts the hooks of a host into its repository, beside what is there, and takes them away again.
package struct HookInstallation: Sendable {
  /// A thing that was done, or with `--dry-run` would be.
  package enum Change: Hashable, Sendable {
    case created(String)
    /// What stood at the place is kept under the other name, and runs after ours.
    case chained(String, as: String)
    case updated(String)
    case kept(String)
    case removed(String)
    /// What stood there before stands there again.
    case restored(String)
    /// Not ours, so that it stays.
    case left(String)
    /// The configuration has git call this program already, so that no file is needed.
    case configured(name: String)
    /// Another one of the configuration, which git runs before ours.
    case beside(name: String, HookFile)
    case set(key: String, value: String)
    case unset(key: String)
  }

  private let repository: Repository
  private let git: SealedGit
  private let folder: String
  private let isDry: Bool
  private let environment: [String: String]

  package init(directory: String, environment: [String: String], isDry: Bool) throws {
    repository = try Repository.open(discoveringFrom: directory, environment: environment)
    repository.shareNewFiles()
    git = SealedGit(repository: repository, environment: environment)
    folder = try HookFolder(repository, home: environment["HOME"]).path
    self.isDry = isDry
    self.environment = environment
  }

  /// What is to be kept for the way back: the settings that were set.
  private var notePath: String { "\(repository.commonDirectory)/uet-server/settings" }

  /// Doing it again changes nothing.
  package func install(_ side: HookFile.Side) async throws -> [Change] {
    var changes: [Change] = []
    let configured = try await configured()
    for hook in HookFile.allCases where hook.side == side {
      let hooks = configured.hooks(at: hook)
      if let ours = hooks.first(where: { $0.calls(hook) }) {
        // A file of ours would judge a second time.
        if let change = try uninstall(hook) { changes.append(change) }
        changes.append(.configured(name: ours.name))
      } else {
        changes.append(try install(hook))
      }
      changes += hooks.filter { !$0.calls(hook) }.map { .beside(name: $0.name, hook) }
    }
    return side == .server ? changes + (try await set()) : changes
  }

  /// Takes away what `install` put there, and nothing else.
  package func uninstall() async throws -> [Change] {
    var changes: [Change] = []
    for hook in HookFile.allCases {
      if let change = try uninstall(hook) { changes.append(change) }
    }
    return changes + (try await unset())
  }

  /// The names of settings by which git calls this program, whoever wrote them: they stay.
  package func configuredNames() async throws -> [String] {
    let configured = try await configured()
    let names = HookFile.allCases.flatMap { hook in
      configured.hooks(at: hook).filter { $0.calls(hook) }.map(\.name)
    }
    return Set(names).sorted()
  }

  /// None where this git does not know of them.
  private func configured() async throws -> ConfiguredHooks {
    let settings = repository.configList(prefix: "hook.")
    guard !settings.isEmpty,
      try await SealedGit.version(environment: environment) >= ConfiguredHooks.since
    else { return .none }
    return ConfiguredHooks(settings)
  }
}

extension HookInstallation {
  private func install(_ hook: HookFile) throws -> Change {
    let place = "\(folder)/\(hook.rawValue)"
    let kept = "\(folder)/\(hook.keptName)"
    let bytes = Array(hook.text.utf8)
    let found = Files.kind(place)
    guard found != nil else {
      if !isDry {
        try Files.makeDirectory(folder)
        try Files.write(bytes, to: place, mode: 0o755)
      }
      return .created(place)
    }
    if found == .file, let content = Files.content(of: place), HookFile.isOurs(content) {
      if content == bytes, Files.isProgram(place) { return .kept(place) }
      if !isDry { try Files.write(bytes, to: place, mode: 0o755) }
      return .updated(place)
    }
    guard hook.isChained else {
      throw Refusal(
        .decision,
        "'\(place.terminalSafe)' is another's, and git can talk with one program alone there",
        hint: "see what it is for, and take it away: \(place.shellQuoted)")
    }
    guard found != .directory, Files.kind(kept) == nil else {
      throw Refusal(
        .decision,
        "'\(place.terminalSafe)' is another's, and '\(hook.keptName)' stands beside it already",
        hint: "look at both, and move one away: ls -l \(folder.shellQuoted)")
    }
    if !isDry {
      // At each moment one of the two is there.
      guard try Files.linkNew(place, to: kept) else { return try install(hook) }
      try Files.write(bytes, to: place, mode: 0o755)
    }
    return .chained(place, as: hook.keptName)
  }

  private func uninstall(_ hook: HookFile) throws -> Change? {
    let place = "\(folder)/\(hook.rawValue)"
    let kept = "\(folder)/\(hook.keptName)"
    guard Files.kind(place) != nil || Files.kind(kept) != nil else { return nil }
    let isOurs = Files.content(of: place).map(HookFile.isOurs) ?? (Files.kind(place) == nil)
    guard isOurs else { return Files.kind(kept) == nil ? nil : .left(kept) }
    if Files.kind(kept) != nil {
      if !isDry { try Files.move(kept, to: place) }
      return .restored(place)
    }
    if !isDry { try Files.remove(place) }
    return .removed(place)
  }
}

extension HookInstallation {
  /// What git itself is to look at: the form of all objects that come in; and, where the host goes
  /// by signed pushes, that it offers to take them.
  private func wanted() throws -> [(key: String, value: String)] {
    var settings = [
      (key: "receive.fsckObjects", value: "true"),
      // What is pushed to 'refs/for' goes to 'proc-receive', with what it asks for.
      (key: Self.queueKey, value: "refs/for"),
      (key: Self.queueKey, value: "\(LedgerNames(of: repository).prefix)/inbox"),
      (key: "receive.advertisePushOptions", value: "true"),
      // Git (2.39) syncs packs, but not the loose objects that a small push becomes.
      (key: "core.fsync", value: "committed,loose-object"),
      (key: "core.fsyncMethod", value: "batch"),
    ]
    let policy: PushPolicy
    do throws(PushRefusal) {
      let host = try HostSettings(repository)
      policy = PushPolicy(host.configuration.server, head: host.head)
    } catch {
      throw Refusal(.usage, error.message, hint: error.hint)
    }
    if policy.requires(.push) || policy.settings.identity == .certificate {
      settings.append((key: "receive.certNonceSeed", value: Self.seed()))
    }
    return settings
  }

  /// What the host still lacks to do what its settings want; a line each.
  package func remarks() throws -> [String] {
    guard try wanted().contains(where: { $0.key == "receive.certNonceSeed" }),
      repository.config("gpg.ssh.allowedSignersFile") == nil
    else { return [] }
    return [
      "signed pushes are wanted, and nobody's key of ssh is known here yet: name the file of "
        + "allowed signers with 'git config gpg.ssh.allowedSignersFile PATH'"
    ]
  }

  private static let queueKey = "receive.procReceiveRefs"

  /// Whether nothing is to be set: somebody has chosen, or, where a key may have several values,
  /// ours is among them.
  private func isSet(_ key: String, _ value: String) -> Bool {
    if key == Self.queueKey {
      return repository.configList(prefix: key.lowercased()).contains { $0.value == value }
    }
    return repository.config(key) != nil
      || repository.config("transfer.fsckObjects") == "true" && key == "receive.fsckObjects"
  }

  private static func seed() -> String {
    var random = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let text = String(random.next(), radix: 16)
      return String(repeating: "0", count: 16 - text.count) + text
    }.joined()
  }

  private func set() async throws -> [Change] {
    var changes: [Change] = []
    for (key, value) in try wanted() {
      if isSet(key, value) { continue }
      if !isDry {
        try Files.makeDirectory(Files.folder(of: notePath) ?? "/", mode: 0o775)
        try Files.append(Array("\(key) \(value)\n".utf8), to: notePath)
        try await git.check(["config", "--local", "--add", key, value])
      }
      changes.append(.set(key: key, value: key == "receive.certNonceSeed" ? "(random)" : value))
    }
    return changes
  }

  private func unset() async throws -> [Change] {
    var changes: [Change] = []
    let note = String(decoding: Files.content(of: notePath) ?? [], as: UTF8.self)
    for line in note.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      // What somebody set otherwise since is theirs.
      guard parts.count == 2,
        repository.sharedSettings(prefix: parts[0].lowercased())
          .contains(where: { $0.key == parts[0].lowercased() && $0.value == parts[1] })
      else { continue }
      if !isDry {
        try await git.check([
          "config", "--local", "--fixed-value", "--unset", parts[0], parts[1],
        ])
      }
      changes.append(.unset(key: parts[0]))
    }
    if !isDry, Files.kind(notePath) != nil {
      try Files.remove(notePath)
      Files.removeEmpty(Files.folder(of: notePath) ?? "")
    }
    return changes
  }
}
