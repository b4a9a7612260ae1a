import UETGit
import UETPlanning
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Looks whether a cache of the main work tree may be used at another path: not where its files
/// name the place it came from, for a build would then read, and even write, that checkout instead
/// of its own, and not where its links lead there.
struct CacheCheck: Sendable {
  /// What ties a cache to its place.
  enum Tie: Hashable, Sendable {
    /// A file of the cache that names the place.
    case names(file: String)
    /// A link of the cache that leads out of the worktree, or would in a cache that is itself a
    /// link.
    case leads(link: String)
  }

  /// The work tree in which it is, and its path there.
  let root: String
  let cache: String
  /// Whether worktrees get a link to the cache, so that its own links are followed from here.
  let isLinked: Bool
  /// Whether files that are no text are read as well: programs name what they were compiled from.
  var readsBinaries = false
  /// The places that nothing in it may name or lead to; nil for the root.
  var places: [String]?

  private var forbidden: [String] { places ?? [root] }

  /// Dependency files of ninja, which are not text.
  private static let binaries: Set<String> = [".ninja_deps"]

  /// The first thing that ties the cache to its place; nil for none. Everything in it may be read.
  func tie() async -> Tie? {
    let listing = CacheListing("\(root)/\(cache)")
    if let link = listing.links.first(where: leadsOut) { return .leads(link: "\(cache)/\(link)") }
    let needles = forbidden.flatMap(PathSearch.spellings)
    let share = max(1, (listing.files.count + 3) / 4)
    return await withTaskGroup(of: String?.self) { group in
      for start in stride(from: 0, to: listing.files.count, by: share) {
        let files = listing.files[start..<min(start + share, listing.files.count)]
        group.addTask {
          var search = PathSearch(needles)
          return files.first { file in
            !Task.isCancelled
              && search.finds(
                in: "\(root)/\(cache)/\(file)", binary: readsBinaries || isBinary(file))
          }
        }
      }
      for await case let file? in group {
        group.cancelAll()
        return .names(file: "\(cache)/\(file)")
      }
      return nil
    }
  }

  private func isBinary(_ file: String) -> Bool {
    Self.binaries.contains(file.split(separator: "/").last.map(String.init) ?? file)
  }

  /// Whether a link, taken along to another worktree, leads to this one or out of that one.
  private func leadsOut(_ link: String) -> Bool {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink("\(root)/\(cache)/\(link)", &buffer, buffer.count - 1)
    guard count >= 0 else { return false }
    let target = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    if target.hasPrefix("/") {
      // What stands outside of every checkout, such as a system's program, is the same for all.
      return forbidden.contains { target == $0 || target.hasPrefix($0 + "/") }
    }
    let home = "\(cache)/\(link)".split(separator: "/").dropLast().map(String.init)
    guard let place = Self.resolved(target, from: home) else { return true }
    let own = cache.split(separator: "/").map(String.init)
    return isLinked && !place.starts(with: own)
  }

  /// The components of a relative target below the root; nil where it leads above it.
  private static func resolved(_ target: String, from home: [String]) -> [String]? {
    var place = home
    for part in target.split(separator: "/") where part != "." {
      if part != ".." {
        place.append(String(part))
      } else if place.popLast() == nil {
        return nil
      }
    }
    return place
  }
}

extension CacheCheck.Tie {
  /// The file or link that it is.
  var place: String {
    switch self {
    case .names(let path), .leads(let path): path
    }
  }

  /// What it is, for people; `cache` is the setting's.
  func reason(_ cache: String) -> String {
    switch self {
    case .names(let file):
      "the cache \(cache.quoted(limit: 60)) names this checkout (in \(file.quoted(limit: 100))), "
        + "so a build elsewhere would use its files"
    case .leads(let link):
      "the cache \(cache.quoted(limit: 60)) has a link that leads out of it "
        + "(\(link.quoted(limit: 100))), so a build elsewhere would use this checkout's files"
    }
  }
}

/// What is in a cache, and a number that changes with any of it.
struct CacheListing {
  /// Relative paths of files and links, in a fixed order.
  private(set) var files: [String] = []
  private(set) var links: [String] = []
  /// Of every file's name, size, inode and times.
  private(set) var identity: UInt64 = 0xcbf2_9ce4_8422_2325

  init(_ folder: String) {
    walk(folder, "")
  }

  private mutating func walk(_ folder: String, _ prefix: String) {
    for name in Files.names(in: folder) {
      var status = stat()
      let path = "\(folder)/\(name)"
      guard lstat(path, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: walk(path, "\(prefix)\(name)/")
      case S_IFREG: files.append(prefix + name)
      case S_IFLNK: links.append(prefix + name)
      default: continue
      }
      if status.st_mode & S_IFMT == S_IFDIR { continue }
      for byte in name.utf8 { mix(UInt64(byte)) }
      mix(UInt64(truncatingIfNeeded: status.st_size))
      mix(UInt64(truncatingIfNeeded: status.st_ino))
      mix(UInt64(truncatingIfNeeded: status.changed.tv_sec))
      mix(UInt64(truncatingIfNeeded: status.changed.tv_nsec))
    }
  }

  /// FNV-1a, by words.
  private mutating func mix(_ word: UInt64) {
    identity = (identity ^ word) &* 0x100_0000_01b3
  }
}

/// Looks for a path in the bytes of files.
struct PathSearch {
  private let needles: [[UInt8]]
  private let skips: [[Int]]
  private let longest: Int
  private var buffer = [UInt8](repeating: 0, count: 1 << 20)

  init(_ needles: [[UInt8]]) {
    self.needles = needles
    skips = needles.map(Self.skips)
    longest = needles.map(\.count).max() ?? 0
  }

  /// A path as text, JSON, ninja, make and addresses write it.
  static func spellings(_ path: String) -> [[UInt8]] {
    let all = [
      path, path.replacing("/", with: "\\/"), path.replacing(" ", with: "\\ "),
      path.replacing(" ", with: "$ "), path.replacing(" ", with: "%20"),
    ]
    return Set(all).sorted().map { Array($0.utf8) }
  }

  /// Whether a file names one of the paths; binary files are only read where `binary` says so.
  mutating func finds(in path: String, binary: Bool) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var (kept, isFirst) = (0, true)
    while true {
      let count = buffer.withUnsafeMutableBytes { bytes in
        let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[kept...])
        return read(descriptor, rest.baseAddress, rest.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return kept > 0 && finds(upTo: kept, isEnd: true) }
      let end = kept + count
      if isFirst, !binary, isBinary(min(end, 8192)) { return false }
      isFirst = false
      if finds(upTo: end, isEnd: false) { return true }
      // A path may go on in what comes next, and what follows it decides.
      kept = min(end, longest)
      buffer.withUnsafeMutableBytes { bytes in
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[(end - kept)..<end]))
      }
    }
  }

  private func isBinary(_ count: Int) -> Bool {
    buffer.prefix(count).contains(0)
  }

  private func finds(upTo end: Int, isEnd: Bool) -> Bool {
    zip(needles, skips).contains { needle, skips in
      buffer.withUnsafeBytes { bytes in
        needle.withUnsafeBytes { Self.finds($0, skips, in: bytes, upTo: end, isEnd: isEnd) }
      }
    }
  }

  /// Boyer-Moore-Horspool: what stands under the end of the path says how far it can be moved on.
  private static func finds(
    _ needle: UnsafeRawBufferPointer, _ skips: [Int], in bytes: UnsafeRawBufferPointer,
    upTo end: Int, isEnd: Bool
  ) -> Bool {
    let count = needle.count
    guard count > 0, let start = bytes.baseAddress, let wanted = needle.baseAddress else {
      return false
    }
    var place = 0
    while place + count <= end {
      let last = bytes[place + count - 1]
      if last == needle[count - 1], memcmp(start + place, wanted, count) == 0 {
        let next = place + count
        // What follows comes with the next part, for which these bytes are kept.
        if next == end { return isEnd }
        if !continuesName(bytes[next]) { return true }
      }
      place += skips[Int(last)]
    }
    return false
  }

  private static func skips(_ needle: [UInt8]) -> [Int] {
    var skips = [Int](repeating: max(1, needle.count), count: 256)
    for (place, byte) in needle.dropLast().enumerated() {
      skips[Int(byte)] = needle.count - 1 - place
    }
    return skips
  }

  /// Whether the byte makes the path another one's beginning: `/a/b-c` is not `/a/b`.
  private static func continuesName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."), 0x80...0xFF:
      true
    default: false
    }
  }
}
