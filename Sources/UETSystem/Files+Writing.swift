#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Files {
  /// Writes a file through a new one beside it, so that a reader sees the old or the new. What
  /// stood there is replaced, a link included.
  package static func write(
    _ bytes: some Collection<UInt8>, to path: String, mode: mode_t = 0o644
  ) throws(SystemFailure) {
    let temporary = "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
    do throws(SystemFailure) {
      try create(bytes, at: temporary, mode: mode)
      guard rename(temporary, path) == 0 else { throw SystemFailure("write", path) }
    } catch {
      unlink(temporary)
      throw SystemFailure("write", path, code: error.code)
    }
  }

  /// Writes a file that must not exist; leaves nothing behind where that fails.
  package static func create(
    _ bytes: some Collection<UInt8>, at path: String, mode: mode_t = 0o644, isSynced: Bool = false
  ) throws(SystemFailure) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
    let file = try Descriptor(opening: path, flags, mode: mode, "create")
    do throws(SystemFailure) {
      try write(Array(bytes), to: file.number, path: path)
      if isSynced, fsync(file.number) != 0 { throw SystemFailure("write", path) }
    } catch {
      unlink(path)
      throw error
    }
  }

  /// Adds to the end of a file, which is made where there is none; what is short is written whole.
  package static func append(
    _ bytes: some Collection<UInt8>, to path: String
  ) throws(SystemFailure) {
    let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_APPEND, "write")
    try write(Array(bytes), to: file.number, path: path)
  }

  /// Writes all of `content` to an open file; `path` is for errors.
  package static func write(
    _ content: [UInt8], to descriptor: Int32, path: String
  ) throws(SystemFailure) {
    var done = 0
    while done < content.count {
      let count = content.withUnsafeBytes { buffer in
        systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: buffer[done...]))
      }
      if count < 0 { throw SystemFailure("write", path) }
      done += count
    }
  }

  /// Copies a file with its modification time.
  package static func copy(_ source: String, to target: String) throws(SystemFailure) {
    var status = stat()
    guard stat(source, &status) == 0, let content = try read(source) else {
      throw SystemFailure("copy", source)
    }
    try write(content, to: target)
    guard setTime(target, FileTime(status.modified)) else { throw SystemFailure("copy", target) }
  }
}

extension Files {
  /// Makes a folder and those above it; fine when it is there already.
  package static func makeDirectory(
    _ path: String, mode: mode_t = 0o755
  ) throws(SystemFailure) {
    if mkdir(path, mode) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let above = folder(of: path) else {
      throw SystemFailure("create directory", path)
    }
    try makeDirectory(above, mode: mode)
    if mkdir(path, mode) != 0, errno != EEXIST { throw SystemFailure("create directory", path) }
  }

  /// Makes the folders that a path lies in.
  package static func makeDirectory(
    above path: String, mode: mode_t = 0o755
  ) throws(SystemFailure) {
    if let above = folder(of: path) { try makeDirectory(above, mode: mode) }
  }

  /// Gives a file or folder another name on the same file system.
  package static func move(_ path: String, to other: String) throws(SystemFailure) {
    if rename(path, other) != 0 { throw SystemFailure("move", path) }
  }

  /// Gives a file a second name; false where that is taken.
  package static func linkNew(_ path: String, to other: String) throws(SystemFailure) -> Bool {
    if link(path, other) == 0 { return true }
    if errno == EEXIST { return false }
    throw SystemFailure("link", path)
  }

  /// Removes a file; one that is not there is removed already.
  /// Makes a symbolic link; nothing may be there.
  package static func linkSymbolic(_ path: String, to target: String) throws(SystemFailure) {
    guard symlink(target, path) == 0 else { throw SystemFailure("link", path) }
  }

  package static func remove(_ path: String) throws(SystemFailure) {
    if unlink(path) != 0, errno != ENOENT { throw SystemFailure("remove", path) }
  }

  package static func setMode(_ path: String, _ mode: mode_t) throws(SystemFailure) {
    if chmod(path, mode) != 0 { throw SystemFailure("chmod", path) }
  }

  /// Removes a folder if nothing is in it.
  package static func removeEmpty(_ path: String) { rmdir(path) }

  /// Removes a file, or a folder with all below it; links are not followed. Fine when there is
  /// none.
  package static func removeAll(_ path: String) throws(SystemFailure) {
    guard kind(path) == .directory else { return try remove(path) }
    for name in try list(path) ?? [] { try removeAll("\(path)/\(name)") }
    if rmdir(path) != 0, errno != ENOENT { throw SystemFailure("remove", path) }
  }

  /// Gives rights on folders that have none, as package caches like to make them.
  package static func makeRemovable(_ path: String) {
    guard isDirectory(path) else { return }
    if access(path, R_OK | W_OK | X_OK) != 0 { chmod(path, 0o700) }
    for name in names(in: path) { makeRemovable(path + "/" + name) }
  }
}

extension Files {
  /// Puts a file or folder on the disk; false where there is none.
  @discardableResult
  package static func sync(_ path: String) throws(SystemFailure) -> Bool {
    do throws(SystemFailure) {
      let file = try Descriptor(opening: path, O_RDONLY, "open")
      guard fsync(file.number) == 0 else { throw SystemFailure("sync", path) }
      return true
    } catch {
      if error.code == ENOENT { return false }
      throw error
    }
  }

  /// Puts a folder and those above it up to, and with, `root` on the disk, as far as the system
  /// lets them be opened: a new folder is there after a crash only when the one above it says so.
  package static func sync(from folder: String, upTo root: String) {
    var path = folder
    while path.utf8.count >= root.utf8.count {
      _ = try? sync(path)
      guard path != root, let above = self.folder(of: path) else { return }
      path = above
    }
  }
}
