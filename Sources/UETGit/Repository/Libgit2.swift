import CLibgit2
import CLibgit2Loader
import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The library itself: started once, on first use, and what it says about its last failure.
enum Libgit2 {
  /// Extensions that do not change how objects and references are stored, in lower case.
  ///
  /// `objectformat` and `refstorage` must never be here: the repository would open and not work.
  static let supportedExtensions = [
    "worktreeconfig", "partialclone", "preciousobjects", "relativeworktrees",
    "submodulepathconfig",
  ]

  /// Bytes of packs that are mapped at once. The library would map packs of any size whole, and
  /// whoever walks through the record would have all of it in memory in the end. Nor would it close
  /// any: a process that lives long would hold a descriptor for each pack of a long record.
  private static let windows = (one: 1 << 20, all: 8 << 20)

  /// How many packs are open at once, within half of the descriptors that the process may have: a
  /// walk through more packs than that opens each again and again.
  private static var openPacks: Int {
    Int(min(max((UserLimits.openFiles ?? 0) / 2, 32), 1024))
  }

  /// Loading it takes longer than git takes for small commands, so only what needs it does.
  private static let started: Void = {
    uet_load_libgit2()
    git_libgit2_init()
    _ = uet_limit_windows(windows.one, windows.all, openPacks)
    var names: [UnsafePointer<CChar>?] = []
    for name in supportedExtensions {
      names.append(UnsafePointer(strdup(name)))
    }
    _ = uet_set_extensions(&names, names.count)
    for name in names { free(UnsafeMutablePointer(mutating: name)) }
  }()

  static func start() { _ = started }

  /// Whether the library that is linked is one that this was built for: what comes after it has
  /// object ids of another size under the same names, and each of ours would be zero.
  static let isKnown: Bool = {
    start()
    var (major, minor, revision) = (Int32(0), Int32(0), Int32(0))
    git_libgit2_version(&major, &minor, &revision)
    return major == 1 && (5...9).contains(minor) && uet_oids_are_known() == 1
  }()

  /// The message of this thread's last failure.
  static var lastMessage: String {
    guard let error = git_error_last(), let text = error.pointee.message else {
      return "unknown error"
    }
    return String(cString: text)
  }

  /// The failure `code` as an error of `operation`, telling a full or read-only disk apart.
  static func failure(_ code: Int32, _ operation: String, path: String = "") -> GitError {
    let message = lastMessage
    let isSystem =
      git_error_last().map { $0.pointee.klass == Int32(GIT_ERROR_OS.rawValue) } ?? false
    if isSystem || message.contains(": ") {
      if message.hasSuffix("No space left on device") || message.hasSuffix("quota exceeded") {
        return .diskFull(path: path, detail: message)
      }
      if message.hasSuffix("Read-only file system") || message.hasSuffix("Permission denied") {
        return .readOnly(path: path, detail: message)
      }
    }
    return .libgit2(operation: operation, code: code, detail: message)
  }
}

extension ObjectID {
  init(_ oid: git_oid) {
    self = withUnsafeBytes(of: oid.id) { ObjectID(bytes: $0) } ?? .zero
  }

  /// The name as libgit2 takes it.
  var oid: git_oid {
    var result = git_oid()
    withUnsafeMutableBytes(of: &result.id) { store(in: $0) }
    return result
  }
}
