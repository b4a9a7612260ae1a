import UETGit
import UETModel
import UETSystem

/// Repositories inside a worktree, which would go with it: what only they hold is kept, and what is
/// known to be nobody's is written down, so that a worktree with more than that is held.
struct InnerRepositories: Sendable {
  let project: Project
  let worktree: WorktreeHandle
  /// The caches of a run, which nobody works in.
  let excluding: [String]

  /// More of them is the debris of a test.
  private static let limit = 200

  /// One that could not be kept, and why.
  struct Unkept: Hashable, Sendable {
    let path: String
    let reason: String
  }

  /// Keeps what only they hold under `reference`, with a number behind it, and says so; those that
  /// cannot be kept, which hold the worktree from then on.
  func keep(
    as reference: String, of owner: String, say: @Sendable (String) -> Void
  ) async -> [Unkept] {
    var (notes, unkept) = (InnerNotes(), [Unkept]())
    var number = 0
    for inner in project.git.innerRepositories(in: worktree, excluding: excluding) {
      // Before it is looked at: what is done meanwhile is found later.
      let state = inner.state
      do {
        guard number < Self.limit else { throw InnerWorkError.tooMany(Self.limit) }
        let name = "\(reference)-repository-\(number + 1)"
        let apart = apart(of: inner, as: name)
        var isApart = false
        let kept = try await project.git.keep(inner, as: name) { tip in
          isApart = try await apart?.takesOver(tip) ?? false
          return !isApart
        }
        if kept != nil || isApart { number += 1 }
        if kept != nil {
          say(
            "\(owner) left a repository in \(inner.path.quoted(limit: 60)); what only it held is kept "
              + place(of: inner, name))
        }
        notes.known.insert(state)
      } catch {
        notes.held.insert(inner.path)
        unkept.append(Unkept(path: inner.path, reason: "\(error)"))
      }
    }
    note(notes)
    return unkept
  }

  /// Where it goes if it holds secrets; nil for a submodule's, which is in a repository of its own.
  private func apart(of inner: InnerRepository, as reference: String) -> KeptApart? {
    if case .submodule = inner.kind { return nil }
    let parts = reference.split(separator: "/").map(String.init).suffix(3)
    let label = parts.drop { RunID($0) != nil }.joined(separator: ".")
    return KeptApart(project, run: parts.compactMap { RunID($0) }.first, label: label)
  }

  private func place(of inner: InnerRepository, _ name: String) -> String {
    guard case .submodule(let module) = inner.kind else { return "as '\(name)'" }
    return "as '\(name)' in '\(project.repository.commonDirectory)/modules/\(module)'"
  }

  /// What gates made since is nobody's work.
  func noteWhatGatesMade() {
    var notes = notes
    for inner in project.git.innerRepositories(in: worktree, excluding: excluding)
    where !notes.held.contains(inner.path) {
      notes.known.insert(inner.state)
    }
    if notes != self.notes { note(notes) }
  }

  /// Those that hold what nothing else has, or may.
  func unkept() async -> [Unkept] {
    let notes = notes
    var found: [Unkept] = []
    for inner in project.git.innerRepositories(in: worktree, excluding: excluding) {
      // In a submodule files are work, too; elsewhere they are in the results, or ignored.
      let isSubmodule = if case .submodule = inner.kind { true } else { false }
      if notes.known.contains(inner.state), !isSubmodule { continue }
      do {
        if try await project.git.holdsWork(inner, files: isSubmodule) {
          found.append(Unkept(path: inner.path, reason: "it has work of its own"))
        }
      } catch {
        found.append(Unkept(path: inner.path, reason: "\(error)"))
      }
    }
    return found
  }

  /// Whether one could not be kept when an attempt ended.
  var isHeld: Bool { !notes.held.isEmpty }

  private var file: String { worktree.gitDirectory + "/uet-repositories" }

  private var notes: InnerNotes {
    InnerNotes(String(decoding: Files.content(of: file) ?? [], as: UTF8.self))
  }

  private func note(_ notes: InnerNotes) {
    // Without the notes the worktree is held, or looked at once more.
    if notes != InnerNotes() || Files.kind(file) != nil {
      try? Files.write(notes.text.utf8, to: file)
    }
  }
}

private enum InnerWorkError: Error, CustomStringConvertible {
  case tooMany(Int)

  var description: String {
    switch self {
    case .tooMany(let limit): "there are more than \(limit) in the worktree"
    }
  }
}

/// What is known of the repositories in a worktree, as it stands in its administrative directory.
private struct InnerNotes: Hashable {
  /// States in which there is nothing that is not kept.
  var known: Set<String> = []
  /// Paths of those that could not be kept.
  var held: Set<String> = []

  init() {}

  init(_ text: String) {
    for line in text.split(separator: "\n") {
      if line.hasPrefix("known ") { known.insert(String(line.dropFirst(6))) }
      if line.hasPrefix("held ") { held.insert(String(line.dropFirst(5))) }
    }
  }

  var text: String {
    known.sorted().map { "known \($0)\n" }.joined()
      + held.sorted().map { "held \($0)\n" }.joined()
  }
}
