import CHiddenSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A directory that nothing done through it can leave: no link is followed on the way to a path
/// below it, no `..` is taken, and nothing is made under a name that is git's own.
///
/// The kernel sees to it where it can (`openat2`); elsewhere each step is made by itself. Whoever
/// works in the directory meanwhile can make a call fail, and no more.
final class BoundFolder {
  private let root: Int32
  private let path: String
  private let usesKernel: Bool
  /// The directory that was asked for last: files of one directory follow each other.
  private var last: Int32
  private var lastPath: [UInt8] = []

  #if canImport(Glibc)
    /// O_PATH, which the C library's headers hide from Swift: only a way to what is in it, for
    /// which the right to list it does not matter.
    private static let flags = 0o10_000_000 | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
  #else
    private static let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
  #endif

  /// Whether the kernel has `openat2`, and lets us call it.
  static let kernelCan: Bool = {
    let descriptor = uet_open_beneath(AT_FDCWD, ".", flags)
    if descriptor >= 0 { close(descriptor) }
    return descriptor >= 0
  }()

  /// Throws where no directory stands at `path` itself.
  init(_ path: String, usesKernel: Bool = BoundFolder.kernelCan) throws(GitError) {
    root = open(path, Self.flags)
    guard root >= 0 else { throw .system(path) }
    self.path = path
    self.usesKernel = usesKernel
    last = root
  }

  deinit {
    if last != root { close(last) }
    close(root)
  }

  /// The directory that `path` lies in, good until another is asked for, and its last name; nil
  /// where it is not reached, with the reason in `errno`. `making`: directories that are missing
  /// are made.
  func place(of path: [UInt8], making: Bool = false) -> (folder: Int32, name: [CChar])? {
    let slash = path.lastIndex(of: UInt8(ascii: "/"))
    let name = slash.map { path[($0 + 1)...] } ?? path[...]
    guard Self.isUsable(name, making: making) else {
      errno = ELOOP
      return nil
    }
    guard let folder = enter(slash.map { path[..<$0] } ?? [], making: making) else { return nil }
    return (folder, cString(name))
  }

  /// A directory below this one, or this one itself, to be listed; the caller closes it. Below 0
  /// where it is not reached.
  func opened(_ path: some Collection<UInt8>) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
    if path.isEmpty { return openat(root, ".", flags) }
    guard let (folder, name) = place(of: Array(path)) else { return -1 }
    return openat(folder, name, flags)
  }

  /// What the disk says of what stands at `path`; nil where nothing does, or the way there is a
  /// link.
  func status(of path: [UInt8]) -> stat? {
    var status = stat()
    guard let (folder, name) = place(of: path),
      fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
    else { return nil }
    return status
  }

  /// The error for `path`, from `errno`.
  func failure(_ path: [UInt8]) -> GitError {
    let text = self.path + "/" + String(decoding: path, as: UTF8.self)
    switch errno {
    case ELOOP, EXDEV, ENOTDIR: return .readOnly(path: text, detail: "a link or file is in the way")
    default: return GitError.system(text)
    }
  }

  /// What stands there may have any name, if it is one.
  private static func isUsable(_ name: ArraySlice<UInt8>, making: Bool) -> Bool {
    if making { return TreeName.fault(name) == nil }
    let dot = UInt8(ascii: ".")
    return !name.isEmpty && !name.contains(0) && !(name.count <= 2 && name.allSatisfy { $0 == dot })
  }

  private func enter(_ directory: ArraySlice<UInt8>, making: Bool) -> Int32? {
    if directory.elementsEqual(lastPath) { return last }
    guard let found = descriptor(of: directory, making: making) else { return nil }
    if last != root { close(last) }
    (last, lastPath) = (found, Array(directory))
    return found
  }

  /// A new descriptor, or the root.
  private func descriptor(of directory: ArraySlice<UInt8>, making: Bool) -> Int32? {
    if directory.isEmpty { return root }
    let parts = directory.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    for part in parts where !Self.isUsable(part, making: making) {
      errno = ELOOP
      return nil
    }
    if usesKernel {
      let found = beneath(root, cString(directory))
      if found >= 0 { return found }
      guard errno == ENOENT, making else { return nil }
    }
    return step(through: parts, making: making)
  }

  private func step(through parts: [ArraySlice<UInt8>], making: Bool) -> Int32? {
    var place = root
    for part in parts {
      let name = cString(part)
      var next = opened(name, in: place)
      if next < 0, errno == ENOENT, making, mkdirat(place, name, 0o777) == 0 {
        next = opened(name, in: place)
      }
      let problem = errno
      if place != root { close(place) }
      guard next >= 0 else {
        errno = problem
        return nil
      }
      place = next
    }
    return place
  }

  private func opened(_ name: [CChar], in folder: Int32) -> Int32 {
    usesKernel ? beneath(folder, name) : openat(folder, name, Self.flags)
  }

  private func beneath(_ folder: Int32, _ path: [CChar]) -> Int32 {
    // The kernel gives up where somebody renames something on the way.
    for _ in 0..<64 {
      let found = uet_open_beneath(folder, path, Self.flags)
      if found >= 0 || errno != EAGAIN && errno != EINTR { return found }
    }
    return -1
  }
}
