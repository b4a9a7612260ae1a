import UETModel

/// What is wrong with a tree that must not be checked out, merged or landed.
package struct TreeFault: Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    case noName
    /// A `/` or NUL in one name.
    case severalParts
    case dots
    case gitFolder
    case linkedModules
    case longName
    case longPath
    case twice
    case fileAndFolder
    case disorder
    case noObject
    case noFolder
    case unreadable
    case deep
    case large
  }

  static let longestPath = 3_800
  static let deepest = 500
  static let mostFiles = 10_000_000

  /// Where it is, from the root of the tree; empty for the tree as a whole.
  package let path: [UInt8]
  package let reason: Reason
}

extension TreeFault {
  /// What is wrong with the parts of a path that stands on a disk; nil for nearly all.
  init?(ofName path: [UInt8]) {
    var parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if path.last == UInt8(ascii: "/") { parts.removeLast() }
    for part in parts {
      guard let reason = TreeName.fault(part) else { continue }
      self.init(path: path, reason: reason)
      return
    }
    return nil
  }
}

extension TreeFault: CustomStringConvertible {
  package var description: String {
    path.isEmpty ? reason.text : "'\(Self.quoted(path))': \(reason.text)"
  }

  /// As git quotes a path: what is not printable ASCII as octal digits, so that a look-alike shows.
  private static func quoted(_ path: [UInt8]) -> String {
    var result = ""
    for byte in path.prefix(200) {
      if (0x20..<0x7F).contains(byte) {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 8)
        result += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
      }
    }
    return path.count > 200 ? result + "..." : result
  }
}

extension TreeFault.Reason {
  var text: String {
    switch self {
    case .noName: "an entry has no name"
    case .severalParts: "the name is more than one part of a path"
    case .dots: "the name leads out of its folder"
    case .gitFolder: "the name is that of git's own folder, here or on another file system"
    case .linkedModules: "the file that declares submodules is a symbolic link"
    case .longName: "the name is longer than \(TreeName.limit) bytes"
    case .longPath: "the path is longer than \(TreeFault.longestPath) bytes"
    case .twice: "the name is there twice"
    case .fileAndFolder: "a file and a folder have this name"
    case .disorder: "the entries are not in git's order"
    case .noObject: "the entry names no object"
    case .noFolder: "the entry says to be a folder, and is none"
    case .unreadable: "the folder cannot be read as git's"
    case .deep: "it lies in more than \(TreeFault.deepest) folders"
    case .large: "the tree holds more than \(TreeFault.mostFiles) files"
    }
  }
}
