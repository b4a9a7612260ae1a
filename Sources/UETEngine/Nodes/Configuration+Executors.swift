import UETModel
import UETPlanning
import UETWorkers

extension Configuration {
  /// This configuration where everything runs here.
  mutating func runHere() {
    (executors, run.executors) = ([:], [Self.localExecutor])
    for name in tools.keys { tools[name]?.executors = nil }
    for name in gates.keys { gates[name]?.executor = nil }
  }
}

extension Configuration.Executor {
  /// What its jobs are handed to. Their wrapper is part of their command.
  func system(_ project: Project) -> any JobSystem {
    let folder = "\(project.stateDirectory)/jobs"
    let programs = JobPrograms.ofMachine(project.environment)
    switch kind {
    case .slurm:
      var place = SlurmJobs.Place()
      (place.partition, place.account, place.options) = (partition, account, options)
      return SlurmJobs(place, programs: programs)
    case .command:
      let nothing = Command.arguments([])
      var commands = JobCommands(
        submit: submit ?? nothing, status: status ?? nothing, cancel: cancel ?? nothing, id: id,
        columns: columns, states: states)
      commands.idle = idle
      (commands.partition, commands.account, commands.options) = (partition, account, options)
      return CommandJobs(commands, folder: folder, programs: programs)
    case .processes: return ProcessJobs(folder: folder, grace: 30)
    }
  }
}
