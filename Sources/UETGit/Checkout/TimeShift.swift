import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How far the younger of a worktree's files are set back, so that what is written now is of a
/// later whole second than all of them.
///
/// All from one moment on are set back by the same whole seconds, into a span in which there is
/// nothing: so their order among each other and to the older ones stays, to the nanosecond as well
/// as by whole seconds.
struct TimeShift: Equatable, Sendable {
  /// Files of this whole second or a later one are set back.
  let start: Int64
  let seconds: Int64

  /// The most that is made up for: a clock that runs ahead is no cause to trust it.
  static let most: Int64 = 3

  enum Plan: Equatable, Sendable {
    case none
    case shift(TimeShift)
    /// There are times that have not come yet.
    case impossible
  }

  /// More than it takes is only for files that would be given a second they had.
  private static let tries: Int64 = 300

  /// The least that does; `isFree` says whether it suits every file.
  static func plan(
    _ times: some Sequence<FileTime>, now: FileTime, isFree: (TimeShift) -> Bool = { _ in true }
  ) -> Plan {
    let seconds = Set(times.map(\.seconds)).sorted(by: >)
    guard let newest = seconds.first, newest >= now.seconds else { return .none }
    let least = newest - now.seconds + 1
    guard least <= most else { return .impossible }
    for distance in least..<(least + tries) {
      var start = newest
      for second in seconds.dropFirst() {
        if start - second > distance { break }
        start = second
      }
      let shift = TimeShift(start: start, seconds: distance)
      if isFree(shift) { return .shift(shift) }
    }
    return .impossible
  }

  func applies(to time: FileTime) -> Bool { time.seconds >= start }

  func time(_ time: FileTime) -> FileTime {
    FileTime(seconds: time.seconds - seconds, nanoseconds: time.nanoseconds)
  }

  /// Sets a time, also that of a link itself.
  static func set(_ path: String, _ time: FileTime) -> Bool {
    let value = timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
    return utimensat(AT_FDCWD, path, [value, value], AT_SYMLINK_NOFOLLOW) == 0
  }
}

/// The whole seconds that files of a worktree had as their time since its builds began, but for the
/// one they have now. None is ever given to that file again: a tool that knows a source by its time
/// would take another content for it.
package struct FormerTimes: Hashable, Sendable {
  package private(set) var seconds: [String: Set<Int64>] = [:]

  package init() {}

  package init(_ seconds: [String: Set<Int64>]) { self.seconds = seconds }

  mutating func note(_ path: [UInt8], _ time: FileTime) {
    seconds[Self.name(path), default: []].insert(time.seconds)
  }

  func holds(_ path: [UInt8], _ second: Int64) -> Bool {
    seconds[Self.name(path)]?.contains(second) ?? false
  }

  /// More than this, and it is time to begin anew.
  package var isFull: Bool { seconds.count > 20_000 }

  private static func name(_ path: [UInt8]) -> String {
    String(String(decoding: path, as: UTF8.self).map { $0.isNewline ? "?" : $0 })
  }
}
