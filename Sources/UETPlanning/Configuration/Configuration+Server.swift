import UETModel

extension Configuration {
  /// What a host lets pushes change. Read from the commit that the host's own HEAD names, never
  /// from what is pushed.
  package struct Server: Hashable, Sendable {
    /// What is to be signed.
    package enum Signed: String, CaseIterable, Hashable, Sendable {
      /// The push itself, by a certificate.
      case push
      /// Each commit that comes to a branch.
      case commits
    }

    /// Branches that nobody moves but the queue, besides the one of HEAD: names or patterns.
    package var protected: [String] = []
    /// Who may move those by a push.
    package var queue: [String] = []
    /// How the host knows who pushes; nil where it does not.
    package var identity: PusherIdentity?
    /// The most bytes of one file.
    package var maxFileSize = 100_000_000
    /// The most references that one push changes.
    package var maxRefs = 1000
    /// Patterns of paths that no branch may change.
    package var forbiddenPaths: [String] = []
    /// Names of trailers that each commit must have.
    package var requiredTrailers: [String] = []
    package var requiredSignatures: [Signed] = []
    /// How many others must have looked at a candidate before it is taken.
    package var reviews = 0

    package init() {}
  }

  /// Where it stands who pushes.
  package enum PusherIdentity: Hashable, Sendable {
    /// The signer of the push's certificate.
    case certificate
    /// A variable that the web server or a forced command of ssh has set.
    case variable(String)

    package var text: String {
      switch self {
      case .certificate: "certificate"
      case .variable(let name): name
      }
    }
  }

  static let serverFields = FieldTable<Server>([
    "protected": { reading, node, server in
      server.protected = reading.list(node) { $0.pattern($1)?.text }
    },
    "queue": { reading, node, server in server.queue = reading.list(node) { $0.name($1) } },
    "identity": { $2.identity = $0.identity($1) },
    "max_file_size": { $2.maxFileSize = $0.bytes($1) ?? $2.maxFileSize },
    "max_refs": { $2.maxRefs = $0.integer($1, in: 1...1_000_000) ?? $2.maxRefs },
    "forbidden_paths": { reading, node, server in
      server.forbiddenPaths = reading.list(node) { $0.pattern($1)?.text }
    },
    "required_trailers": { reading, node, server in
      server.requiredTrailers = reading.list(node) { $0.trailer($1) }
    },
    "required_signatures": { reading, node, server in
      server.requiredSignatures = reading.list(node) { $0.choice($1) }
    },
    "reviews": { $2.reviews = $0.integer($1, in: 0...100) ?? $2.reviews },
  ])
}

extension Configuration.Server {
  var json: JSONObject {
    var object: JSONObject = [
      "protected": .array(protected.map(JSONValue.string)),
      "queue": .array(queue.map(JSONValue.string)),
    ]
    object.append("identity", identity.map { .string($0.text) })
    object.append("max_file_size", .integer(Int64(maxFileSize)))
    object.append("max_refs", .integer(Int64(maxRefs)))
    object.append("forbidden_paths", .array(forbiddenPaths.map(JSONValue.string)))
    object.append("required_trailers", .array(requiredTrailers.map(JSONValue.string)))
    object.append(
      "required_signatures", .array(requiredSignatures.map { .string($0.rawValue) }))
    object.append("reviews", .integer(Int64(reviews)))
    return object
  }
}

extension Reading {
  /// `certificate`, or a variable. What git itself sets says nothing of who pushes, and some of it
  /// comes from the pusher.
  fileprivate mutating func identity(_ node: Node) -> Configuration.PusherIdentity? {
    guard let text = variable(node) else { return nil }
    if text == "certificate" { return .certificate }
    guard !text.uppercased().hasPrefix("GIT_") else {
      noteValue(
        node,
        "must be 'certificate' or a variable that the host sets, not \(text.quoted(limit: 60))"
      )
      return nil
    }
    return .variable(text)
  }

  /// The name of a trailer, without the colon.
  fileprivate mutating func trailer(_ node: Node) -> String? {
    guard let text = name(node) else { return nil }
    let isName = text.utf8.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-")
    }
    guard isName else {
      noteValue(node, "must be the name of a trailer such as 'Signed-off-by'")
      return nil
    }
    return text
  }
}
