import Synchronization
import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// This machine as a batch system without a line: each job is a process in a session of its own,
/// which goes on when the one that started it has ended.
///
/// What is known of a job stands in a folder of its own, and so for every process: which process it
/// is, its limit, and in the end its exit status. It is a job from the moment when that process is
/// noted; before that it waits for a word, and without one does nothing.
package struct ProcessJobs: JobSystem {
  private let folder: String
  /// Seconds that a job has to come to its end when it is told to.
  private let grace: Double
  /// Those that this process started, which must be told that their end was noticed.
  private let children = Children()

  /// - Parameter folder: Made when it is missing; its content is nobody else's.
  package init(folder: String, grace: Double = 5) {
    (self.folder, self.grace) = (folder, grace)
  }

  package func submit(_ orders: [JobOrder]) async -> [Result<JobID, JobError>] {
    orders.map { order in
      do throws(SystemFailure) {
        return .success(try start(order))
      } catch {
        let isPassing = [EAGAIN, ENOMEM, EMFILE, ENFILE].contains(error.code) || error.isFullDisk
        return .failure(isPassing ? .unreachable("\(error)") : .refused("\(error)"))
      }
    }
  }

  package func look(at jobs: [JobID]) async throws(JobError) -> [JobID: JobState] {
    children.reap()
    var states: [JobID: JobState] = [:]
    for job in jobs {
      guard let record = ProcessJobRecord(in: folder, job) else { continue }
      if record.isLate { end(record, .late) }
      states[job] = record.state
    }
    return states
  }

  package func cancel(_ jobs: [JobID]) async throws(JobError) {
    for job in jobs {
      if let record = ProcessJobRecord(in: folder, job) { end(record, .cancelled) }
    }
  }

  package func find(prefix: String) async throws(JobError) -> [String: JobID] {
    children.reap()
    var found: [String: JobID] = [:]
    for name in Files.names(in: folder) {
      let job = JobID(rawValue: name)
      guard let record = ProcessJobRecord(in: folder, job), record.name.hasPrefix(prefix),
        record.process.isAlive
      else { continue }
      found[record.name] = job
    }
    return found
  }

  package func idleCores() async throws(JobError) -> Int? {
    max(0, MachineRoom.processors - (try await find(prefix: "")).count)
  }
}

extension ProcessJobs {
  /// Waits for a word, runs its arguments, and writes how they ended. A request to end goes to all
  /// of the session; this shell stays for the status.
  private static let script = """
    read -r go || exit 0
    trap : HUP INT TERM
    "$@" </dev/null
    echo $? >"$0"
    """

  private func start(_ order: JobOrder) throws(SystemFailure) -> JobID {
    let job = JobID(rawValue: "p\(String(UInt64.random(in: 0 ... .max), radix: 36))")
    let own = "\(folder)/\(job)"
    try Files.makeDirectory(own)
    let log = try Descriptor(opening: order.log, O_WRONLY | O_CREAT | O_APPEND, "write")
    let word = try PipeEnds.open()
    let pid = try Spawn(
      "/bin/sh", ["-c", Self.script, ProcessJobRecord.status(in: own)] + order.argv,
      environment: order.environment.map { "\($0.key)=\($0.value)" }, in: "/", group: .session
    ).start(input: word.readEnd.number, output: log.number, error: log.number)
    children.add(pid)
    guard let process = ProcessIdentity(of: pid) else {
      throw SystemFailure("run", order.argv.first ?? "", code: ECHILD)
    }
    try ProcessJobRecord.write(process, order, in: own)
    try Files.write(Array("\n".utf8), to: word.writeEnd.number, path: own)
    return job
  }

  private func end(_ record: ProcessJobRecord, _ mark: ProcessJobRecord.Mark) {
    guard record.process.isAlive, record.marks.isEmpty else { return }
    record.set(mark)
    let process = record.process
    kill(-process.pid, SIGTERM)
    Task { [grace] in
      try? await Task.sleep(for: .seconds(grace))
      if process.isAlive { kill(-process.pid, SIGKILL) }
    }
  }

  private final class Children: Sendable {
    private let numbers = Mutex<Set<pid_t>>([])

    func add(_ number: pid_t) { numbers.withLock { _ = $0.insert(number) } }

    func reap() {
      numbers.withLock { numbers in
        for number in numbers where ProcessEnd(ofEnded: number) != nil { numbers.remove(number) }
      }
    }
  }
}
