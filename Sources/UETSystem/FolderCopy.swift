#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Copies a folder with what is in it, its modes and its times; sockets and the like are left out.
///
/// Blocks are shared until one is written, where the file system can do that. No hard link is made:
/// of several names of one file each gets a file of its own.
package struct FolderCopy: Sendable {
  private let source: String
  private let target: String
  /// All times are earlier by so many whole seconds.
  private let earlier: Int

  package init(_ source: String, to target: String, earlierBy seconds: Int64 = 0) {
    (self.source, self.target, earlier) = (source, target, Int(seconds))
  }

  /// Whether the first file of the folder can be cloned beside the target; true for one without
  /// files.
  package func canClone() throws(SystemFailure) -> Bool {
    guard let file = Self.firstFile(in: source) else { return true }
    let probe = target + ".uet-probe"
    defer { unlink(probe) }
    return try copyFile(file, probe, cloning: true)
  }

  /// Nothing may stand at the target, and the folder that it is to be in does. With `cloning` all
  /// files are clones.
  package func make(cloning: Bool) throws(SystemFailure) {
    try copyFolder(source, target, cloning: cloning)
  }

  private static func firstFile(in folder: String) -> String? {
    let names = Files.names(in: folder)
    for name in names where Files.kind("\(folder)/\(name)") == .file { return "\(folder)/\(name)" }
    for name in names where Files.kind("\(folder)/\(name)") == .directory {
      if let file = firstFile(in: "\(folder)/\(name)") { return file }
    }
    return nil
  }

  private func copyFolder(
    _ source: String, _ target: String, cloning: Bool
  ) throws(SystemFailure) {
    guard let status = Files.status(source), mkdir(target, 0o700) == 0 else {
      throw SystemFailure("copy", source)
    }
    for name in try Files.list(source) ?? [] {
      let (from, to) = ("\(source)/\(name)", "\(target)/\(name)")
      switch Files.kind(from) {
      case .directory: try copyFolder(from, to, cloning: cloning)
      case .file: _ = try copyFile(from, to, cloning: cloning)
      case .link: try copyLink(from, to)
      case .other, nil: continue
      }
    }
    chmod(target, status.st_mode & 0o7777)
    setTimes(of: target, status)
  }

  private func copyLink(_ source: String, _ target: String) throws(SystemFailure) {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard let status = Files.status(source), readlink(source, &buffer, buffer.count - 1) >= 0,
      symlink(buffer, target) == 0
    else { throw SystemFailure("copy", source) }
    setTimes(of: target, status)
  }

  /// Copies one file; false where it was to be cloned and cannot be.
  private func copyFile(
    _ source: String, _ target: String, cloning: Bool
  ) throws(SystemFailure) -> Bool {
    let from = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard from >= 0 else { throw SystemFailure("read", source) }
    defer { close(from) }
    var status = stat()
    let to = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard to >= 0, fstat(from, &status) == 0 else {
      throw SystemFailure("write", target)
    }
    defer { close(to) }
    if cloning {
      guard FileClone.clone(from, to) else { return false }
    } else {
      try Self.copyBytes(from, to, target, about: Int(status.st_size))
    }
    fchmod(to, status.st_mode & 0o7777)
    setTimes(of: target, status)
    return true
  }

  private static func copyBytes(
    _ from: Int32, _ to: Int32, _ path: String, about size: Int
  ) throws(SystemFailure) {
    // Most files are small, and a buffer costs what it holds.
    var buffer = [UInt8](repeating: 0, count: min(max(size + 1, 4096), 1 << 20))
    while true {
      let count = read(from, &buffer, buffer.count)
      if count == 0 { return }
      if count < 0, errno == EINTR { continue }
      var done = 0
      while done < count {
        let written = buffer.withUnsafeBytes { write(to, $0.baseAddress! + done, count - done) }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { break }
        done += written
      }
      guard count > 0, done == count else {
        throw SystemFailure("write", path)
      }
    }
  }

  private func setTimes(of path: String, _ status: stat) {
    var times = [status.accessed, status.modified]
    times[1].tv_sec -= earlier
    utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW)
  }
}

/// Cloning a file's blocks.
private enum FileClone {
  /// Makes `to`, which is empty, share the blocks of `from`; false where the file system cannot.
  static func clone(_ from: Int32, _ to: Int32) -> Bool {
    #if canImport(Glibc)
      // FICLONE, _IOW(0x94, 9, int), which the C library's macros hide from Swift.
      ioctl(to, 0x4004_9409, from) == 0
    #else
      // APFS clones only whole new files; a copy is made instead where it is configured.
      false
    #endif
  }
}
