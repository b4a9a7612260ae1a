import UETGit
import UETLedger
import UETModel
import UETPlanning

/// Candidates that others pushed, to be tested and landed together by a run of their own.
package struct CandidateBatch: Sendable {
  package struct Member: Hashable, Sendable {
    /// The reference that holds it, whose commit must still be `candidate` when it lands.
    package let reference: String
    package let candidate: ObjectID
    /// What people call it.
    package let name: String
    package let tip: ObjectID

    package init(reference: String, candidate: ObjectID, name: String, tip: ObjectID) {
      (self.reference, self.candidate) = (reference, candidate)
      (self.name, self.tip) = (name, tip)
    }
  }

  /// Full name of the branch to land in.
  package let target: String
  /// In the order in which they are to be merged.
  package let members: [Member]
  /// Gates besides those that the configuration has for all.
  package let gates: [String]

  package init(target: String, members: [Member], gates: [String]) {
    (self.target, self.members, self.gates) = (target, members, gates)
  }
}

extension CandidateBatch {
  /// What is known of a batch before its run begins.
  package struct Vetted: Sendable {
    /// Those that can be queued, with the workstreams that they are in the run.
    package fileprivate(set) var accepted: [(member: Member, id: WorkstreamID)] = []
    /// Those that cannot, and why.
    package fileprivate(set) var refused: [(member: Member, refusal: Refusal)] = []
    fileprivate let target: String
    fileprivate let start: ObjectID
  }

  /// Looks at each by itself: one that cannot be queued keeps none of the others out.
  package func vetted(in project: Project) async throws -> Vetted {
    guard let start = try project.repository.reference(target) else {
      throw Refusal.unknownBranch(target)
    }
    var vetted = Vetted(target: target, start: start)
    let presence = try TargetPresence(project.git, target: target, tip: start)
    defer { presence.close() }
    let work = RemovedWork(project: project, presence: presence)
    for member in members {
      do {
        try await Integration.requireNew(member.name, member.tip, work)
        guard
          let id = WorkstreamID(telling: member.name, besides: vetted.accepted.map(\.id))
        else { throw Refusal.unknownBranch(member.name) }
        vetted.accepted.append((member, id))
      } catch let refusal as Refusal {
        vetted.refused.append((member, refusal))
      }
    }
    return vetted
  }

  /// Begins the run of those that were accepted; what is in it is said as `source` of each.
  package func begin(
    _ vetted: Vetted, as run: RunID, in project: Project
  ) async throws -> Integration {
    _ = try await SealedGit.requireVersion(environment: project.environment)
    try await project.git.requireSigning()
    var configuration = project.configuration
    configuration.integration.gates += gates.filter {
      !configuration.integration.gates.contains($0)
    }
    let project = project.with(configuration)
    let trust = try project.requireTrust(in: [])
    let branches = vetted.accepted.map {
      PlainBranch(id: $0.id, tip: $0.member.tip, source: $0.member.reference)
    }
    try await Integration.record(
      Integration.linked(branches, project), vetted.start, target, trust, as: run,
      committer: project.person,
      project)
    return try await Integration.prepare(resuming: run, landingIn: target, in: project)
  }
}

extension Integration {
  /// Goes on with the run of a batch.
  package static func prepare(
    resuming run: RunID, landingIn target: String, in project: Project
  ) async throws -> Integration {
    try await prepare(IntegrationRequest(run: run.rawValue, land: target), in: project)
  }

  /// This one, which lands a workstream only while what it came from holds what it held when the
  /// run began, and anything at all only while `always` does; by `publisher` where that is given.
  package func fenced(
    _ fences: [WorkstreamID: ReferenceChange], always: [ReferenceChange],
    publisher: LandingPublisher?
  ) -> Integration {
    var integration = self
    integration.fences = LandingFences(
      members: fences, always: always, publisher: publisher)
    return integration
  }
}

/// What must hold when something lands, beside what the run's own record says.
struct LandingFences: Sendable {
  /// Of each workstream.
  var members: [WorkstreamID: ReferenceChange] = [:]
  /// Of anything.
  var always: [ReferenceChange] = []
  /// Where it lands first.
  var publisher: LandingPublisher?
}
