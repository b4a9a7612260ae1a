import UETGit
import UETModel
import UETPlanning
import UETSystem
import UETWorkers

/// How commands of a run are shut in: what all of them see of the machine. On Linux there are means
/// for that; elsewhere there are none, and nothing of this is made.
struct Sandbox: Sendable {
  let means: SandboxMeans
  /// What all see, before the worktree and what is the command's own.
  let common: Confinement
  /// What of the user's home all find in their own, by its path there.
  let linked: [String]
  let repository: Repository
  /// What no folder of programs may bring along.
  private let closed: [String]

  init(_ means: SandboxMeans, _ project: Project) {
    self.means = means
    repository = project.repository
    let home = project.environment["HOME"].flatMap(Files.real)
    closed = [
      repository.commonDirectory, repository.mainWorkTree, project.worktreeRoot, home,
    ].compactMap { $0.flatMap(Files.real) }
    var common = Self.system(means)
    common.hasNetwork = project.configuration.sandbox.network
    for folder in (project.environment["PATH"] ?? "").split(separator: ":") {
      Self.openPrograms(in: String(folder), &common, avoiding: closed)
    }
    common.open(OwnProgram.path, .read)
    // What lies in a place that all see is not for all, if it is the user's.
    for place in closed where common.access(to: place) != .none { common.close(place) }
    var linked: [String] = []
    for (name, access) in Self.asked(project.configuration.sandbox) {
      let inHome = name.hasPrefix("~/") ? String(name.dropFirst(2)) : nil
      let path = inHome.map { "\(home ?? "")/\($0)" } ?? name
      common.open(path, access)
      if let inHome { linked.append(inHome) }
    }
    (self.common, self.linked) = (common, linked)
  }

  /// The one that the settings ask for, as far as it is to be had; nil for none.
  ///
  /// Refuses where they require one and there is none.
  static func choose(_ project: Project) throws(Refusal) -> Sandbox? {
    let means = means(for: project)
    let untrusted = project.configuration.tools.filter { $0.value.trust == .none }.keys.min()
    if let untrusted, !(means?.canCover ?? false) {
      throw Refusal(
        .decision,
        "tool '\(untrusted.terminalSafe)' has 'trust: none', and works in bubblewrap alone",
        hint: "install bubblewrap, and see 'sandbox.mode'")
    }
    if let means { return Sandbox(means, project) }
    switch project.configuration.sandbox.mode {
    case .auto, .off: return nil
    case .require, .bubblewrap, .landlock:
      throw Refusal(
        .decision, "no sandbox works here, and 'sandbox.mode' requires one",
        hint: "install bubblewrap, or on Linux 5.13 or later allow Landlock")
    }
  }

  /// nil where there is none, or the settings want none.
  static func means(for project: Project) -> SandboxMeans? {
    switch project.configuration.sandbox.mode {
    case .off: nil
    case .auto, .require: SandboxMeans.find(project.environment)
    case .bubblewrap: SandboxMeans.bubblewrap(project.environment)
    case .landlock: SandboxMeans.ofKernel
    }
  }

  /// The system, as far as it is no one's.
  private static func system(_ means: SandboxMeans) -> Confinement {
    var system = Confinement(means, temporary: "/tmp")
    for path in [
      "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/nix",
      "/gnu", "/sys",
    ] {
      switch Files.kind(path) {
      case .directory: system.places[path] = .read
      case .link: system.links[path] = Files.linked(path)
      default: continue
      }
    }
    // Names of hosts are looked up by it, and it may be a link to elsewhere.
    system.open("/etc/resolv.conf", .read)
    return system
  }

  private static func asked(
    _ settings: Configuration.Sandbox
  ) -> [(String, Confinement.Access)] {
    toolchains.map { ("~/\($0)", .read) } + settings.read.map { ($0, .read) }
      + settings.write.map { ($0, .write) }
  }

  /// What compilers and interpreters keep in a home, with nothing in it that anybody logs in with.
  private static let toolchains = [
    ".asdf", ".bun", ".cargo/bin", ".cargo/config.toml", ".deno", ".ghcup", ".local/bin",
    ".local/lib", ".local/pipx", ".local/share/claude", ".local/share/mise", ".local/share/pipx",
    ".local/share/pnpm", ".local/share/swiftly", ".local/share/uv", ".nix-profile", ".nodenv",
    ".nvm", ".opam", ".pyenv", ".rbenv", ".rustup", ".rvm", ".sdkman", ".swiftly", ".volta",
    "anaconda3", "miniconda3",
  ]
}

extension Sandbox {
  /// What a command sees that finds a home and temporary files in `room`.
  func confinement(_ enclosure: Enclosure, _ room: EnclosedRoom) -> Confinement {
    var confinement = common
    confinement.temporary = room.temporary
    confinement.hasNetwork = common.hasNetwork && enclosure.hasNetwork
    if let clone = enclosure.clone {
      open(clone, &confinement)
    } else if let worktree = enclosure.worktree {
      open(worktree, &confinement)
    }
    confinement.open(room.home, .write)
    for path in enclosure.reading { confinement.open(path, .read) }
    for path in enclosure.writing { confinement.open(path, .write) }
    for program in enclosure.programs { openProgram(program, &confinement) }
    return confinement
  }

  /// The repository can be read but for what is ours; written are objects and what is the
  /// worktree's own.
  private func open(_ worktree: WorktreeHandle, _ confinement: inout Confinement) {
    let (common, own) = (repository.commonDirectory, worktree.gitDirectory)
    confinement.open(common, .read)
    for name in ["uet", "uet.key", "worktrees"] { confinement.close("\(common)/\(name)") }
    confinement.open("\(common)/objects", .write)
    // What others made is nobody's to take away; a clone that fetches as it goes has to add to it.
    let isPartial = repository.config("extensions.partialclone") != nil
    for name in isPartial ? ["info"] : ["info", "pack"] {
      confinement.places["\(common)/objects/\(name)"] =
        Files.isDirectory("\(common)/objects/\(name)") ? .read : nil
    }
    confinement.open(own, .write)
    confinement.open(worktree.path, .write)
    for file in ["\(own)/commondir", "\(own)/gitdir", "\(worktree.path)/.git"] {
      if let place = Files.real(file) { confinement.places[place] = .read }
    }
    for borrowed in repository.alternates { confinement.open(borrowed, .read) }
  }

  /// Of the project's repository only the objects can be read.
  private func open(_ clone: PrivateClone, _ confinement: inout Confinement) {
    confinement.open("\(repository.commonDirectory)/objects", .read)
    for borrowed in repository.alternates { confinement.open(borrowed, .read) }
    confinement.open(clone.path, .write)
    confinement.open(clone.worktree.path, .write)
    if let link = Files.real("\(clone.worktree.path)/.git") {
      confinement.covers[link] = clone.link
    }
  }

  /// A program, what its script is run by, and what these are linked to.
  private func openProgram(_ name: String, _ confinement: inout Confinement) {
    var name = name
    for _ in 0..<4 {
      // A relative one is in the worktree.
      guard name.hasPrefix("/"), let folder = Files.folder(of: name), let real = Files.real(name)
      else { return }
      for folder in [folder, Files.folder(of: real) ?? folder] {
        Self.openPrograms(in: folder, &confinement, avoiding: closed)
      }
      if confinement.access(to: real) == .none { confinement.open(name, .read) }
      let head = Files.read(real, from: 0, limit: 256)
      guard head.starts(with: Array("#!".utf8)) else { return }
      let line = String(decoding: head.dropFirst(2), as: UTF8.self)
      guard let first = line.split(whereSeparator: \.isNewline).first,
        let interpreter = first.split(separator: " ").first
      else { return }
      name = String(interpreter)
    }
  }

  /// Opens a folder of programs, or what it is the `bin` of.
  private static func openPrograms(
    in folder: String, _ confinement: inout Confinement, avoiding closed: [String]
  ) {
    guard folder.hasPrefix("/"), let place = Files.real(folder),
      !closed.contains(where: { $0 == place || $0.hasPrefix(place + "/") })
    else { return }
    let names = place.split(separator: "/")
    let above = "/" + names.dropLast().joined(separator: "/")
    let isPart =
      ["bin", "sbin"].contains(names.last ?? "") && names.count > 2
      && ![".local", ".cargo"].contains(names[names.count - 2])
      && !closed.contains { $0 == above || $0.hasPrefix(above + "/") }
    if isPart, confinement.access(to: above) == .none { confinement.open(above, .read) }
    if confinement.access(to: folder) == .none { confinement.open(folder, .read) }
  }
}
