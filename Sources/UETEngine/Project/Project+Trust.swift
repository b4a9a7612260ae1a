import UETModel
import UETPlanning

extension Project {
  /// This project, all of whose commands run whatever they are.
  package func trustingAll(_ isTold: Bool) -> Project {
    var project = self
    if isTold { project.trust.always = .commandLine }
    return project
  }

  /// Refuses where something that `configuration` and the workstreams have run is not trusted.
  @discardableResult
  func requireTrust(
    in workstreams: [Workstream], under configuration: Configuration? = nil
  ) throws(Untrusted) -> Trust.Ground {
    if let ground = trust.always { return ground }
    let declared = declared(by: workstreams, under: configuration)
    // What an agent is asked to do is a command as well.
    if declared.all.isEmpty, workstreams.isEmpty { return .nothing }
    let record = trust.store.load()
    guard let record, record.covers(declared) else {
      throw Untrusted(review: TrustReview(declared, record))
    }
    return .person
  }

  private func declared(
    by workstreams: [Workstream], under configuration: Configuration? = nil
  ) -> DeclaredParts {
    DeclaredParts(
      configuration ?? self.configuration, file: Self.configurationPath, without: trust.own,
      workstreams)
  }

  /// All that the configuration and the bundles have run as they are now.
  private func declared() throws -> DeclaredParts {
    let bundles: [BundleFile]
    do { bundles = try bundleFiles() } catch is NoBundles { bundles = [] }
    let loaded = BundleLoader.load(bundles)
    if loaded.diagnostics.hasErrors { throw InvalidDocuments(loaded.diagnostics) }
    return declared(by: loaded.workstreams)
  }

  package func reviewTrust() throws -> TrustReview {
    TrustReview(try declared(), trust.store.load())
  }

  /// Trusts what `review` shows; refuses what has become something else since it was made.
  package func trust(_ review: TrustReview) throws {
    let declared = try declared()
    let record = trust.store.load()
    guard TrustReview(declared, record).digest == review.digest else { throw Self.hasMoved }
    var new = record ?? TrustRecord()
    new.accept(declared)
    try trust.store.save(new)
  }

  static let hasMoved = Refusal(
    .decision, "the files have changed since they were shown; nothing was trusted",
    hint: "look again: git uet trust")

  /// Whether something was trusted.
  package func revokeTrust() throws -> Bool { try trust.store.remove() }

  /// Trusts the configuration and the example that were made here a moment ago.
  package func trustOwn() throws {
    guard trust.store.load() == nil, trust.store.path != nil else { return }
    var record = TrustRecord()
    record.accept(try declared())
    try trust.store.save(record)
  }
}
