import UETGit
import UETLedger
import UETMergeQueue
import UETModel
import UETPlanning
import UETScheduling
import UETSystem

/// A repository opened for work: its settings, its git, the environment and the clock.
package struct Project: Sendable {
  package let repository: Repository
  package private(set) var git: SealedGit
  private let settings: Shared<Configuration>
  package let environment: [String: String]
  package private(set) var clock: Clock
  package let refPrefix: String
  /// Whose inboxes count: today's setting, whatever a run recorded when it started.
  let inboxTrust: [String]
  let secrets: KnownSecrets
  /// That settings do not count which a worker may have made, and how to confirm them.
  package let settingWarning: String?
  /// Whether what the repository's files have run may run.
  var trust: Trust
  /// What is wrong with today's configuration, where it was opened to look only.
  package private(set) var configurationProblems: [Diagnostic] = []
  /// Told of what went wrong beside the result; one line.
  package var warn: @Sendable (String) -> Void = { _ in }

  package var configuration: Configuration { settings.value }

  /// Opens the repository around `directory` and reads its configuration.
  ///
  /// The configuration is that of the work tree; a bare repository's is that of its HEAD commit.
  /// A missing one means defaults. With `branch`, a full name, it is that of the branch's end.
  /// Broken ones are reported whole, or with `reading`, for what only looks at the record, given in
  /// `configurationProblems` and left out.
  package static func open(
    from directory: String, environment: [String: String], clock: Clock = .system,
    reading: Bool = false, branch: String? = nil
  ) throws -> Project {
    let repository = try Repository.open(discoveringFrom: directory, environment: environment)
    let own = [cloneKey.lowercased(), "uet.refprefix", "uet.shareprefix", forgottenKey]
    var configuration = Configuration()
    var problems: [Diagnostic] = []
    if let bytes = try configurationBytes(repository, branch) {
      let loaded = Configuration.load(bytes, file: configurationPath)
      (configuration, problems) = (loaded.configuration, loaded.diagnostics)
    }
    let trust = SettingTrust(repository, trusted: configuration.inbox.trust)
    let settings = trust.settings.filter { !own.contains($0.key.lowercased()) }
    let overridden = configuration.applying(gitConfig: settings)
    problems += overridden.diagnostics
    if problems.hasErrors, !reading { throw InvalidDocuments(problems) }
    let git = SealedGit(repository: repository, environment: environment)
    git.watch.limit = .seconds(overridden.configuration.run.gitTimeout)
    var project = Project(
      repository: repository, git: git,
      settings: Shared(problems.hasErrors ? Configuration() : overridden.configuration),
      environment: environment, clock: clock,
      refPrefix: trust.settings.last { $0.key == "uet.refprefix" }?.value ?? "refs/uet",
      inboxTrust: problems.hasErrors ? [] : overridden.configuration.inbox.trust,
      secrets: KnownSecrets(
        overridden.configuration, in: environment, repository.workTree),
      settingWarning: trust.warning,
      trust: Trust(repository, trust.settings, environment: environment))
    project.configurationProblems = problems.filter { $0.severity == .error }
    return project
  }

  package static let configurationPath = ".uet/config.yaml"

  private static func configurationBytes(
    _ repository: Repository, _ branch: String?
  ) throws -> [UInt8]? {
    if branch == nil, let workTree = repository.workTree {
      return try Files.read("\(workTree)/\(configurationPath)")
    }
    var end: ObjectID?
    if let branch {
      end = try repository.reference(branch)
    } else if case .branch(_, let commit) = try repository.head() {
      end = commit
    }
    guard let commit = end,
      let entry = try repository.entry(at: configurationPath, in: repository.commit(commit).tree)
    else { return nil }
    return try repository.blob(entry.id)
  }
}

extension Project {
  /// Logs, locks, the socket and the cache: all disposable.
  package var stateDirectory: String { "\(repository.commonDirectory)/uet" }

  /// The folder of all worktrees, from `run.worktrees`; relative to the main work tree, from
  /// whichever worktree the program is called.
  package var worktreeRoot: String {
    let common = repository.commonDirectory
    let home =
      repository.mainWorkTree ?? (common.hasSuffix("/.git") ? String(common.dropLast(5)) : common)
    let name = home.split(separator: "/").last.map(String.init) ?? "repository"
    let bare = name.hasSuffix(".git") ? String(name.dropLast(4)) : name
    return Files.absolute(
      configuration.run.worktrees.replacing("{repo}", with: bare), from: home)
  }

  /// Makes the folder of all worktrees, where it lies inside a checkout as one that this one
  /// ignores.
  func makeWorktreeRoot() throws(SystemFailure) {
    let root = worktreeRoot
    if Files.kind(root) == .directory { return }
    try Files.makeDirectory(root)
    var above = Substring(root)
    while let slash = above.lastIndex(of: "/") {
      above = above[..<slash]
      guard Files.kind("\(above)/.git") != nil else { continue }
      return try Files.write(Array("*\n".utf8), to: "\(root)/.gitignore")
    }
  }

  /// This project under another configuration: the one a run recorded when it started.
  func with(_ configuration: Configuration, refPrefix: String? = nil) -> Project {
    git.watch.limit = .seconds(configuration.run.gitTimeout)
    var project = Project(
      repository: repository, git: git, settings: Shared(configuration),
      environment: environment, clock: clock, refPrefix: refPrefix ?? self.refPrefix,
      inboxTrust: inboxTrust,
      secrets: KnownSecrets(configuration, in: environment, repository.workTree),
      settingWarning: settingWarning,
      trust: trust)
    project.warn = warn
    return project
  }

  /// This project, whose git goes by the configuration and attributes of this moment, whatever
  /// workers write.
  ///
  /// `recorded` is what was on record when the run started: a program that was named, or named
  /// otherwise, only later does not run in the engine's git.
  func fixingSettings(recorded: JSONValue? = nil) -> Project {
    var project = self
    project.git = git.fixingSettings(leavingOut: laterPrograms(than: recorded))
    return project
  }

  /// Settings that name programs and are not on record, or otherwise; none where there is no record
  /// of them.
  func laterPrograms(than recorded: JSONValue?) -> Set<String> {
    guard let known = recorded?.object else { return [] }
    return Set(repository.programSettings.filter { known[$0.key]?.string != $0.value }.keys)
  }

  /// The settings that name programs, for the record: digests alone.
  var programs: JSONValue {
    .object(
      JSONObject(
        members: repository.programSettings.sorted { $0.key < $1.key }
          .map { JSONObject.Member($0.key, .string($0.value)) }))
  }

  /// This project with a clock that never shows a moment before `time`, the last one on record.
  func notBefore(_ time: Timestamp?) -> Project {
    var project = self
    project.clock = .steady(after: time)
    return project
  }

  /// What keeps work that somebody left.
  var kept: KeptWork { KeptWork(repository: repository, options: ledgerOptions) }

  var ledgerOptions: LedgerOptions {
    var options = LedgerOptions()
    options.names = ledgerNames
    options.git = git
    let (warn, secrets) = (warn, secrets)
    options.clearing = { secrets.redaction.redacted($0) }
    options.notice = { notice in
      switch notice {
      case .restoredChain(let name):
        warn("somebody took '\(name)' away or set it back; it is put back")
      case .removedStaleLock(let path, let evidence):
        warn("removed the lock file '\(path)' that a dead process left (\(evidence))")
      case .rewroteBatch(let commit):
        warn("a garbage collection took ledger objects; wrote \(commit.short) again")
      case .waitsForCollection:
        warn("a 'git gc' is under way: what is archived goes when it has ended")
      case .packingFailed(let reason):
        warn("the record's objects stay loose, for they could not be packed: \(reason)")
      }
    }
    return options
  }

  /// Who commits a worker's changes: the user that git is configured for, else the engine.
  package func identity() -> Signature {
    var signature = Signature.engine(at: clock.now())
    if let name = environment["GIT_AUTHOR_NAME"] ?? repository.config("user.name"), !name.isEmpty {
      signature.name = name
    }
    if let email = environment["GIT_AUTHOR_EMAIL"] ?? repository.config("user.email"),
      !email.isEmpty
    {
      signature.email = email
    }
    return signature
  }
}
