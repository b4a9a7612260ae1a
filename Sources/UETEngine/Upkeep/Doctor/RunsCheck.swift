import UETGit
import UETLedger
import UETModel

/// Looks at what runs left: processes, crashed runs, worktrees, the cache, times.
struct RunsCheck: Sendable {
  let project: Project

  func findings() async -> [DoctorFinding] {
    [cache, clock].compactMap { $0 } + runs() + (await worktrees())
  }

  private var cache: DoctorFinding? {
    do {
      let count = try project.cache.runs().count
      let memory = project.cache.isInMemory ? ", in memory: its file cannot be written" : ""
      return DoctorFinding(
        "cache", memory.isEmpty ? .ok : .note, "\(count) run\(count == 1 ? "" : "s")\(memory)")
    } catch {
      return DoctorFinding(
        "cache", .problem, "it cannot be used: \(error)", fix: "git uet cache rebuild",
        repair: .rebuildCache)
    }
  }

  /// The record never goes back in time: a clock behind it stamps all events alike.
  private var clock: DoctorFinding? {
    guard let run = try? project.reader.runs().first,
      let last = (try? project.state(of: run))?.updatedAt
    else { return nil }
    let ahead = last.seconds(since: project.clock.now())
    return ahead > 60
      ? DoctorFinding(
        "clock", .problem, "it is \(seconds(ahead)) behind the record of run '\(run)'",
        fix: "set the clock: timedatectl set-ntp true")
      : DoctorFinding("clock", .ok, "not behind the record")
  }

  private func runs() -> [DoctorFinding] {
    do {
      let all = try Recovery(project).candidates()
      let crashed = all.filter { $0.need == .crashed }.map { candidate in
        let left = candidate.underWay.flatMap(\.orphans).count + candidate.strays.count
        let processes = left == 0 ? "" : ", \(left) process\(left == 1 ? "" : "es") of it left"
        return DoctorFinding(
          "run '\(candidate.run)'", .problem, "its process is gone\(processes)",
          fix: "git uet resume \(candidate.run)", repair: .recover(candidate.run))
      }
      let running = all.filter { $0.need == .running }.map {
        DoctorFinding("run '\($0.run)'", .ok, "going on")
      }
      let known = Set(try project.reader.runs())
      let strangers = Set(RunProcesses().entries.map(\.run)).subtracting(known)
      return damaged() + crashed + running + escalated(in: known)
        + (strangers.isEmpty ? [] : [elsewhere(strangers)])
    } catch {
      return [
        DoctorFinding(
          "record", .problem, "it cannot be read: \(Self.words(error))", fix: "git uet verify")
      ]
    }
  }

  /// Runs whose chains cannot be read, each with the place.
  private func damaged() -> [DoctorFinding] {
    ((try? project.reader.runs()) ?? []).compactMap { run in
      do throws(LedgerError) {
        _ = try project.reader.state(of: run)
        return nil
      } catch {
        let borrowed = project.repository.lenders.first.map {
          "; this clone borrows objects of '\($0)', which may have removed them"
        }
        return DoctorFinding(
          "run '\(run)'", .problem,
          "its record is damaged at \(error.reason)\(borrowed ?? "")".terminalSafe,
          fix: "git uet verify \(run)")
      }
    }
  }

  private static func words(_ error: any Error) -> String {
    ((error as? LedgerError)?.reason ?? "\(error)").terminalSafe
  }

  /// What was under way in a crash and waits for a person, since the configuration says so.
  private func escalated(in runs: Set<RunID>) -> [DoctorFinding] {
    runs.sorted().compactMap { run in
      guard let state = try? project.state(of: run) else { return nil }
      let waiting = state.workstreams.filter(\.isEscalated).map(\.id.rawValue)
      guard let first = waiting.first else { return nil }
      return DoctorFinding(
        "run '\(run)'", .note,
        "\(waiting.quoted(3)) ran when its process died; 'retry.after_crash' leaves that to a person",
        fix:
          "git uet retry \(run) \(waiting.count == 1 ? first : waiting.prefix(5).joined(separator: " "))"
      )
    }
  }

  private func elsewhere(_ runs: Set<RunID>) -> DoctorFinding {
    DoctorFinding(
      "other runs", .note,
      "\(runs.count) run\(runs.count == 1 ? "" : "s") of other repositories on this machine")
  }

  private func worktrees() async -> [DoctorFinding] {
    let all: [WorktreeFacts]
    do {
      all = try await WorktreeSurvey(project).facts()
    } catch {
      return [
        DoctorFinding(
          "worktrees", .problem, "they cannot be listed: \(Self.words(error))",
          fix: "git worktree list")
      ]
    }
    let vanished = all.filter { $0.presence == .vanished }
    let unknown = all.filter { $0.presence == .unregistered }
    var findings: [DoctorFinding] = []
    if !vanished.isEmpty {
      findings.append(
        DoctorFinding(
          "worktrees", .problem,
          "\(vanished.count) on git's list, but gone: \(Self.names(vanished))",
          fix: "git uet clean", repair: .dropVanishedWorktrees))
    }
    if !unknown.isEmpty {
      findings.append(
        DoctorFinding(
          "worktrees", .note, "\(unknown.count) that git does not know: \(Self.names(unknown))",
          fix: "git uet worktrees"))
    }
    if findings.isEmpty {
      findings.append(DoctorFinding("worktrees", .ok, "\(all.count), all there"))
    }
    return findings
  }

  private static func names(_ facts: [WorktreeFacts]) -> String {
    facts.prefix(3).map(\.name.terminalSafe).joined(separator: ", ")
      + (facts.count > 3 ? ", ..." : "")
  }
}
