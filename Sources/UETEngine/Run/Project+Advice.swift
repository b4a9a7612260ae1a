import UETAdvising
import UETGit
import UETModel
import UETPlanning
import UETSystem

extension Project {
  /// What a run took, with the paths that its results changed.
  package func measured(_ run: RunID) throws -> MeasuredRun {
    var measured = MeasuredRun(run: run)
    try read(run) { measured.take($0) }
    for record in try state(of: run).workstreams {
      let result = record.attempts.last { $0.outcome == .succeeded }
      guard let base = result?.base, let tip = result?.tip else { continue }
      // What a clone does not have is not known there; all else is still good for advice.
      guard let old = try? repository.commit(base).tree, let new = try? repository.commit(tip).tree,
        let changes = try? repository.changes(from: old, to: new)
      else { continue }
      measured.changed[record.id] = changes.map(\.path)
    }
    return measured
  }

  /// What is configured now, as far as advice may change it.
  package func presentSettings() -> PresentSettings {
    var settings = PresentSettings()
    settings.workers = configuration.run.workers
    settings.maximumAttempts = configuration.retry.maxAttempts
    settings.slots = configuration.integration.slots
    settings.window = configuration.integration.window
    settings.strategy = configuration.integration.strategy.rawValue
    settings.confirms = configuration.integration.confirm
    settings.budget = configuration.budget.maxCostTotal
    settings.queueGates = configuration.integration.gates
    settings.processors = max(1, Int(MachineRoom.now().cores))
    settings.gates = configuration.gates.sorted { $0.key < $1.key }.map { name, gate in
      PresentSettings.Gate(
        name: name, readsPart: gate.inputs != nil, folders: folders(in: gate.command),
        keeps: !gate.keep.isEmpty)
    }
    return settings
  }

  /// Folders of the checked-out commit that the words of a command name.
  private func folders(in command: Command) -> [String] {
    guard let head = try? repository.resolve("HEAD"), let tree = try? repository.commit(head).tree
    else { return [] }
    let text = command.argv.joined(separator: " ")
    let words = text.split { !($0.isLetter || $0.isNumber || "._-/".contains($0)) }
    var folders: [String] = []
    for word in words {
      var path = word
      while path.hasPrefix("./") { path = path.dropFirst(2) }
      while path.hasSuffix("/") { path = path.dropLast() }
      let name = String(path)
      guard !name.isEmpty, name != ".", !name.hasPrefix("/"), !folders.contains(name),
        let entry = try? repository.entry(at: name, in: tree), entry.mode == .tree
      else { continue }
      folders.append(name)
    }
    return folders
  }
}
