import UETEngine
import UETGit
import UETLedger
import UETModel
import UETPlanning

/// What this clone's own push would do to what others share: `pre-push`.
///
/// A host with hooks refuses it anyway; any other takes it, and `git push --mirror` removes there
/// what this clone does not have.
package struct OutgoingPush {
  /// What is said of a push; one that is stopped is about the record.
  package struct Verdict: Hashable, Sendable {
    package var refusals: [PushRefusal] = []
    package var warnings: [String] = []
  }

  private struct Line {
    let new: ObjectID?
    let name: String
    let old: ObjectID?
  }

  private let repository: Repository
  private let reader: LedgerReader
  private let settings: Configuration?
  private let remote: String

  /// `remote` is its name, or its address where it has none.
  package init(directory: String, environment: [String: String], remote: String) throws {
    let project = try Project.open(from: directory, environment: environment, reading: true)
    repository = project.repository
    reader = project.reader
    settings = project.configurationProblems.isEmpty ? project.configuration : nil
    self.remote = remote
  }

  /// Judges what git gives to the hook: `LOCAL NEW NAME OLD` and a line feed each.
  package func verdict(_ input: [UInt8]) throws -> Verdict {
    let lines = input.split(separator: UInt8(ascii: "\n")).compactMap(Self.line)
    var verdict = Verdict()
    if isMirror(lines) {
      verdict.refusals.append(
        PushRefusal(
          nil,
          "the push looks like one of '--mirror', which removes on '\(remote.terminalSafe)' all that "
            + "this clone does not have, the runs of others included",
          hint:
            "push what is yours by name; or, if it is meant, go by no hook: git push --no-verify"))
    }
    let deleted = try lines.filter { try takesAway($0) }.map(\.name)
    if !deleted.isEmpty {
      verdict.refusals.append(
        refusal(deleted, "take away", "push without '--mirror' and '--prune'"))
    }
    let reset = try lines.filter { try setsBack($0) }.map(\.name)
    if !reset.isEmpty {
      verdict.refusals.append(refusal(reset, "set back", "share the record with 'git uet sync'"))
    }
    for line in lines where isOfQueue(line.name) {
      verdict.warnings.append(
        "'\(RunNames.short(line.name).terminalSafe)' is moved by the queue of the host; what you push "
          + "there lands untested, where the host takes it")
    }
    return verdict
  }

  /// The local name may hold blanks, as `HEAD@{1 day ago}`; the last three words do not.
  private static func line(_ bytes: ArraySlice<UInt8>) -> Line? {
    let words = bytes.split(separator: UInt8(ascii: " "))
    guard words.count >= 4, let new = ObjectID(hexadecimal: words[words.count - 3]),
      let old = ObjectID(hexadecimal: words[words.count - 1])
    else { return nil }
    return Line(
      new: new.isZero ? nil : new,
      name: String(decoding: words[words.count - 2], as: UTF8.self),
      old: old.isZero ? nil : old)
  }

  /// Git does not tell the hook what `--mirror` deletes; that they push what was
  /// fetched, under its own name, shows which push it is.
  private func isMirror(_ lines: [Line]) -> Bool {
    if lines.contains(where: { $0.new != nil && $0.name.hasPrefix("refs/remotes/") }) {
      return true
    }
    let setting = repository.config("remote.\(remote).mirror")
    return setting.map { ["true", "yes", "on", "1"].contains($0.lowercased()) } ?? false
  }

  /// A part of the record that the other side has, and no archive here.
  private func takesAway(_ line: Line) throws -> Bool {
    guard line.new == nil, let old = line.old,
      case .record(let kind, let shared) = PushedKind(line.name, reader.names)
    else { return false }
    guard let run = kind.run else { return true }
    for archive in try reader.archive.archives() {
      guard let kept = try reader.archive.read(run, in: archive.tip)?.references[shared] else {
        continue
      }
      if kept.contains(old) { return false }
      guard shared.hasPrefix("runs/") else { continue }
      for newer in kept where try reader.walk(to: newer, after: old, { _ in }) { return false }
    }
    return true
  }

  /// What only grows, where the other side has what this side's does not hold.
  private func setsBack(_ line: Line) throws -> Bool {
    guard let new = line.new, let old = line.old, new != old,
      case .record(let kind, _) = PushedKind(line.name, reader.names)
    else { return false }
    if case .owned = kind { return false }
    guard repository.contains(old) else { return true }
    return try !repository.isAncestor(old, of: new)
  }

  private func refusal(_ names: [String], _ what: String, _ instead: String) -> PushRefusal {
    let more = names.count > 1 ? " and \(names.count - 1) more" : ""
    return PushRefusal(
      nil,
      "the push would \(what) what others share on '\(remote.terminalSafe)': "
        + "\(names[0].terminalSafe)\(more)",
      hint: "\(instead); or, if it is meant, go by no hook: git push --no-verify")
  }

  /// Whether the project's settings say that the host's queue moves the branch.
  private func isOfQueue(_ name: String) -> Bool {
    guard let settings, settings.server != Configuration.Server() else { return false }
    let head = settings.integration.target.map { "refs/heads/\($0)" }
    return PushPolicy(settings.server, head: head).isProtected(name)
  }
}
