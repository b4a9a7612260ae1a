import UETModel
import UETSystem

extension SlurmJobs {
  /// What jobs of one array have alike.
  private struct Shape: Hashable {
    let resources: Resources
    let timeLimit: Double?
    let folder: String
    /// Variables that no script can set.
    let odd: [String: String]

    init(_ order: JobOrder) {
      (resources, timeLimit) = (order.resources, order.timeLimit)
      folder = SlurmScript.folder(of: order.log)
      odd = order.environment.filter { !$0.key.isShellName }
    }
  }

  package func submit(_ orders: [JobOrder]) async -> [Result<JobID, JobError>] {
    var results = [Result<JobID, JobError>](repeating: .failure(.givenUp), count: orders.count)
    let groups = Self.groups(orders, of: max(1, place.arraySize))
    await withTaskGroup(of: ([Int], [Result<JobID, JobError>]).self) { tasks in
      var rest = groups[...]
      func startNext() {
        guard let group = rest.popFirst() else { return }
        tasks.addTask { (group, await submit(alike: group.map { orders[$0] })) }
      }
      for _ in 0..<4 { startNext() }
      while let (group, group_results) = await tasks.next() {
        for (index, result) in zip(group, group_results) { results[index] = result }
        startNext()
      }
    }
    return results
  }

  /// The places of orders that can be handed over together, each in its order.
  private static func groups(_ orders: [JobOrder], of size: Int) -> [[Int]] {
    var shapes: [Shape: Int] = [:]
    var groups: [[Int]] = []
    for (index, order) in orders.enumerated() {
      let shape = Shape(order)
      if let group = shapes[shape], groups[group].count < size {
        groups[group].append(index)
      } else {
        shapes[shape] = groups.count
        groups.append([index])
      }
    }
    return groups
  }

  private func submit(alike orders: [JobOrder]) async -> [Result<JobID, JobError>] {
    let script = SlurmScript(orders: orders)
    do {
      let job = try await submit(script)
      guard script.isArray else { return [.success(JobID(rawValue: job))] }
      return orders.indices.map { .success(JobID(rawValue: "\(job)_\($0)")) }
    } catch {
      return orders.map { _ in .failure(error) }
    }
  }

  private func submit(_ script: SlurmScript) async throws(JobError) -> String {
    guard let first = script.orders.first else { throw .refused("no job") }
    let common = script.common
    let foreign = Self.passed.subtracting(Self.forJobs).filter { name in
      script.orders.allSatisfy { $0.environment[name] == nil }
    }
    let answer = try await call(
      ["sbatch"] + arguments(script, first) + place.options,
      input: script.text(without: Array(foreign)),
      environment: common)
    guard answer.end == .exited(0) else { throw JobError(saying: answer.words) }
    // A site may say something before it.
    let line = String(decoding: answer.output, as: UTF8.self).split(separator: "\n").last ?? ""
    let job = line.prefix { $0 != ";" }
    guard !job.isEmpty, job.allSatisfy(\.isNumber) else {
      throw .unreachable("sbatch printed no job's number: '\(line)'")
    }
    return String(job)
  }

  private func arguments(_ script: SlurmScript, _ order: JobOrder) -> [String] {
    var arguments = [
      "--parsable", "--export=ALL", "--job-name=\(script.name)", "--output=\(script.output)",
      "--open-mode=append", "--chdir=/", "--requeue", "--nodes=1", "--ntasks=1",
      "--signal=B:TERM@\(Self.warning(order.timeLimit))",
    ]
    if script.isArray { arguments.append("--array=0-\(script.orders.count - 1)") }
    if let partition = place.partition { arguments.append("--partition=\(partition)") }
    if let account = place.account { arguments.append("--account=\(account)") }
    if let limit = order.timeLimit { arguments.append("--time=\(Self.time(limit))") }
    return arguments + Self.resources(order.resources)
  }

  /// How many seconds before its limit a job is told, to bring what it has in safety. Slurm may be
  /// a minute early.
  private static func warning(_ limit: Double?) -> Int {
    limit.map { max(1, min(60, Int($0 / 5))) } ?? 60
  }

  /// Minutes and seconds; Slurm rounds up to minutes.
  private static func time(_ seconds: Double) -> String {
    let whole = max(1, Int(min(seconds, 1e9).rounded(.up)))
    return "\(whole / 60):\(whole % 60 < 10 ? "0" : "")\(whole % 60)"
  }

  /// What Slurm has an option for. Other names are counted here alone.
  private static func resources(_ resources: Resources) -> [String] {
    var arguments: [String] = []
    if let cpu = resources[Resources.cpu] {
      arguments.append("--cpus-per-task=\(max(1, (cpu + 999) / 1000))")
    }
    for (name, option) in [(Resources.memory, "mem"), (Resources.disk, "tmp")] {
      guard let bytes = resources[name] else { continue }
      arguments.append("--\(option)=\(max(1, (bytes + (1 << 20) - 1) >> 20))M")
    }
    if let gpus = resources["gpu"], gpus > 0 { arguments.append("--gres=gpu:\(gpus)") }
    return arguments
  }
}
