import Foundation

/// A directory of its own, removed with all below it when the last user lets go.
package final class TemporaryDirectory: Sendable {
  /// Absolute, without links in it.
  package let path: String

  /// `isInMemory` asks for a place where a sync costs nothing, where there is one.
  package init(isInMemory: Bool = false) {
    let memory = isInMemory && access(Self.memory, W_OK) == 0 ? Self.memory : nil
    let base = memory ?? ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    var template = Array("\(base)/uet-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil, let real = realpath(template, nil) else {
      preconditionFailure("cannot make a temporary directory in '\(base)'")
    }
    defer { free(real) }
    path = String(cString: real)
  }

  private static let memory = "/dev/shm"

  /// Where temporary directories are on the disk even where others are in memory, which programs
  /// under Landlock may write to.
  package static let disk: String = {
    let usual = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    return usual.hasPrefix(memory) ? "/tmp" : usual
  }()

  deinit {
    let manager = FileManager.default
    if (try? manager.removeItem(atPath: path)) != nil { return }
    // A test may have taken rights away, which is in the way of removing.
    let below = manager.enumerator(atPath: path)
    while let name = below?.nextObject() as? String { chmod(path + "/" + name, 0o700) }
    try? manager.removeItem(atPath: path)
  }

  /// Writes a file and the directories above it.
  package static func write(_ content: [UInt8], to path: String, mode: UInt32 = 0o644) {
    let parent = (path as NSString).deletingLastPathComponent
    let manager = FileManager.default
    if !manager.fileExists(atPath: parent) {
      try? manager.createDirectory(atPath: parent, withIntermediateDirectories: true)
    }
    // Git's objects are read-only.
    if access(path, F_OK) == 0 && access(path, W_OK) != 0 { unlink(path) }
    guard let file = fopen(path, "wb") else { preconditionFailure("cannot write '\(path)'") }
    precondition(fwrite(content, 1, content.count, file) == content.count, "cannot write '\(path)'")
    fclose(file)
    chmod(path, mode_t(mode))
  }

  /// The content of a file; nil where it cannot be read.
  package static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return content }
      content += buffer[..<count]
    }
  }
}
