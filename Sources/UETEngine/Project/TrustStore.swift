import UETGit
import UETModel
import UETSystem

/// Where trust is kept: in the user's own folder of states, which nothing that is cloned reaches.
struct TrustStore: Sendable {
  /// nil where the environment names no such folder.
  let path: String?
  private let repository: String

  init(_ repository: Repository, environment: [String: String]) {
    let place = Files.real(repository.commonDirectory) ?? repository.commonDirectory
    self.repository = place
    func folder(_ variable: String) -> String? {
      environment[variable].flatMap { $0.hasPrefix("/") ? Files.trimmed($0) : nil }
    }
    let state = folder("XDG_STATE_HOME") ?? folder("HOME").map { "\($0)/.local/state" }
    let name = Repository.hashBlob(Array(place.utf8)).hex.prefix(20)
    path = state.map { "\($0)/git-uet/trust/\(name).json" }
  }

  /// nil where nothing was trusted yet, or what is there cannot be read.
  func load() -> TrustRecord? {
    guard let path, Files.kind(path) == .file, let bytes = Files.content(of: path),
      let document = try? JSONValue(parsing: bytes)
    else { return nil }
    return TrustRecord(document)
  }

  func save(_ record: TrustRecord) throws {
    guard let path else { throw Self.noPlace }
    try Files.makeDirectory(above: path)
    let text = record.document(of: repository).encoded(.pretty) + "\n"
    try Files.write(text.utf8, to: path, mode: 0o600)
  }

  /// Whether there was something to take away.
  func remove() throws -> Bool {
    guard let path, Files.kind(path) != nil else { return false }
    try Files.remove(path)
    return true
  }

  static let noPlace = Refusal(
    .usage, "there is no place to remember it: neither HOME nor XDG_STATE_HOME is set",
    hint: "for a single run: git uet run --trust")
}
