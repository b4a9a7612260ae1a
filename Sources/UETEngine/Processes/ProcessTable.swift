import UETLedger
import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Which processes belong to a supervisor's tree.
enum ProcessTable {
  #if canImport(Darwin)
    /// The environment of other processes is not to be had.
    static func tree(markedBy identity: ProcessIdentity, session: Bool) -> [Int32] { [] }
  #else
    /// The processes that carry the mark, those below them and those in their sessions: all
    /// sessions below a supervisor begin there, so nobody else's processes are in them.
    static func tree(markedBy identity: ProcessIdentity, session: Bool) -> [Int32] {
      let all = ProcessEntry.numbers().compactMap(ProcessEntry.init)
        .filter { !$0.hasEnded && $0.pid != getpid() }
      let mark = Array(identity.mark.utf8)
      let seeds = all.filter { (session && $0.session == identity.pid) || carries(mark, $0.pid) }
      var found = Set(seeds.map(\.pid))
      while true {
        let sessions = Set(all.filter { found.contains($0.pid) }.map(\.session))
        let more = all.filter {
          !found.contains($0.pid) && (found.contains($0.parent) || sessions.contains($0.session))
        }
        if more.isEmpty { return found.sorted() }
        found.formUnion(more.map(\.pid))
      }
    }

    /// Whether the mark is one whole entry of the process's first environment.
    private static func carries(_ mark: [UInt8], _ pid: Int32) -> Bool {
      (Files.content(of: "/proc/\(pid)/environ") ?? [])
        .split(separator: 0).contains { $0.elementsEqual(mark) }
    }
  #endif
}
