import UETGit
import UETModel
import UETSystem
import UETTools

/// The home and the temporary files of those that are shut in.
struct EnclosedRoom: Sendable {
  let folder: String
  var home: String { "\(folder)/home" }
  var temporary: String { "\(folder)/tmp" }

  init(_ logs: AttemptLogs, owner: String) {
    folder = "\(logs.folder)/rooms/\(owner)"
  }

  /// What of a user's variables does not lead out of the home; `homes` of agent programs are in it.
  func environment(_ outside: [String: String], _ homes: [ToolHome]) -> [String: String] {
    var environment = outside.filter { !Self.leading.contains($0.key) }
    environment["HOME"] = home
    for own in homes {
      guard let variable = own.variable, environment[variable] != nil else { continue }
      environment[variable] = "\(home)/\(own.folder)"
    }
    return environment
  }

  /// Takes away what the next attempt is not to find; sessions stay.
  func clear() { for path in [temporary, "\(folder)/clone.git"] { Folder.remove(path) } }

  private static let leading: Set<String> = [
    "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR",
  ]

  /// Makes both, with links to what is to be there of the user's home; gives the places that the
  /// links lead to.
  func furnish(
    _ homes: [ToolHome], from outside: [String: String], _ identity: Signature,
    also paths: [String]
  ) throws(SystemFailure) -> [String] {
    try Files.makeDirectory(temporary)
    try Files.makeDirectory(home)
    let settings =
      "[user]\n\tname = \(Self.quoted(identity.name))\n\temail = \(Self.quoted(identity.email))\n"
    if Files.kind("\(home)/.gitconfig") == nil {
      try Files.write(settings.utf8, to: "\(home)/.gitconfig")
    }
    guard let users = outside["HOME"] else { return [] }
    var found: [String] = []
    for own in homes {
      let folder = own.folder.isEmpty ? "" : "\(own.folder)/"
      let source = own.variable.flatMap { outside[$0] } ?? "\(users)/\(own.folder)"
      for file in own.files {
        if try link("\(home)/\(folder)\(file)", to: "\(source)/\(file)") {
          found.append("\(source)/\(file)")
        }
      }
    }
    for path in paths { _ = try link("\(home)/\(path)", to: "\(users)/\(path)") }
    return found
  }

  /// Whether there is something to link to.
  private func link(_ name: String, to target: String) throws(SystemFailure) -> Bool {
    guard let real = Files.real(target) else { return false }
    if Files.kind(name) != nil { return true }
    try Files.makeDirectory(above: name)
    try Files.linkSymbolic(name, to: real)
    return true
  }

  private static func quoted(_ text: String) -> String {
    let plain = text.filter { $0 != "\n" }
    return "\"" + plain.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

extension RunFacts {
  /// The variables by which an agent program found its folders: those of the home that the
  /// workstream has for itself, where it has one.
  func inner(
    _ environment: [String: String], of id: WorkstreamID, _ adapter: any ToolAdapter.Type
  ) -> [String: String] {
    let room = EnclosedRoom(logs, owner: id.rawValue)
    guard Files.isDirectory(room.home) else { return environment }
    return room.environment(environment, adapter.homes)
  }
}
