import Foundation
import Testing

/// What workstreams ask of the machine, over real runs.
@Suite struct ResourceTests {
  private func project(_ settings: String, _ asks: [String]) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(".uet/config.yaml", settings + "\n")
    for (name, ask) in zip(["a", "b", "c"], asks) {
      try scratch.write(
        "workstreams/ws-\(name).yaml",
        """
        id: ws-\(name)
        tasks: [Write]
        files_scope: [\(name)]
        tool: shell
        resources: \(ask)
        command: |
          echo begin >> $TMPDIR/order; sleep 0.2; echo end >> $TMPDIR/order; echo x > \(name)

        """)
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  @Test func thoseThatDoNotFitTogetherRunOneAfterTheOther() throws {
    let scratch = try project(
      "run: {resources: {seats: 2}}", Array(repeating: "{seats: 2}", count: 3))
    let run = try scratch.uet("run", "--workers", "3")
    #expect(run.status == 0, "\(run)")
    #expect(
      scratch.kept("order").split(separator: "\n") == [
        "begin", "end", "begin", "end", "begin", "end",
      ])
  }

  /// Gates of the queue that do not fit together run one after the other, in whatever slots.
  @Test func gatesOfTheQueueShareTheMachine() throws {
    let scratch = try project(
      """
      run: {resources: {db: 1}}
      gates:
        GATE:
          command: [sh, -c, "echo begin >> $TMPDIR/gates; sleep 0.2; echo end >> $TMPDIR/gates"]
          resources: {db: 1}
      integration: {gates: [GATE], strategy: speculative, slots: 3}
      """, Array(repeating: "{cpu: 1}", count: 3))
    #expect(try scratch.uet("run").status == 0)
    let queue = try scratch.uet("integrate")
    #expect(queue.status == 0, "\(queue)")
    let lines = scratch.kept("gates").split(separator: "\n")
    #expect(
      lines.count >= 6
        && lines == Array(repeating: ["begin", "end"], count: lines.count / 2).flatMap(\.self),
      "\(lines)")
    try scratch.git("config", "uet.run.resources", "cpu=4")
    let run = try scratch.uet("run")
    #expect(run.status == 0, "only the queue needs a 'db': \(run)")
    let refused = try scratch.uet("integrate")
    #expect(refused.status == 2, "\(refused)")
    #expect(
      refused.errors.contains(
        "gate 'GATE' needs 1 of 'db', of which nobody has said that there is any"), "\(refused)")
  }

  @Test func askingForMoreThanThereIsIsRefusedAtTheStart() throws {
    let scratch = try project("run: {resources: {memory: 4GB}}", ["{memory: 1TB}", "{cpu: 90000}"])
    let run = try scratch.uet("run")
    #expect(run.status == 2, "\(run)")
    #expect(
      run.errors.contains(
        "workstream 'ws-a' needs 1.0 TB of memory, and 'run.resources' has 4.0 GB of memory "
          + "(and 1 more ask for too much)"), "\(run)")
    #expect(run.errors.contains("git config uet.run.resources memory=1000000MB"), "\(run)")
  }

  @Test func attemptsAreHeldToTheirMemory() throws {
    let scratch = try Scratch()
    try scratch.write(".uet/config.yaml", "run: {background: true}\n")
    try scratch.bundle(
      "ws-a", scope: ["a"], extra: "resources: {memory: 512MiB}",
      "ulimit -d > $TMPDIR/limit; nice > $TMPDIR/nice; echo x > a")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run").status == 0)
    // In a control group the process has no limit of its own.
    #expect(["524288\n", "unlimited\n"].contains(scratch.kept("limit")))
    #expect((Int(scratch.kept("nice").dropLast()) ?? 0) >= 10)
    try scratch.git("config", "uet.run.hold", "count")
    #expect(try scratch.uet("run").status == 0)
    #expect(scratch.kept("limit") == "unlimited\n")
  }

  @Test func whatIsNotDeclaredIsNotThere() throws {
    let scratch = try project("", ["{gpu: 1}"])
    let run = try scratch.uet("run")
    #expect(run.status == 2, "\(run)")
    #expect(
      run.errors.contains(
        "workstream 'ws-a' needs 1 of 'gpu', of which nobody has said that there is any"), "\(run)")
    try scratch.git("config", "uet.run.resources", "gpu=1")
    #expect(try scratch.uet("run").status == 0)
  }
}
