import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One object in a file of its own.
struct LooseObject {
  /// The file.
  let path: String
  private let folder: String
  private let objects: String

  /// What is shorter takes one block of the disk in any case.
  private static let worthCompressing = 4096

  init(_ id: ObjectID, in commonDirectory: String) {
    let hex = id.hex
    objects = "\(commonDirectory)/objects"
    folder = "\(objects)/\(hex.prefix(2))"
    path = "\(folder)/\(hex.dropFirst(2))"
  }

  private var exists: Bool { Files.exists(path) }

  /// Makes it young, so that no collection takes it for old; false where it is not there.
  func touch() -> Bool { utimensat(AT_FDCWD, path, nil, 0) == 0 }

  /// Writes the file, for others to read, unless it is there; false where it is.
  func writeUnsynced(_ kind: ObjectKind, _ content: [UInt8]) throws(GitError) -> Bool {
    if exists { return false }
    try write(kind, content, isSynced: false)
    return true
  }

  /// Writes the file, and syncs it and its folder where that is wanted.
  func write(_ kind: ObjectKind, _ content: [UInt8], isSynced: Bool) throws(GitError) {
    var stream: [UInt8] = []
    let whole = Array("\(kind.name) \(content.count)\0".utf8) + content
    ZlibStream.append(whole, isCompressed: content.count >= Self.worthCompressing, to: &stream)
    try Retry.whileCollectionsInterfere { () throws(GitError) in
      try put(stream, isSynced: isSynced)
    }
  }

  /// git removes files that are named so and are old, should a crash leave one.
  private func put(_ stream: [UInt8], isSynced: Bool) throws(GitError) {
    let temporary = "\(folder)/tmp_obj_uet_\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    do throws(GitError) {
      let descriptor = try create(temporary, isSynced: isSynced)
      defer { close(descriptor) }
      try GitError.onDisk(Files.write(stream, to: descriptor, path: temporary))
      if isSynced, fsync(descriptor) != 0 { throw .system(temporary) }
      guard rename(temporary, path) == 0 else { throw .system(path) }
    } catch {
      unlink(temporary)
      throw error
    }
    if isSynced { try GitError.onDisk(Files.sync(folder)) }
  }

  private func create(_ file: String, isSynced: Bool) throws(GitError) -> Int32 {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = open(file, flags, 0o444)
    if descriptor >= 0 { return descriptor }
    guard errno == ENOENT, mkdir(folder, 0o777) == 0 || errno == EEXIST else {
      throw .system(file)
    }
    if isSynced { try GitError.onDisk(Files.sync(objects)) }
    let second = open(file, flags, 0o444)
    guard second >= 0 else { throw .system(file) }
    return second
  }
}
