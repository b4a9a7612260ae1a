import UETModel
import UETSystem

/// Any batch system, by commands that hand a job over, tell of all jobs, and call jobs back.
///
/// Each job is a script in a folder of its own that nodes must see: there it leaves its exit
/// status, for systems whose list forgets a job when it ends, or tells no status.
package struct CommandJobs: JobSystem {
  private let commands: JobCommands
  private let folder: String
  private let programs: JobPrograms

  /// - Parameters:
  ///   - folder: For scripts and exit statuses; made when it is missing.
  ///   - programs: How commands are called; they get all variables of this process.
  package init(_ commands: JobCommands, folder: String, programs: JobPrograms) {
    (self.commands, self.folder, self.programs) = (commands, folder, programs)
  }

  private func run(
    _ command: Command, _ values: [String: String] = [:], ids: [String] = []
  ) async throws(JobError) -> JobPrograms.Answer {
    var values = values
    values["partition"] = commands.partition
    values["account"] = commands.account
    let lists = ["ids": ids, "options": commands.options]
    let (argv, environment) = JobCommands.filled(command, values, lists)
    return try await programs.run(JobPrograms.Call(argv: argv, environment: environment))
  }

  package func submit(_ orders: [JobOrder]) async -> [Result<JobID, JobError>] {
    var results = [Result<JobID, JobError>](repeating: .failure(.givenUp), count: orders.count)
    await withTaskGroup(of: (Int, Result<JobID, JobError>).self) { tasks in
      var rest = orders.enumerated().makeIterator()
      func startNext() {
        guard let (index, order) = rest.next() else { return }
        tasks.addTask { (index, await submit(order)) }
      }
      for _ in 0..<8 { startNext() }
      while let (index, result) = await tasks.next() {
        results[index] = result
        startNext()
      }
    }
    return results
  }

  private func submit(_ order: JobOrder) async -> Result<JobID, JobError> {
    do throws(JobError) {
      let script = try write(order)
      let answer = try await run(commands.submit, Self.values(order, script: script))
      guard answer.end == .exited(0) else { throw JobError(saying: answer.words) }
      let output = String(decoding: answer.output, as: UTF8.self)
      guard let id = commands.id(in: output) else {
        throw .unreachable("no job's id in what was printed: '\(output)'")
      }
      try note(JobID(rawValue: id), script: script)
      return .success(JobID(rawValue: id))
    } catch {
      return .failure(error)
    }
  }

  package func look(at jobs: [JobID]) async throws(JobError) -> [JobID: JobState] {
    if jobs.isEmpty { return [:] }
    let rows = try await rows(jobs)
    var states: [JobID: JobState] = [:]
    for job in jobs {
      if let row = rows[job.rawValue] {
        states[job] = row.state(row.isLiving ? nil : status(of: job))
      } else if let status = status(of: job) {
        states[job] = .ended(JobEnding(exitStatus: status))
      }
    }
    return states
  }

  package func cancel(_ jobs: [JobID]) async throws(JobError) {
    for start in stride(from: 0, to: jobs.count, by: Self.mostIDs) {
      let ids = jobs[start..<min(start + Self.mostIDs, jobs.count)].map(\.rawValue)
      let answer = try await run(commands.cancel, ids: ids)
      // Of a job that is over most say that there is none. Only a system that does not answer has
      // not heard of it.
      if answer.end != .exited(0), case .unreachable(let words) = JobError(saying: answer.words) {
        throw .unreachable(words)
      }
    }
  }

  package func find(prefix: String) async throws(JobError) -> [String: JobID] {
    var found: [String: JobID] = [:]
    for (id, row) in try await rows([]) {
      guard let name = row.name, name.hasPrefix(prefix), row.isLiving else { continue }
      found[name] = JobID(rawValue: id)
    }
    return found
  }

  package func idleCores() async throws(JobError) -> Int? {
    guard let command = commands.idle else { return nil }
    let answer = try await run(command)
    guard answer.end == .exited(0) else { throw .unreachable(answer.words) }
    let words = String(decoding: answer.output, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard let cores = words.last.flatMap({ Int($0) }), cores >= 0 else {
      throw .unreachable("'idle' prints no number of cores")
    }
    return cores
  }

  /// How many ids are given to one command: a word of one is 128 KiB at most.
  private static let mostIDs = 500

  /// What `status` says, by id; one that is given no ids says all of it at once.
  private func rows(_ jobs: [JobID]) async throws(JobError) -> [String: JobRow] {
    let most = commands.status.has("{ids}") ? Self.mostIDs : max(1, jobs.count)
    var rows: [String: JobRow] = [:]
    for start in stride(from: 0, to: max(1, jobs.count), by: most) {
      let ids = jobs[start..<min(start + most, jobs.count)].map(\.rawValue)
      let answer = try await run(commands.status, ids: ids)
      guard answer.end == .exited(0) else { throw .unreachable(answer.words) }
      let lines = String(decoding: answer.output, as: UTF8.self).split(whereSeparator: \.isNewline)
      for row in lines.compactMap({ JobRow($0, commands) }) { rows[row.id] = row }
    }
    return rows
  }
}

extension Command {
  fileprivate func has(_ text: String) -> Bool {
    switch self {
    case .arguments(let words): words.contains { $0.contains(text) }
    case .script(let script): script.contains(text)
    }
  }
}

extension CommandJobs {
  /// What stands for places of `submit`. A core begun counts as one, and so a mebibyte.
  private static func values(_ order: JobOrder, script: String) -> [String: String] {
    var values = ["name": order.name, "log": order.log, "script": script, "cpus": "1"]
    for name in order.resources.names {
      guard let amount = order.resources[name] else { continue }
      switch name {
      case Resources.cpu: values["cpus"] = "\(max(1, (amount + 999) / 1000))"
      case Resources.memory, Resources.disk:
        values[name] = "\(max(1, (amount + (1 << 20) - 1) >> 20))"
      default: values[name] = "\(amount)"
      }
    }
    if let limit = order.timeLimit {
      let seconds = max(1, Int(min(limit, 1e9).rounded(.up)))
      let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60]
      values["time"] = "\(seconds)"
      values["minutes"] = "\((seconds + 59) / 60)"
      values["clock"] = parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
    return values
  }

  /// Writes a job's script, which nobody else may read: values of variables stand in it.
  private func write(_ order: JobOrder) throws(JobError) -> String {
    let own = "\(folder)/c\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    let sorted = order.environment.sorted { $0.key < $1.key }
    let variables = sorted.filter { $0.key.isShellName }
      .map { "export \($0.key)=\($0.value.shellWord)" }
    let odd = sorted.filter { !$0.key.isShellName }.map { "\($0.key)=\($0.value)" }
    let argv = (odd.isEmpty ? [] : ["/usr/bin/env"] + odd) + order.argv
    let lines =
      ["#!/bin/sh", "exec >>\(order.log.shellWord) 2>&1", "cd /"] + variables + [
        "trap : HUP INT TERM", argv.map(\.shellWord).joined(separator: " "),
        "echo $? >\(own.shellWord)/status", "",
      ]
    return try kept { () throws(SystemFailure) in
      try Files.makeDirectory(own)
      try Files.create(Array(lines.joined(separator: "\n").utf8), at: "\(own)/script", mode: 0o700)
      return "\(own)/script"
    }
  }

  /// The file that says where a job's script is.
  private func place(of job: JobID) -> String {
    "\(folder)/jobs/\(job.rawValue.replacing("%", with: "%25").replacing("/", with: "%2F"))"
  }

  private func note(_ job: JobID, script: String) throws(JobError) {
    try kept { () throws(SystemFailure) in
      try Files.makeDirectory("\(folder)/jobs")
      try Files.write(Array(script.utf8), to: place(of: job))
    }
  }

  /// The exit status that a job left.
  private func status(of job: JobID) -> Int32? {
    guard let script = Files.text(place(of: job)), let own = Files.folder(of: script) else {
      return nil
    }
    return Files.text("\(own)/status").flatMap(Int32.init)
  }

  private func kept<Value>(
    _ body: () throws(SystemFailure) -> Value
  ) throws(JobError) -> Value {
    do throws(SystemFailure) {
      return try body()
    } catch {
      throw error.isFullDisk ? .unreachable("\(error)") : .refused("\(error)")
    }
  }
}
