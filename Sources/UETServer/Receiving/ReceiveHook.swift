import UETEngine
import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETSystem

/// Decides on a whole push, before anything of it is in the repository: `pre-receive`.
///
/// Git gives the references on the standard input and the objects in a quarantine. All decisions
/// are made here, by one process, for all references together.
package struct ReceiveHook {
  private let repository: Repository
  private let environment: [String: String]

  /// `directory` is where git starts the hook: the git directory.
  package init(directory: String, environment: [String: String]) throws {
    self.environment = environment
    repository = try Repository.open(
      discoveringFrom: directory, environment: environment.filter { Self.heeded.contains($0.key) })
    repository.shareNewFiles()
  }

  /// What of the environment decides which repository and which objects this is about. Settings
  /// that come by variables do not count: who starts git over a network may be able to set some.
  static let heeded: Set<String> = [
    "GIT_DIR", "GIT_QUARANTINE_PATH", "GIT_CONFIG_NOSYSTEM", "HOME", "XDG_CONFIG_HOME",
  ]

  private static let ofObjects: Set<String> = [
    "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH",
  ]

  /// Why the push is refused; none where it may be taken.
  package func refusals(_ input: [UInt8]) async throws -> [PushRefusal] {
    guard let updates = ReferenceUpdate.parse(input) else {
      return [
        PushRefusal(
          nil, "what git says of the push cannot be read",
          hint: "ask who runs the host to look at its git: git --version")
      ]
    }
    do throws(PushRefusal) {
      let settings = try HostSettings(repository)
      let view = try view(updates, settings)
      return try await judge(view)
    } catch {
      return [error]
    }
  }

  private func view(
    _ updates: [ReferenceUpdate], _ settings: HostSettings
  ) throws(PushRefusal) -> PushView {
    let names = LedgerNames(of: repository)
    let policy = PushPolicy(settings.configuration.server, head: settings.head)
    return PushView(
      repository: repository, reader: LedgerReader(repository: repository, names: names),
      git: SealedGit(repository: repository, environment: environment), policy: policy,
      pusher: Pusher(
        policy.settings.identity, try certificate(updates, policy), environment),
      updates: updates.map { ($0, PushedKind($0.name, names)) },
      existing: ExistingReferences(repository), workstreams: settings.configuration.workstreams,
      settings: settings.commit, objects: environment.filter { Self.ofObjects.contains($0.key) },
      options: CandidateWishes.options(in: environment))
  }

  /// The certificate, where the host goes by one.
  private func certificate(
    _ updates: [ReferenceUpdate], _ policy: PushPolicy
  ) throws(PushRefusal) -> PushCertificate? {
    guard policy.requires(.push) || policy.settings.identity == .certificate else { return nil }
    let found: PushCertificate?
    do throws(PushCertificate.Fault) {
      found = try PushCertificate(environment, updates, repository)
    } catch {
      throw error.refusal
    }
    guard found == nil, policy.requires(.push) else { return found }
    throw PushRefusal(
      nil, "the push is not signed (server.required_signatures)",
      hint: "sign it: git push --signed origin ...")
  }

  private func judge(_ view: PushView) async throws(PushRefusal) -> [PushRefusal] {
    do {
      let owners = OwnerBook(repository)
      let names = NameRules(policy: view.policy) { [repository] in
        try repository.referenceNames()
      }
      var refusals = try names.refusals(view.updates)
      guard refusals.isEmpty else { return refusals }
      refusals = try BranchRules(view: view, owners: owners).refusals()
      refusals += try CandidateRules(view: view).refusals(at: Clock.system.now())
      guard refusals.isEmpty else { return refusals }
      refusals = try ContentRules(view).refusals()
      guard refusals.isEmpty else { return refusals }
      let record = RecordRules(view: view, owners: owners)
      refusals = try record.refusals()
      guard refusals.isEmpty else { return refusals }
      refusals = try ScopeRules(view: view).refusals()
      refusals += try await SignatureRules(view: view).refusals()
      guard refusals.isEmpty else { return refusals }
      if let refusal = try record.bind() { return [refusal] }
      if view.policy.settings.identity == .certificate, let name = view.pusher.name,
        view.updates.contains(where: { $0.kind == .queue || $0.kind == .order })
      {
        try PushHandover(repository).leave(name)
      }
      guard let certificate = view.pusher.certificate,
        try !CertificateBook(repository).spend(certificate)
      else { return [] }
      return [PushCertificate.Fault.replayed.refusal]
    } catch let refusal as PushRefusal {
      throw refusal
    } catch {
      throw PushRefusal(unreadable: error)
    }
  }
}

extension PushRefusal {
  /// What cannot be judged is not taken.
  package init(unreadable error: any Error) {
    let refusal = Refusal(error)
    let message = refusal.messages.first ?? "it cannot be read"
    if (error as? GitError)?.isOfMissingObject == true {
      self.init(
        nil, "the history that was pushed is cut off: something that it names is missing",
        hint: "fetch the rest first: git fetch --unshallow")
    } else {
      self.init(
        nil, "the push could not be judged: \(message)",
        hint: refusal.hints.first ?? "see what is wrong with it: git fsck --strict")
    }
  }
}

extension PushCertificate.Fault {
  var refusal: PushRefusal {
    switch self {
    case .badSignature:
      PushRefusal(
        nil, "the signature of the push is not good",
        hint: "sign it with a key that the host knows: git push --signed origin ...")
    case .unknownSigner:
      PushRefusal(
        nil, "the push is signed by a key that the host does not know",
        hint: "ask who runs the host to add it to the file at gpg.ssh.allowedSignersFile")
    case .replayed:
      PushRefusal(
        nil, "the certificate of the push was made for another one, or is too old",
        hint: "sign it anew: git push --signed origin ...")
    case .differs:
      PushRefusal(
        nil, "the certificate of the push is not about what is pushed",
        hint: "sign just this push: git push --signed origin ...")
    }
  }
}
