import UETEngine
import UETGit
import UETLedger
import UETModel

/// The lines of a host, seen on the host itself or from a clone.
package struct LineLook: Sendable {
  /// Each line with its candidates, in the order of the branches' names.
  package let lines: [(state: LineState, candidates: [PushedCandidate])]
  /// Whether a process serves them; nil where it cannot be told.
  package let isServed: Bool?

  /// Reads those of this repository.
  package init(in project: Project) throws {
    let names = LineNames(prefix: project.refPrefix)
    let book = LineBook(project.repository, project.git, names)
    lines = try Self.read(book)
    isServed = ServeFiles(project.repository).isServed
  }

  /// Fetches those of a remote, and reads them.
  package init(of remote: String, in project: Project, network: SealedGit.Network) async throws {
    let names = try project.shareNames(remote)
    let there = LineNames(prefix: names.hostPrefix)
    let here = LineNames(prefix: names.tracking)
    try await project.git.fetch(
      remote,
      refspecs: [
        "+\(there.candidates)*:\(here.candidates)*", "+\(there.lines)*:\(here.lines)*",
      ], prune: true, network: network)
    project.repository.renew()
    lines = try Self.read(LineBook(project.repository, project.git, here))
    isServed = nil
  }

  private static func read(
    _ book: LineBook
  ) throws -> [(state: LineState, candidates: [PushedCandidate])] {
    let candidates = Dictionary(grouping: try book.candidates(), by: \.branch)
    let states = Dictionary(
      try book.lines().map { ($0.branch, $0) }, uniquingKeysWith: { first, _ in first })
    return Set(candidates.keys).union(states.keys).sorted().map { branch in
      (states[branch] ?? LineState(branch: branch), candidates[branch] ?? [])
    }
  }
}

/// A person's order to a line, given on the host or sent to it.
package struct LineDesk: Sendable {
  private let project: Project

  package init(_ project: Project) { self.project = project }

  /// Carries it out in this repository; gives what was done.
  package func obey(_ order: LineOrder, on branch: String) async throws -> String {
    let book = LineBook(project.repository, project.git, LineNames(prefix: project.refPrefix))
    let isThere = try project.repository.reference("refs/heads/\(branch)") != nil
    guard try isThere || !book.candidates(of: branch).isEmpty else {
      throw Refusal.unknownBranch(branch)
    }
    do {
      let done = try await book.obey(
        order, on: branch, by: project.person, at: project.clock.now())
      ServeFiles(project.repository).call()
      return done
    } catch let fault as OrderFault {
      throw Refusal(.usage, fault.message.terminalSafe, hint: fault.hint.terminalSafe)
    }
  }

  /// Sends it to a remote, by a push that leaves no reference; gives what the host said.
  package func send(
    _ order: LineOrder, on branch: String, to remote: String, network: SealedGit.Network
  ) async throws -> [String] {
    let names = LineNames(prefix: try project.shareNames(remote).hostPrefix)
    // Any commit that the host has will do.
    let known = "refs/remotes/\(remote)/\(branch)"
    let approved = try approved(order, on: branch, remote)
    guard let commit = try approved ?? project.repository.reference(known) else {
      throw Refusal(
        .usage, "nothing is known here of '\(branch.terminalSafe)' on '\(remote.terminalSafe)'",
        hint: "fetch it: git fetch \(remote.shellQuoted)")
    }
    var options: [String] = []
    if let reason = order.reason { options.append("uet.reason=\(reason)") }
    let (said, isTaken) = try await project.git.push(
      remote, wishing: "\(names.inbox)\(branch)/\(order.path)", with: commit, options: options,
      network: network)
    if isTaken { return said }
    throw HostRefusal(said: said, remote: remote)
  }
}

extension LineDesk {
  /// What is approved is the commit that was fetched, whatever was pushed since; nil for other
  /// orders.
  private func approved(
    _ order: LineOrder, on branch: String, _ remote: String
  ) throws -> ObjectID? {
    guard case .approve(let topic, _) = order else { return nil }
    let names = LineNames(prefix: try project.shareNames(remote).tracking)
    let book = LineBook(project.repository, project.git, names)
    guard let candidate = try book.candidate(branch, topic) else {
      throw Refusal(
        .usage,
        "nothing is known here of a candidate '\(topic.terminalSafe)' for '\(branch.terminalSafe)'",
        hint: "look at it first: git uet queue --remote \(remote.shellQuoted)")
    }
    return candidate.tip
  }
}

/// What a host says against an order.
struct HostRefusal: Refusing {
  let said: [String]
  let remote: String

  var refusal: Refusal {
    // Its lines are broken for a terminal, with what goes on indented.
    var messages: [String] = []
    var hints: [String] = []
    var isHint = false
    for line in said.map(\.terminalSafe) where line != "nothing of the push was taken" {
      if line.hasPrefix("error: ") {
        isHint = false
        messages.append(String(line.dropFirst(7)))
      } else if line.hasPrefix("hint: ") {
        isHint = true
        hints.append(String(line.dropFirst(6)))
      } else {
        let rest = " " + line.drop { $0 == " " }
        if isHint {
          hints[hints.count - 1] += rest
        } else if !messages.isEmpty {
          messages[messages.count - 1] += rest
        }
      }
    }
    var refusal = Refusal(
      .decision, messages.first ?? "'\(remote.terminalSafe)' refuses it")
    refusal.hints = hints
    return refusal
  }
}
