import UETGit
import UETModel
import UETPlanning

/// Which settings of the repository's own git configuration count.
///
/// Workers can write to it. What decides on gates, commands, trust, money or identity counts from
/// the user's own configuration and the command line; from the repository's once the user has
/// confirmed it in the former.
struct SettingTrust {
  /// What counts, in git's order.
  let settings: [(key: String, value: String)]
  /// What does not, until it is confirmed; each key once.
  let ignored: [String]
  /// The value of `uet.confirmed` that makes it count.
  let confirmation: String

  static let confirmationKey = "uet.confirmed"

  /// `trusted` are those whose inboxes count without git's configuration: to trust fewer is
  /// nobody's harm.
  init(_ repository: Repository, trusted: [String]) {
    var settings = repository.configList(prefix: "uet.")
    let isNarrower = Self.isNarrower(repository, trusted)
    let shared = repository.sharedSettings(prefix: "uet.").filter {
      SettingWeight.isWeightyOwn($0.key) && !($0.key == Self.inboxKey && isNarrower)
    }
    var text = repository.commonDirectory
    for (key, value) in shared { text += "\0\(key)\0\(value)" }
    confirmation = String(Repository.hashBlob(Array(text.utf8)).hex.prefix(20))
    // Whoever can write to the repository's file could confirm there as well.
    var confirmed = settings.filter { $0.key == Self.confirmationKey }.map(\.value)
    for entry in repository.sharedSettings(prefix: Self.confirmationKey) {
      if let place = confirmed.lastIndex(of: entry.value) { confirmed.remove(at: place) }
    }
    settings.removeAll { $0.key == Self.confirmationKey }
    guard !shared.isEmpty, !confirmed.contains(confirmation) else {
      (self.settings, ignored) = (settings, [])
      return
    }
    var names: [String] = []
    for (key, value) in shared {
      guard let place = settings.lastIndex(where: { $0.key == key && $0.value == value }) else {
        continue
      }
      settings.remove(at: place)
      if !names.contains(key) { names.append(key) }
    }
    (self.settings, ignored) = (settings, names)
  }

  private static let inboxKey = "uet.inbox.trust"

  /// Whether the repository's configuration trusts nobody whom the user does not trust anyway.
  private static func isNarrower(_ repository: Repository, _ trusted: [String]) -> Bool {
    var users = repository.configList(prefix: inboxKey).map(\.value)
    let shared = repository.sharedSettings(prefix: inboxKey).map(\.value)
    for value in shared {
      if let place = users.lastIndex(of: value) { users.remove(at: place) }
    }
    let allowed = users.isEmpty ? trusted : users
    return allowed.contains("*") || shared.allSatisfy { $0.isEmpty || allowed.contains($0) }
  }

  /// What the user is told; nil where all counts.
  var warning: String? {
    guard !ignored.isEmpty else { return nil }
    let verb = ignored.count == 1 ? "does" : "do"
    return
      "\(ignored.quoted(4)) of the repository's own configuration \(verb) not count: workers can "
      + "write there; if you set \(ignored.count == 1 ? "it" : "them"): "
      + "git config --global --add \(Self.confirmationKey) \(confirmation)"
  }
}
