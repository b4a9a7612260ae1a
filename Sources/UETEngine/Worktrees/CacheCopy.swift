import UETModel
import UETPlanning
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Gives a worktree the caches of the main work tree, such that nothing done to them there reaches
/// the original: as clones that share their blocks until one is written, where the file system can.
///
/// Where it cannot, `run.cache_fallback` says what is done instead: nothing, a whole copy, or a
/// link, which alone is shared by all. Hard links are never made: a tool that writes in place would
/// change the original and every other worktree's.
struct CacheCopy: Sendable {
  let source: String
  let target: String
  let fallback: Configuration.CacheFallback

  enum Outcome: Hashable, Sendable {
    case cloned, copied, linked
    /// There is nothing to share, or something stands there already.
    case absent
    /// The file system cannot clone, and nothing else is configured.
    case impossible
  }

  func make() throws(SystemFailure) -> Outcome {
    guard Files.kind(source) == .directory, Files.kind(target) == nil else { return .absent }
    try Files.makeDirectory(above: target)
    let canClone = try Self.canClone(from: source, into: target)
    if !canClone {
      switch fallback {
      case .none: return .impossible
      case .copy: break
      case .link:
        guard symlink(source, target) == 0 else { throw failure("link", target) }
        return .linked
      }
    }
    try Self.copyFolder(source, target, cloning: canClone)
    return canClone ? .cloned : .copied
  }

  private func failure(_ operation: String, _ path: String) -> SystemFailure {
    SystemFailure(operation, path)
  }

  /// Whether the first file of the folder can be cloned beside the target; true for one without
  /// files.
  private static func canClone(
    from source: String, into target: String
  ) throws(SystemFailure) -> Bool {
    guard let file = firstFile(in: source) else { return true }
    let probe = target + ".uet-probe"
    defer { unlink(probe) }
    return try copyFile(file, probe, cloning: true)
  }

  private static func firstFile(in folder: String) -> String? {
    let names = Files.names(in: folder)
    for name in names where Files.kind("\(folder)/\(name)") == .file { return "\(folder)/\(name)" }
    for name in names where Files.kind("\(folder)/\(name)") == .directory {
      if let file = firstFile(in: "\(folder)/\(name)") { return file }
    }
    return nil
  }

  /// Copies what is below a folder with modes and times; sockets and the like are left out.
  private static func copyFolder(
    _ source: String, _ target: String, cloning: Bool
  ) throws(SystemFailure) {
    var status = stat()
    guard lstat(source, &status) == 0, mkdir(target, 0o700) == 0 else {
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

  private static func copyLink(_ source: String, _ target: String) throws(SystemFailure) {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    guard readlink(source, &buffer, buffer.count - 1) >= 0, symlink(buffer, target) == 0 else {
      throw SystemFailure("copy", source)
    }
  }

  /// Copies one file; false where it was to be cloned and cannot be.
  private static func copyFile(
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
      try copyBytes(from, to, target)
    }
    fchmod(to, status.st_mode & 0o7777)
    setTimes(of: target, status)
    return true
  }

  private static func copyBytes(
    _ from: Int32, _ to: Int32, _ path: String
  ) throws(SystemFailure) {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
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

  private static func setTimes(of path: String, _ status: stat) {
    #if canImport(Glibc)
      utimensat(AT_FDCWD, path, [status.st_atim, status.st_mtim], 0)
    #else
      utimensat(AT_FDCWD, path, [status.st_atimespec, status.st_mtimespec], 0)
    #endif
  }
}

/// Cloning a file's blocks.
enum FileClone {
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
