#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Paths as git prints them, and the few file reads that opening a repository needs.
enum FilePaths {
  /// `path` without `/` at its end; the root stays.
  static func trimmed(_ path: String) -> String {
    var result = Substring(path)
    while result.count > 1, result.hasSuffix("/") { result = result.dropLast() }
    return String(result)
  }

  /// `path` as seen from `base`.
  static func resolved(_ path: String, against base: String) -> String {
    path.hasPrefix("/") ? path : trimmed(base) + "/" + path
  }

  /// The path without links, `.` and `..`; nil where it does not exist.
  static func real(_ path: String) -> String? {
    guard let pointer = realpath(path, nil) else { return nil }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  /// The whole of a small file; nil where it cannot be read.
  static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    let size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    return read(descriptor, expecting: size)
  }

  /// All that is left to read of an open file, which is about `size` bytes; nil where that fails.
  static func read(_ descriptor: Int32, expecting size: Int) -> [UInt8]? {
    var content = [UInt8](repeating: 0, count: max(1, size) + 1)
    var filled = 0
    while true {
      if filled == content.count { content += [UInt8](repeating: 0, count: content.count) }
      let count = content.withUnsafeMutableBytes { buffer in
        systemRead(descriptor, UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      }
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return nil }
      if count == 0 { break }
      filled += count
    }
    content.removeLast(content.count - filled)
    return content
  }

  /// The first line of a small file, trimmed.
  static func line(_ path: String) -> String? {
    guard let content = read(path) else { return nil }
    let line = content.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return String(decoding: line, as: UTF8.self)
  }

  /// A small file as git reads those that hold a path: without the white space at its end.
  static func text(_ path: String) -> String? {
    guard var content = read(path) else { return nil }
    while let last = content.last, last <= UInt8(ascii: " ") { content.removeLast() }
    return String(decoding: content, as: UTF8.self)
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Removes a file, if it is there.
  static func remove(_ path: String) { unlink(path) }

  /// The user who owns what stands at `path`.
  static func owner(_ path: String) -> UInt32? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_uid : nil
  }
}

extension FilePaths {
  /// Writes a new file; what stood there is replaced, a link included.
  static func write(_ content: [UInt8], to path: String) throws(GitError) {
    unlink(path)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = open(path, flags, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    try write(content, to: descriptor, path: path)
  }

  /// Writes all of `content` to an open file; `path` is for errors.
  static func write(
    _ content: [UInt8], to descriptor: Int32, path: String
  ) throws(GitError) {
    var rest = content[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(descriptor, $0) }
      if count < 0 && errno == EINTR { continue }
      if count < 0 { throw failure(path) }
      rest = rest.dropFirst(count)
    }
  }

  /// What the last system call complained about.
  static func failure(_ path: String) -> GitError {
    let number = errno
    let detail = String(cString: strerror(number))
    return number == ENOSPC || number == EDQUOT
      ? .diskFull(path: path, detail: detail) : .readOnly(path: path, detail: detail)
  }

  /// The names in a directory but `.` and `..`, sorted; none where it cannot be read.
  static func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// Whether a directory stands at `path` itself, not behind a link.
  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Syncs a file or directory to the disk; false where there is none.
  static func sync(_ path: String) throws(GitError) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return false }
      throw failure(path)
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure(path) }
    return true
  }

  /// Whether a regular file stands at `path` itself.
  static func isFile(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Copies a file with its modification time.
  static func copy(_ source: String, to target: String) throws(GitError) {
    var status = stat()
    guard let content = read(source), stat(source, &status) == 0 else { throw failure(source) }
    try write(content, to: target)
    guard setTime(target, FileTime(status.modified)) else { throw failure(target) }
  }

  /// Sets when a file was modified.
  static func setTime(_ path: String, _ time: FileTime) -> Bool {
    let value = timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
    return utimensat(AT_FDCWD, path, [value, value], 0) == 0
  }

  /// When a file was modified; nil where it is not there.
  static func time(_ path: String) -> FileTime? {
    var status = stat()
    return lstat(path, &status) == 0 ? FileTime(status.modified) : nil
  }

  /// Takes rights on directories that have none, as package caches like to make them.
  static func makeRemovable(_ path: String) {
    guard isDirectory(path) else { return }
    if access(path, R_OK | W_OK | X_OK) != 0 { chmod(path, 0o700) }
    for name in names(in: path) { makeRemovable(path + "/" + name) }
  }
}

/// `read(2)`, under a name that does not collide with the method above.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, buffer.baseAddress, buffer.count)
}

/// `write(2)`, likewise.
private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
  write(descriptor, buffer.baseAddress, buffer.count)
}
