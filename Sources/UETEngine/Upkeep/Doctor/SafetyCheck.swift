import UETModel
import UETPlanning
import UETSystem

/// Looks at what commands are shut in by, and whether they are trusted.
struct SafetyCheck: Sendable {
  let project: Project

  func findings() -> [DoctorFinding] { [sandbox] + [trust, tracer, keptApart].compactMap { $0 } }

  /// nil where there is none.
  private var keptApart: DoctorFinding? {
    let count = KeptApart.count(in: project)
    if count == 0 { return nil }
    let root = KeptApart.root(of: project)
    let size = ByteCount.text(Int(FolderSize(of: root).bytes))
    return DoctorFinding(
      "secrets", .note,
      "work that held secrets, of \(count.counting("attempt")), is kept in \(root.quoted()) (\(size))",
      fix: "look at it, then: rm -r \(root.shellQuoted)")
  }

  /// nil where no gate is to be looked at.
  private var tracer: DoctorFinding? {
    let names = project.configuration.gates.filter { $1.inputs == .learned }.keys.sorted()
    if names.isEmpty { return nil }
    let words = "what \(names.listed(3)) \(names.count == 1 ? "reads" : "read")"
    guard let strace = Spawn.find("strace", project.environment) else {
      return DoctorFinding(
        "strace", .note,
        "not installed: \(words) is not learned, and each verdict counts for a whole tree",
        fix: "install strace")
    }
    return DoctorFinding("strace", .ok, "\(strace): \(words) is learned")
  }

  private var sandbox: DoctorFinding {
    let mode = project.configuration.sandbox.mode
    do throws(Refusal) {
      if let found = try Sandbox.choose(project) {
        let less =
          found.means.canCover
          ? "" : ", which keeps less in than bubblewrap: see the guide on safety"
        return DoctorFinding("sandbox", .ok, "\(found.means.name) (\(mode.rawValue))\(less)")
      }
      return DoctorFinding(
        "sandbox", .note,
        mode == .off
          ? "off: workers and gates have all your rights"
          : "neither bubblewrap nor Landlock works here: workers and gates have all your rights",
        fix: mode == .off ? nil : "install bubblewrap")
    } catch {
      return DoctorFinding(
        "sandbox", .problem, error.messages.joined(separator: "; "), fix: error.hints.first)
    }
  }

  /// nil where the files cannot be read, which others say.
  private var trust: DoctorFinding? {
    if let always = project.trust.always {
      return DoctorFinding("trust", .ok, "everything, by \(always.rawValue)")
    }
    guard let review = try? project.reviewTrust() else { return nil }
    if review.isTrusted { return DoctorFinding("trust", .ok, "what the files have run is trusted") }
    if review.parts.isEmpty, review.isFirst {
      return DoctorFinding("trust", .note, "nothing is trusted yet", fix: "git uet trust")
    }
    return DoctorFinding(
      "trust", .note,
      review.isFirst
        ? "nothing that the files have run is trusted yet: no run starts"
        : "what the files have run has changed since you trusted it: no run starts",
      fix: review.isFirst ? "git uet trust" : "git uet trust --diff")
  }
}
