import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A small file as it was at one moment: what the disk says of it, and its content.
struct WatchedFile {
  let path: String
  let kind: SharedChange.Kind
  /// As people know it.
  let name: String
  private var state: State?
  private(set) var content: [UInt8]?
  private var mode: mode_t = 0o644

  private struct State: Equatable {
    let stamp: FileStamp
    let mode: mode_t

    init?(_ path: String) {
      var status = stat()
      guard lstat(path, &status) == 0 else { return nil }
      (stamp, mode) = (FileStamp(status), status.st_mode)
    }
  }

  init(_ path: String, _ kind: SharedChange.Kind, name: String) {
    (self.path, self.kind, self.name) = (path, kind, name)
    take()
  }

  /// One that is not to be there.
  init(absent path: String, _ kind: SharedChange.Kind, name: String) {
    (self.path, self.kind, self.name) = (path, kind, name)
  }

  private mutating func take() {
    state = State(path)
    content = state == nil ? nil : Files.content(of: path)
    mode = state?.mode ?? 0o644
  }

  /// Whether it is another than it was; content that is only written anew is not.
  mutating func hasChanged() -> Bool {
    let now = State(path)
    if now == state { return false }
    if now?.mode == state?.mode, Files.content(of: path) == content {
      state = now
      return false
    }
    return true
  }

  /// Takes what is there now for what it is to be.
  mutating func accept() { take() }

  /// Puts it back, with `content` in place of its own where that is given; what stood there is kept
  /// in `folder` first. False where that is not possible.
  mutating func restore(content other: [UInt8]? = nil, keepingIn folder: String) -> Bool {
    if Files.exists(path) { keep(in: folder) }
    guard let wanted = other ?? content else {
      let isGone = unlink(path) == 0 || errno == ENOENT
      take()
      return isGone
    }
    let new = path + ".uet-\(UInt64.random(in: 0 ... .max))"
    do throws(GitError) {
      try GitError.onDisk(Files.write(wanted, to: new))
    } catch {
      unlink(new)
      return false
    }
    chmod(new, mode & 0o7777)
    // A folder that was put in its place stays.
    guard rename(new, path) == 0 else {
      unlink(new)
      return false
    }
    take()
    return true
  }

  private func keep(in folder: String) {
    guard let bytes = Files.content(of: path) else { return }
    let parts = folder.split(separator: "/")
    for count in max(1, parts.count - 3)...parts.count {
      mkdir("/" + parts.prefix(count).joined(separator: "/"), 0o700)
    }
    let base = path.split(separator: "/").last ?? "file"
    for number in 1...1000 where !Files.exists("\(folder)/\(base).\(number)") {
      try? Files.write(bytes, to: "\(folder)/\(base).\(number)")
      return
    }
  }
}
