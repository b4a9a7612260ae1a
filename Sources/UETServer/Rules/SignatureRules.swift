import UETGit
import UETModel

/// Commits that come to branches are signed by somebody whom the host knows.
struct SignatureRules {
  let view: PushView

  private static let most = 20

  func refusals() async throws -> [PushRefusal] {
    guard view.policy.requires(.commits) else { return [] }
    let new = try NewCommits(view) { $0.isBranch || $0 == .queue || $0 == .tag }
    guard !new.commits.isEmpty else { return [] }
    let judged = try await judged(new.commits.map(\.id))
    return new.commits.filter { judged[$0.id] != .good }.prefix(Self.most).map { commit in
      PushRefusal(
        new.reference(of: commit.id), Self.text(commit.id, judged[commit.id]),
        hint: "sign what is yours: git rebase --exec 'git commit --amend --no-edit -S' "
          + "\(commit.id.short)~1")
    }
  }

  private enum Judgement: Hashable {
    case good, unsigned, bad
  }

  private static func text(_ id: ObjectID, _ judgement: Judgement?) -> String {
    judgement == .unsigned
      ? "commit \(id.short) is not signed (server.required_signatures)"
      : "commit \(id.short) is not signed by a key that this host knows "
        + "(server.required_signatures)"
  }

  /// As git judges, by the host's own keys: good, and of somebody it knows by name.
  private func judged(_ commits: [ObjectID]) async throws -> [ObjectID: Judgement] {
    var input = ""
    for id in commits { input += id.hex + "\n" }
    let text = Array(input.utf8)
    let output = try await view.git.check([
      "log", "--no-walk=unsorted", "--stdin", "--format=%H%x00%G?%x00%GS",
    ]) { options in
      options.input = text
      options.environment = view.objects
    }
    var result: [ObjectID: Judgement] = [:]
    for line in output.text.split(separator: "\n") {
      let parts = line.split(separator: "\0", omittingEmptySubsequences: false)
      guard parts.count == 3, let id = ObjectID(parts[0]) else { continue }
      result[id] = parts[1] == "G" && !parts[2].isEmpty ? .good : parts[1] == "N" ? .unsigned : .bad
    }
    return result
  }
}
