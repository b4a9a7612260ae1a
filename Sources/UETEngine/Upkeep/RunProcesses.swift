import UETModel
import UETSystem

/// The processes of this machine that were started for runs, found by the environment each
/// inherits.
///
/// It needs no file of ours, so it finds them after `.git/uet` was deleted too. On Linux `/proc`
/// tells of them, but not of those of other users; elsewhere none is found.
package struct RunProcesses: Sendable {
  /// One process of an attempt or gate.
  package struct Entry: Hashable, Sendable {
    package let pid: Int32
    package let program: String
    package let run: RunID
    package let workstream: WorkstreamID?
    package let attempt: Int?
    /// Stands for the tree it belongs to.
    package let supervisor: ProcessIdentity
  }

  package let entries: [Entry]

  /// Looks through all processes now.
  package init() {
    entries = Files.names(in: "/proc").compactMap { name in
      Int32(name).flatMap { Entry(of: $0) }
    }.sorted { $0.pid < $1.pid }
  }

  package func of(_ run: RunID) -> [Entry] { entries.filter { $0.run == run } }

  /// Ends the trees of a run that nobody drives, and waits for their end; returns how many were
  /// left.
  func endAll(of run: RunID) async -> Int {
    for supervisor in Set(of(run).map(\.supervisor)) { await supervisor.end() }
    return RunProcesses().of(run).count
  }
}

extension RunProcesses.Entry {
  fileprivate init?(of pid: Int32) {
    let bytes = Files.content(of: "/proc/\(pid)/environ", limit: 1 << 20) ?? []
    var values: [Substring: Substring] = [:]
    for entry in bytes.split(separator: 0) where entry.starts(with: Array("UET_".utf8)) {
      let text = String(decoding: entry, as: UTF8.self)
      guard let end = text.firstIndex(of: "=") else { continue }
      values[text[..<end]] = text[text.index(after: end)...]
    }
    guard let run = values["UET_RUN"].flatMap({ RunID(String($0)) }),
      let supervisor = values["UET_SUPERVISOR"].flatMap({ Self.identity($0) })
    else { return nil }
    self.pid = pid
    self.run = run
    self.supervisor = supervisor
    workstream = values["UET_WORKSTREAM"].flatMap { WorkstreamID(String($0)) }
    attempt = values["UET_ATTEMPT"].flatMap { Int($0) }
    program = Files.line("/proc/\(pid)/comm") ?? ""
  }

  /// `PID.START`; a process of an earlier boot is not there to be asked.
  private static func identity(_ text: Substring) -> ProcessIdentity? {
    let parts = text.split(separator: ".")
    guard parts.count == 2, let pid = Int32(parts[0]), let start = UInt64(parts[1]) else {
      return nil
    }
    return ProcessIdentity(pid: pid, startTime: start)
  }
}
