import UETModel
import UETSystem
import UETTools

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Holds one conversation in the Agent Client Protocol: starts the agent on pipes, says what the
/// conversation wants said, and writes the record of it to standard output.
package struct ACPClient {
  private let agent: TalkingProgram
  private let output: Int32
  private let report: (_ percent: Int, _ message: String?) -> Void
  private let clock = SuspendingClock()
  private let start: SuspendingClock.Instant
  private var conversation: ACPConversation
  private var record = ACPRecord()
  private var splitter = LineSplitter()
  private var errorSplitter = LineSplitter()
  /// When the present wait for an answer is over.
  private var limit: SuspendingClock.Instant?
  private var status: Int32 = 0
  private var failure: SystemFailure?

  /// Seconds until what an agent says in pieces is written, and its end is looked for.
  private static let rhythm = 1.0
  /// Seconds that an agent has to end once its input is closed, and once it was asked to.
  private static let (farewell, grace) = (3.0, 2.0)

  /// `report` takes percent done and what is being done. Throws where the agent cannot be started
  /// or its prompt cannot be read.
  package init(
    _ settings: ACPSettings, command: [String], environment: [String: String], output: Int32 = 1,
    report: @escaping (_ percent: Int, _ message: String?) -> Void = { _, _ in }
  ) throws(SystemFailure) {
    guard let prompt = try Files.read(settings.promptFile) else {
      throw SystemFailure("read", settings.promptFile, code: ENOENT)
    }
    var settings = settings
    settings.folder = Files.real(settings.folder) ?? settings.folder
    settings.servers = settings.servers.map { MCPEntry.filled($0, environment) }
    let place = WorkFolder(settings.folder)
    conversation = ACPConversation(
      settings, prompt: String(decoding: prompt, as: UTF8.self), version: ProgramVersion.text
    ) { place.relative($0) }
    agent = try TalkingProgram(command, in: settings.folder, environment: environment)
    self.output = output
    self.report = report
    start = clock.now
  }

  /// Talks until all is said and the agent has ended; `stop` is a descriptor on which a byte says
  /// that the agent is to stop. Gives the status to leave with.
  package mutating func run(stop: Int32) -> Int32 {
    carryOut(conversation.begin())
    var isAsked = false
    while !conversation.isOver {
      let heard = agent.listen(also: isAsked ? nil : stop, seconds: pause)
      if heard.also {
        isAsked = true
        carryOut(conversation.cancel("\(ACPRecord.stopAsked): by a signal"))
      }
      take(heard)
      if agent.isSilent, !conversation.isOver { ended() }
      if let limit, clock.now >= limit {
        self.limit = nil
        carryOut(conversation.lost())
      }
      if heard.isQuiet { write(record.flush()) }
    }
    return leave()
  }

  private var pause: Double {
    guard let limit else { return Self.rhythm }
    return max(0, min(Self.rhythm, (limit - clock.now) / .seconds(1)))
  }

  private mutating func take(_ heard: TalkingProgram.Heard) {
    var lines: [[UInt8]] = []
    errorSplitter.feed(heard.errors[...]) { lines.append(Array($0)) }
    write(lines.map { String(decoding: $0, as: UTF8.self) })
    lines = []
    splitter.feed(heard.output[...]) { lines.append(Array($0)) }
    if agent.isSilent { splitter.finish { lines.append(Array($0)) } }
    for line in lines {
      guard let message = (try? JSONValue(parsing: line[...]))?.object else {
        write(record.flush() + [String(decoding: line, as: UTF8.self)])
        continue
      }
      write(record.lines(message, isAgents: true, at: time))
      carryOut(conversation.take(message))
    }
  }

  private mutating func carryOut(_ effects: [ACPConversation.Effect]) {
    for effect in effects {
      switch effect {
      case .send(let message):
        write(record.lines(message, isAgents: false, at: time))
        agent.say(JSONValue.object(message).encoded() + "\n")
      case .note(let text): write(record.note(text, at: time))
      case .fault(let text):
        status = 1
        write(record.note(text, isFault: true, at: time))
      case .progress(let percent, let message): report(percent, message)
      case .close: agent.closeInput()
      }
    }
    if !effects.isEmpty { limit = conversation.patience.map { clock.now + .seconds($0) } }
  }

  private mutating func ended() {
    status = 1
    write(record.flush())
    let until = clock.now + .seconds(Self.rhythm)
    while agent.end == nil, clock.now < until { take(agent.listen(also: nil, seconds: 0.02)) }
    let how =
      switch agent.end {
      case .exited(let status)?: "it ended with status \(status)"
      case .signalled(let number)?: "it was ended by signal \(number)"
      case nil: "it closed its output"
      }
    write(record.note("\(how) before it had answered", at: time))
    carryOut(conversation.ended())
  }

  /// Waits for the agent's end, asks for it, and makes it.
  private mutating func leave() -> Int32 {
    var step = 0
    var until = clock.now + .seconds(Self.farewell)
    while agent.end == nil, step < 3 {
      let left = (until - clock.now) / .seconds(1)
      take(agent.listen(also: nil, seconds: max(0, min(0.02, left))))
      guard agent.end == nil, left <= 0 else { continue }
      agent.signal(step == 0 ? SIGTERM : SIGKILL)
      until = clock.now + .seconds(Self.grace)
      step += 1
    }
    write(record.flush())
    return status
  }

  private var time: Double { (clock.now - start) / .seconds(1) }

  private mutating func write(_ lines: [String]) {
    guard failure == nil, !lines.isEmpty else { return }
    // Whole lines, so that nothing comes in between.
    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
    do throws(SystemFailure) { try Files.write(bytes, to: output, path: "standard output") } catch {
      failure = error
    }
  }
}
