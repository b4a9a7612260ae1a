import Testing
import UETModel
import UETSystem
import UETTestSupport

@testable import UETWorkers

/// A batch system of three shell scripts: its jobs are lines of a file.
@Suite struct CommandJobsTests {
  private let folder = TemporaryDirectory()
  private var commands = JobCommands(
    submit: .script(
      """
      echo "${UET_JOB_MEMORY:+-l mem=${UET_JOB_MEMORY}M}" >>"$FOLDER/options"
      echo "$$.host {name} qw - {script}" >>"$FOLDER/jobs"; echo "Your job $$.host (x) is taken"
      """),
    status: .script("cat \"$FOLDER/jobs\""),
    cancel: .script(
      "for id in {ids}; do sed -i \"s/^$id.host \\(.*\\) qw/$id.host \\1 dr/\" $FOLDER/jobs; done"),
    id: "Your job {id}.", columns: [.id: 1, .name: 2, .state: 3, .exit: 4],
    states: [
      "qw": .waiting, "hqw": .held, "r": .running, "C": .completed, "E": .failed, "dr": .cancelled,
    ])

  private func jobs(_ commands: JobCommands) -> CommandJobs {
    CommandJobs(
      commands, folder: folder.path + "/scripts",
      programs: .ofMachine(["PATH": "/usr/bin:/bin", "FOLDER": folder.path]))
  }

  private func order(_ script: String, _ name: String = "uet-r-a") -> JobOrder {
    JobOrder(
      name: name, argv: ["/bin/sh", "-c", script], environment: ["A": "it's", "odd.name": "x"],
      resources: Resources(["memory": 3 << 20]), log: folder.path + "/log")
  }

  private func rewrite(_ change: (String) -> String) throws {
    let path = folder.path + "/jobs"
    try Files.write(Array((change(Files.text(path) ?? "") + "\n").utf8), to: path)
  }

  private func run(_ job: JobID) async throws -> ProcessEnd {
    let line = (Files.text(folder.path + "/jobs") ?? "").split(separator: "\n")
      .first { $0.hasPrefix("\(job).") }
    let script = try #require(line?.split(separator: " ").last)
    return try await ProgramOutput(
      of: String(script), [], environment: ["PATH": "/usr/bin:/bin"], in: "/", seconds: 20,
      limit: 1000
    ).end
  }

  @Test func fromLineToEnd() async throws {
    var commands = commands
    commands.status = .script("cat \"$FOLDER/jobs\" | sed 's/\\.host//'")
    commands.columns = [.id: 1, .name: 2, .state: 3, .exit: 4]
    let jobs = jobs(commands)
    let ids = try await jobs.submit([order("echo $A; exit 3")]).map { try $0.get() }
    #expect(Int(ids[0].rawValue) != nil)
    #expect(Files.text(folder.path + "/options") == "-l mem=3M")
    #expect(try await jobs.look(at: ids) == [ids[0]: .waiting(reason: "qw", isHopeless: false)])
    #expect(try await jobs.find(prefix: "uet-r") == ["uet-r-a": ids[0]])
    try rewrite { $0.replacing(" qw ", with: " hqw ") }
    #expect(try await jobs.look(at: ids) == [ids[0]: .waiting(reason: "hqw", isHopeless: true)])
    try rewrite { $0.replacing(" hqw ", with: " r ") }
    #expect(try await jobs.look(at: ids) == [ids[0]: .running(node: nil)])
    #expect(try await run(ids[0]) == .exited(0))
    #expect(Files.text(folder.path + "/log") == "it's")
    try rewrite { $0.replacing(" r ", with: " C ") }
    let failed = JobEnding(.failed(3), words: "C exit status 3")
    #expect(try await jobs.look(at: ids) == [ids[0]: .ended(failed)])
    try rewrite { _ in "" }
    // The list forgot it; what it left tells, to another process as well.
    #expect(
      try await self.jobs(commands).look(at: ids) == [
        ids[0]: .ended(JobEnding(.failed(3), words: "exit status 3"))
      ])
    #expect(try await jobs.find(prefix: "uet-r") == [:])
  }

  @Test func idleIsTheLastWordThatItsCommandPrints() async throws {
    var commands = commands
    #expect(try await jobs(commands).idleCores() == nil)
    commands.idle = .script("echo free: 12")
    #expect(try await jobs(commands).idleCores() == 12)
    commands.idle = .script("echo many")
    await #expect(throws: JobError.self) { try await jobs(commands).idleCores() }
  }

  @Test("a command is given as many ids as there is room for, and all commands together all")
  func manyIDs() async throws {
    var commands = commands
    commands.columns = [.id: 1, .name: 2, .state: 3]
    let ids = (0..<4000).map { JobID(rawValue: "\($0).\(String(repeating: "x", count: 60))") }
    for status: Command in [
      .script("echo {ids} | wc -w >>\"$FOLDER/asked\"; for id in {ids}; do echo $id n r; done"),
      .arguments([
        "/bin/sh", "-c", "echo $# >>\"$FOLDER/asked\"; for id; do echo $id n r; done", "sh",
        "{ids}",
      ]),
    ] {
      commands.status = status
      let states = try await jobs(commands).look(at: ids)
      #expect(states.count == 4000 && states.values.allSatisfy { $0 == .running(node: nil) })
      let asked = (Files.text(folder.path + "/asked") ?? "").split(separator: "\n").map(String.init)
      #expect(asked.count == 8 && asked.compactMap { Int($0) }.reduce(0, +) == 4000, "\(asked)")
      try Files.remove(folder.path + "/asked")
    }
  }

  @Test func calledBack() async throws {
    let jobs = jobs(commands)
    let ids = try await jobs.submit((0..<3).map { order("true", "uet-r-\($0)") })
      .map { try $0.get() }
    #expect(Set(ids.map(\.rawValue)).count == 3)
    try await jobs.cancel([ids[0], ids[2]])
    var rows = commands
    rows.status = .script("sed 's/\\.host//' \"$FOLDER/jobs\"")
    let states = try await self.jobs(rows).look(at: ids)
    #expect(states[ids[0]] == .ended(JobEnding(.cancelled, words: "dr")))
    #expect(states[ids[1]] == .waiting(reason: "qw", isHopeless: false))
  }

  @Test func errors() async throws {
    var commands = commands
    commands.submit = .script("echo 'unable to contact qmaster' >&2; exit 1")
    #expect(
      await jobs(commands).submit([order("x")]) == [
        .failure(.unreachable("unable to contact qmaster"))
      ])
    commands.submit = .script("echo 'unknown queue' >&2; exit 1")
    #expect(await jobs(commands).submit([order("x")]) == [.failure(.refused("unknown queue"))])
    commands.submit = .arguments(["no-such-program-anywhere"])
    guard case .failure(.refused) = await jobs(commands).submit([order("x")])[0] else {
      Issue.record("not refused")
      return
    }
    commands.status = .script("exit 3")
    let jobs = jobs(commands)
    await #expect(throws: JobError.unreachable("exit status 3")) {
      try await jobs.look(at: [JobID(rawValue: "1")])
    }
  }

  @Test func places() {
    let values = ["name": "a b", "cpus": "2", "script": "/s"]
    let list = Command.arguments([
      "q", "-N{name}", "--mem={memory}M", "{options}", "{ids}", "x={ids}", "{a b}",
    ])
    let filled = JobCommands.filled(list, values, ["ids": ["1", "2"], "options": []])
    #expect(filled.argv == ["q", "-Na b", "1", "2", "x=1,2", "{a b}"])
    let script = JobCommands.filled(
      .script("q -N {name} ${UET_JOB_CPUS:+-n {cpus}} {memory} {ids} awk '{print}'"), values,
      ["ids": ["1", "it's"]])
    #expect(
      script.argv == [
        "/bin/sh", "-c", "q -N 'a b' ${UET_JOB_CPUS:+-n 2} '' 1 'it'\\''s' awk '{print}'",
      ])
    #expect(script.environment["UET_JOB_CPUS"] == "2")
  }

  @Test(
    arguments: [
      (nil, "Welcome\n123.server\n", "123.server"), (nil, "", nil),
      ("Job <{id}> is", "Job <77> is submitted to queue <q>.\n", "77"),
      ("{id}.", "123.server\n", "123"), ("job.batch/{id}", "job.batch/uet-x\n", "uet-x"),
      ("Job <{id}>", "no queue\n", nil),
    ] as [(String?, String, String?)])
  func ids(form: String?, output: String, id: String?) {
    var commands = commands
    commands.id = form
    #expect(commands.id(in: output) == id)
  }
}
