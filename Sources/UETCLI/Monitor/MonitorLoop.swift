import UETEngine
import UETModel
import UETSystem
import UETWorkers

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Shows a run on a whole screen until somebody has seen enough.
struct MonitorLoop: ~Copyable {
  private let context: CommandContext
  private let run: RunID
  private let screen: FullScreen
  private let inputs: MonitorInputs
  private var source: MonitorSource
  private var model: MonitorModel
  private var painter: ScreenPainter
  private var keys = KeyReader()
  private var isTicking = false
  /// Whether it was asked just now why something waits, and is to be asked again then.
  private var (asksWaits, wantsWaits) = (false, false)
  private var needsDrawing = true

  /// How long the rest of a key may take.
  private static let keyPatience = 0.05
  /// How often a live process is asked at most why something waits, in seconds.
  private static let waitsPace = 2.0

  init(_ project: Project, _ run: RunID, _ context: CommandContext) throws {
    (self.context, self.run) = (context, run)
    let watch = FolderWatch()
    source = try MonitorSource(project, run, watch, unicode: context.output.usesUnicode)
    model = MonitorModel(source.facts, Self.shape(context.output))
    painter = ScreenPainter(color: context.output.usesColor)
    screen = FullScreen(context.output)
    // What ends it from here on gives the terminal back.
    inputs = MonitorInputs(screen, watch)
    screen.enter()
  }

  private static func shape(_ terminal: Terminal) -> ScreenShape {
    let size = terminal.size
    return ScreenShape(columns: size.columns, rows: size.rows, unicode: terminal.usesUnicode)
  }

  consuming func follow() async throws {
    draw()
    let first = source
    inputs.post(blocking: { .past(first.past()) })
    inputs.post(blocking: { first.timeLeft().map(MonitorInput.timeLeft) ?? .changed })
    askWaits()
    do {
      for await input in inputs.stream {
        if try await take(input) { break }
        if needsDrawing { draw() }
      }
    } catch {
      screen.leave()
      throw error
    }
    screen.leave()
  }

  private mutating func draw() {
    tickLater()
    screen.write(painter.drawing(model.lines))
  }

  private mutating func tickLater() {
    guard source.facts.moves, !isTicking else { return }
    isTicking = true
    inputs.post(.tick, after: 1)
  }

  /// Gives whether it is over.
  private mutating func take(_ input: MonitorInput) async throws -> Bool {
    needsDrawing = true
    switch input {
    case .typed(let bytes):
      let pressed = keys.take(bytes)
      if keys.isWaiting { inputs.post(.quiet, after: Self.keyPatience) }
      return try press(pressed)
    case .quiet: return try press(keys.finish())
    case .resized:
      model.shape = Self.shape(context.output)
      painter.forget()
    case .redraw:
      screen.enter()
      model.shape = Self.shape(context.output)
      painter.forget()
    case .changed:
      let hasGrown = try source.refresh()
      model.facts = source.facts
      if hasGrown { askWaits() }
      if hasGrown || model.detail?.page == .log { reload() }
    case .tick:
      isTicking = false
      // A screen that was drawn since shows the time already.
      guard context.clock.now().seconds(since: source.facts.now) >= 0.9 else {
        needsDrawing = false
        tickLater()
        return false
      }
      source.tick()
      model.facts = source.facts
    case .past(let lines):
      source.use(past: lines)
      model.facts = source.facts
    case .timeLeft(let timeLeft):
      source.use(timeLeft)
      model.facts = source.facts
    case .waits(let waits):
      source.use(waits)
      model.facts = source.facts
      inputs.post(.rested, after: Self.waitsPace)
    case .rested:
      asksWaits = false
      if wantsWaits { askWaits() }
    case .page(let id, let page, let lines): model.show(lines, of: id, page)
    case .answer(let text): model.message = text
    case .hangup: throw ExitStatus.terminated
    }
    return false
  }

  private mutating func press(_ pressed: [Key]) throws -> Bool {
    for effect in model.press(pressed) {
      switch effect {
      case .quit: return true
      case .interrupt: throw ExitStatus.interrupted
      case .suspend: kill(0, SIGTSTP)
      case .redraw: painter.forget()
      case .load: reload()
      case .perform(.open(let id)): open(id)
      case .perform(let deed):
        model.message = "asked for"
        let asked = source
        inputs.post { .answer(await asked.perform(deed)) }
      }
    }
    return false
  }

  /// Has the page that is looked at made anew.
  private func reload() {
    guard let detail = model.detail else { return }
    let asked = source
    inputs.post { .page(detail.id, detail.page, await asked.page(detail.page, of: detail.id)) }
  }

  /// Asks the live process why something waits, if it was not asked just now.
  private mutating func askWaits() {
    wantsWaits = source.facts.isHeld && asksWaits
    guard source.facts.isHeld, !asksWaits else { return }
    asksWaits = true
    let asked = source
    inputs.post(blocking: { .waits(asked.waits()) })
  }

  /// Gives the terminal to a shell in the workstream's worktree, until that ends.
  private mutating func open(_ id: WorkstreamID) {
    inputs.hear(false)
    screen.leave()
    let program = ForegroundProgram(
      [OwnProgram.path, "open", run.rawValue, id.rawValue, "--shell"], in: context.directory,
      environment: context.environment)
    do {
      let status = try program.run()
      if status != 0 {
        context.output.write("git uet open ended with status \(status); Enter goes back")
        _ = readLine()
      }
    } catch {
      model.message = Refusal(error).messages.joined(separator: "; ")
    }
    screen.enter()
    inputs.hear(true)
    painter.forget()
    inputs.post(.changed)
  }
}
