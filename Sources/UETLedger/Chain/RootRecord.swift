import UETModel

/// What a run was started with; kept in the root commit of its chain.
package struct RootRecord: Hashable, Sendable {
  /// A file below `bundles/`, as it was read.
  package struct Bundle: Hashable, Sendable {
    /// Relative, `/`-separated.
    package var path: String
    package var bytes: [UInt8]

    package init(path: String, bytes: [UInt8]) {
      self.path = path
      self.bytes = bytes
    }
  }

  /// The version of the chain's format.
  package static let formatVersion = 1

  /// The commit the run starts from.
  package var base: ObjectID
  package var programVersion: String
  /// Further members of `run.json`, as the command line the run was started with.
  package var details: JSONObject
  package var plan: [UInt8]
  package var configuration: [UInt8]
  package var bundles: [Bundle]

  package init(
    base: ObjectID, programVersion: String, details: JSONObject = JSONObject(),
    plan: [UInt8] = [], configuration: [UInt8] = [], bundles: [Bundle] = []
  ) {
    self.base = base
    self.programVersion = programVersion
    self.details = details
    self.plan = plan
    self.configuration = configuration
    self.bundles = bundles
  }

  /// `run.json`.
  func document(run: RunID, writer: String) -> JSONValue {
    var object = JSONObject([
      ("version", .integer(Int64(Self.formatVersion))), ("run", .string(run.rawValue)),
      ("writer", .string(writer)), ("base", .string(base.hex)),
      ("program", .string(programVersion)),
    ])
    for member in details.members where object[member.key] == nil {
      object.append(member.key, member.value)
    }
    return .object(object)
  }

  /// The members of `run.json` that `document` writes itself.
  static let ownMembers: Set<String> = ["version", "run", "writer", "base", "program"]
}
