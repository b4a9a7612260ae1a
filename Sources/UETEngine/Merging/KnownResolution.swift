import UETGit
import UETLedger
import UETModel

/// One way in which a conflict was resolved before, with who did it.
struct KnownResolution: Sendable {
  /// Who made it.
  enum Origin: Hashable, Sendable {
    /// This clone, as its seal proves.
    case own
    /// The clone of that name; nil for one that an older version kept without a name.
    case other(String?)
    /// It bears this clone's name, and this clone did not make it.
    case forged
  }

  let origin: Origin
  let preimage: [UInt8]
  let postimage: [UInt8]

  /// Bytes of the largest text that is looked at.
  private static let limit = 8 << 20

  /// Reads a folder; nil for what holds none that can be read.
  init?(_ folder: ObjectID, writer: String?, _ key: ObjectID, _ resolutions: ResolutionSeal) {
    let repository = resolutions.repository
    guard let entries = try? repository.tree(folder) else { return nil }
    func file(_ name: String) -> [UInt8]? {
      guard let entry = entries.first(where: { $0.name == name }), entry.mode == .file,
        let size = try? repository.size(of: entry.id), size <= Self.limit
      else { return nil }
      return try? repository.blob(entry.id)
    }
    guard let preimage = file(ResolutionFile.preimage),
      let postimage = file(ResolutionFile.postimage)
    else { return nil }
    (self.preimage, self.postimage) = (preimage, postimage)
    guard let writer, writer == resolutions.own else {
      origin = .other(writer)
      return
    }
    let code = file(ResolutionFile.seal).map { String(decoding: $0, as: UTF8.self) }
    origin = code == resolutions.code(key, preimage, postimage) ? .own : .forged
  }
}

/// The files of a resolution's folder.
enum ResolutionFile {
  static let preimage = "preimage"
  static let postimage = "postimage"
  static let seal = "seal"
}

/// Proves that a resolution is this clone's own.
struct ResolutionSeal: Sendable {
  let repository: Repository
  /// The name of this clone's folders; nil where it has no name yet.
  let own: String?
  private let seal: CloneSeal?

  init(_ project: Project) {
    repository = project.repository
    own = project.knownCloneID.map { InboxWriter.name(ofClone: $0) }
    seal = CloneSeal.load(project.repository)
  }

  /// nil where this clone has no key yet.
  func code(_ key: ObjectID, _ preimage: [UInt8], _ postimage: [UInt8]) -> String? {
    let parts = [preimage, postimage].map { Repository.hashBlob($0).hex }
    return seal?.code(over: Array("resolution\n\(key.hex)\n\(parts[0])\n\(parts[1])\n".utf8))
  }
}
