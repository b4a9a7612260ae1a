import UETGit
import UETSystem
import UETWorkers

extension Ground {
  /// The order as it is carried out: shut in, where the run's settings and the machine have it so.
  func enclosed(_ order: ProcessOrder, _ enclosure: Enclosure) -> ProcessOrder {
    var (order, enclosure) = (shown(order, enclosure.worktree), enclosure)
    // One that is not found is told of as ever.
    guard let sandbox, let program = Self.program(of: order) else { return order }
    let room = EnclosedRoom(logs, owner: enclosure.owner)
    let outside = order.environment
    order.argv[0] = program
    order.environment = room.environment(outside, enclosure.homes)
    enclosure.programs.append(program)
    enclosure.reading += ["SSL_CERT_FILE", "SSL_CERT_DIR"].compactMap { outside[$0] }
    let links = try? room.furnish(
      enclosure.homes, from: outside, project.identity(), also: sandbox.linked)
    enclosure.reading += links ?? []
    let confinement = sandbox.confinement(enclosure, room)
    order.environment["TMPDIR"] = confinement.temporaryInside
    order.confinement = confinement
    return order
  }

  /// The order with its worktree at the one path, where worktrees are seen there.
  private func shown(_ order: ProcessOrder, _ worktree: WorktreeHandle?) -> ProcessOrder {
    guard let onePath, let worktree, order.workingDirectory == worktree.path else { return order }
    var order = order
    order.view = FolderView(Files.real(worktree.path) ?? worktree.path, at: onePath)
    order.workingDirectory = onePath
    return order
  }

  private static func program(of order: ProcessOrder) -> String? {
    let name = order.argv.first ?? ""
    return name.contains("/") ? name : Spawn.find(name, order.environment)
  }
}
