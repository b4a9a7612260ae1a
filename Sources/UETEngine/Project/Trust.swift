import UETGit
import UETModel
import UETPlanning
import UETSystem

/// Whether what this clone's files have run may run.
struct Trust: Sendable {
  /// Whose word it is.
  enum Ground: String, Sendable {
    /// A person looked at this very content.
    case person
    /// `uet.trust` of the user's own git configuration.
    case setting = "uet.trust"
    /// `--trust`.
    case commandLine = "--trust"
    /// There is nothing that would run.
    case nothing
  }

  let store: TrustStore
  /// What holds in this clone without its file.
  var own: Configuration { settings.value }
  private let settings: Shared<Configuration>
  /// Everything is trusted, on this ground.
  var always: Ground?

  init(
    _ repository: Repository, _ settings: [(key: String, value: String)],
    environment: [String: String]
  ) {
    store = TrustStore(repository, environment: environment)
    self.settings = Shared(Configuration().applying(gitConfig: settings).configuration)
    let values = settings.filter { $0.key == Self.settingKey }.map(\.value)
    if Self.isCovered(repository, by: values, home: environment["HOME"]) { always = .setting }
  }

  static let settingKey = "uet.trust"

  /// `always`, or a folder that the repository is in.
  private static func isCovered(
    _ repository: Repository, by values: [String], home: String?
  ) -> Bool {
    let place = Files.real(repository.mainWorkTree ?? repository.commonDirectory) ?? ""
    return values.contains { value in
      if value == "always" { return true }
      let path = value.hasPrefix("~/") ? (home ?? "") + value.dropFirst() : value
      guard path.hasPrefix("/"), let folder = Files.real(path) else { return false }
      return place == folder || place.hasPrefix(folder == "/" ? "/" : folder + "/")
    }
  }
}
