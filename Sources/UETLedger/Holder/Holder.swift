import UETModel

/// The process that holds a run's chain: enough to tell later whether it still lives.
package struct Holder: Hashable, Sendable {
  package var host: String
  /// Identifies one boot of the machine; empty where the system does not tell.
  package var boot: String
  /// Identifies the set of process ids `pid` belongs to (containers); empty where it is not known.
  package var namespace: String
  package var pid: Int32
  /// When the process started, in the system's own ticks: tells a reused process id apart.
  package var processStart: UInt64?
  /// When it took the run.
  package var since: Timestamp
  /// Tells two claims of one process apart.
  package var nonce: String
  /// The inode of the run's lock file that the process keeps locked.
  package var lockInode: UInt64?

  package init(
    host: String, boot: String = "", namespace: String = "", pid: Int32,
    processStart: UInt64? = nil, since: Timestamp, nonce: String, lockInode: UInt64? = nil
  ) {
    self.host = host
    self.boot = boot
    self.namespace = namespace
    self.pid = pid
    self.processStart = processStart
    self.since = since
    self.nonce = nonce
    self.lockInode = lockInode
  }
}

/// What can be said about a process from here.
package enum Liveness: Hashable, Sendable {
  case alive
  case dead
  /// It runs, or ran, where this process cannot look.
  case unknown
}

extension Holder {
  /// `holder.json` in the commit that takes a chain.
  package var json: JSONValue {
    var object = JSONObject([("host", .string(host))])
    if !boot.isEmpty { object.append("boot", .string(boot)) }
    if !namespace.isEmpty { object.append("namespace", .string(namespace)) }
    object.append("pid", .integer(Int64(pid)))
    object.append("process_start", processStart.map { .integer(Int64(clamping: $0)) })
    object.append("since", .string(since.description))
    object.append("nonce", .string(nonce))
    object.append("lock_inode", lockInode.map { .integer(Int64(clamping: $0)) })
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("holder") }
    func unsigned(_ value: JSONValue) -> UInt64? { value.integer.flatMap { UInt64(exactly: $0) } }
    self.init(
      host: try object.required("host", \.string),
      boot: try object.optional("boot", \.string) ?? "",
      namespace: try object.optional("namespace", \.string) ?? "",
      pid: try object.required("pid") { $0.integer.flatMap { Int32(exactly: $0) } },
      processStart: try object.optional("process_start", unsigned),
      since: try object.required("since", \.timestamp),
      nonce: try object.required("nonce", \.string),
      lockInode: try object.optional("lock_inode", unsigned))
  }
}

extension Holder: CustomStringConvertible {
  package var description: String { "process \(pid) on \(host), since \(since)" }
}
