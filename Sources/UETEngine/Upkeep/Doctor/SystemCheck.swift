import UETGit
import UETLedger
import UETSystem
import UETWorkers

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Looks at the machine: programs, libraries, limits, memory, disks. On Linux `/proc` tells of
/// memory, watches and mounts; elsewhere these are not looked at.
struct SystemCheck: Sendable {
  let environment: [String: String]

  func programs() async -> [DoctorFinding] {
    [await git, libraries, supervisor]
  }

  private var git: DoctorFinding {
    get async {
      do throws(GitError) {
        let version = try await SealedGit.requireVersion(environment: environment)
        return DoctorFinding("git", .ok, "\(version), \(GitVersion.minimum) or later is needed")
      } catch {
        return DoctorFinding("git", .problem, "\(error)", fix: error.hint)
      }
    }
  }

  private var libraries: DoctorFinding {
    let sqlite = Cache.sqliteVersion ?? "unknown"
    return DoctorFinding("libraries", .ok, "libgit2 \(Repository.libraryVersion), SQLite \(sqlite)")
  }

  private var supervisor: DoctorFinding {
    guard let path = Supervisor.locate(environment: environment) else {
      return DoctorFinding(
        "uet-supervise", .problem, "the program that starts workers is not found",
        fix: "install git-uet again, or name it in UET_SUPERVISE")
    }
    return DoctorFinding("uet-supervise", .ok, path)
  }
}

extension SystemCheck {
  /// Limits that a run of many workers meets first.
  func limits() -> [DoctorFinding] {
    [memory, files, processes].compactMap { $0 } + watches
  }

  private var memory: DoctorFinding? {
    let text = Files.text("/proc/meminfo") ?? ""
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    let free = "\(kibibytes / 1024) MiB available"
    return kibibytes < 512 * 1024
      ? DoctorFinding(
        "memory", .problem, "only \(free)", fix: "git uet workers N, or end other programs")
      : DoctorFinding("memory", .ok, free)
  }

  private var files: DoctorFinding? {
    guard let most = UserLimits.openFiles else { return nil }
    let words = "\(most) open files"
    return most < 256
      ? DoctorFinding("open files", .problem, "only \(words)", fix: "ulimit -n 1024")
      : DoctorFinding("open files", .ok, words)
  }

  private var processes: DoctorFinding? {
    guard let most = UserLimits.processes else { return nil }
    if most >= 1 << 40 { return DoctorFinding("processes", .ok, "no limit") }
    return most < 200
      ? DoctorFinding("processes", .problem, "only \(most)", fix: "ulimit -u 4096")
      : DoctorFinding("processes", .ok, "\(most)")
  }

  /// Following needs one instance and a few watches.
  private var watches: [DoctorFinding] {
    [("max_user_instances", 16), ("max_user_watches", 1024)].compactMap { name, least in
      let bytes = Files.content(of: "/proc/sys/fs/inotify/\(name)", limit: 64) ?? []
      guard let value = Int(String(decoding: bytes.filter { $0 > 0x20 }, as: UTF8.self)) else {
        return nil
      }
      let subject = "inotify \(name.replacing("max_user_", with: ""))"
      return value < least
        ? DoctorFinding(
          subject, .problem, "only \(value)", fix: "sysctl fs.inotify.\(name)=\(least * 8)")
        : DoctorFinding(subject, .ok, "\(value)")
    }
  }
}

/// A file system: what it is, and how much room is left.
struct VolumeCheck: Sendable {
  let subject: String
  let path: String

  func findings() -> [DoctorFinding] { [room, kind].compactMap { $0 } }

  private var room: DoctorFinding? {
    var facts = statvfs()
    guard statvfs(path, &facts) == 0 else { return nil }
    let free = Int64(facts.f_bavail) * Int64(facts.f_frsize) / (1 << 20)
    let inodes = Int64(facts.f_favail)
    if facts.f_files > 0, inodes < 10_000 {
      return DoctorFinding(
        "\(subject): room", .problem, "only \(inodes) files can be made",
        fix: "git uet clean, or remove other files")
    }
    return free < 500
      ? DoctorFinding(
        "\(subject): room", .problem, "only \(free) MiB free",
        fix: "git uet clean, or free some disk space")
      : DoctorFinding("\(subject): room", .ok, "\(free) MiB free")
  }

  private var kind: DoctorFinding? {
    guard let type = Self.type(of: path) else { return nil }
    let network = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "fuse.sshfs"]
    if network.contains(type) {
      return DoctorFinding(
        "\(subject): kind", .problem,
        "\(type) is a network file system: locks and syncs may not hold",
        fix: "keep the repository and 'run.worktrees' on a local disk")
    }
    if ["tmpfs", "ramfs"].contains(type) {
      return DoctorFinding("\(subject): kind", .note, "\(type): lost when the machine is restarted")
    }
    return DoctorFinding("\(subject): kind", .ok, type)
  }

  /// The type of the mount that the path is on, as the system lists mounts.
  private static func type(of path: String) -> String? {
    let real = Files.real(path) ?? path
    var best: (length: Int, type: String)?
    let text = Files.text("/proc/self/mountinfo") ?? ""
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else {
        continue
      }
      let place = fields[4].replacing("\\040", with: " ")
      let isAbove = place == "/" || real == place || real.hasPrefix(place + "/")
      if isAbove, place.count >= best?.length ?? 0 {
        best = (place.count, String(fields[dash + 1]))
      }
    }
    return best?.type
  }
}
