import UETGit
import UETLedger
import UETModel

extension Project {
  /// Why a fetch by this refspec would put the host's references in the place of this clone's
  /// record, and what keeps it from that; nil where it would not.
  func mirrorHazard(_ remote: String, _ refspec: String) -> (reason: String, fix: String)? {
    let record = ledgerNames.prefix + "/"
    guard !refspec.hasPrefix("^"), let colon = refspec.lastIndex(of: ":"), refspec.hasSuffix("*")
    else { return nil }
    let place = refspec[refspec.index(after: colon)...].dropLast()
    // One that names the record alone is told as such.
    guard record.hasPrefix(place), place.utf8.count < record.utf8.count else { return nil }
    let key = "remote.\(remote).fetch"
    let kept = repository.configList(prefix: "remote.")
      .filter { $0.key.lowercased() == key.lowercased() }.map(\.value)
    let wanted = ["^\(record)*", "^refs/heads/uet/*", "^refs/notes/uet*"]
    let missing = wanted.filter { !kept.contains($0) }
    if missing.isEmpty { return nil }
    let commands = missing.map { "git config --add \(key.shellQuoted) \($0.shellQuoted)" }
    return (
      "a fetch by '\(refspec.terminalSafe)' replaces or removes the runs of this clone",
      commands.joined(separator: "; ")
    )
  }

  /// What a person is told before work begins that a plain fetch would throw away.
  func mirrorWarnings() -> [String] {
    repository.configList(prefix: "remote.").compactMap { key, value in
      guard key.lowercased().hasSuffix(".fetch") else { return nil }
      let name = String(key.dropFirst(7).dropLast(6))
      return mirrorHazard(name, value).map { hazard in
        "remote '\(name.terminalSafe)': \(hazard.reason); to keep them: \(hazard.fix)"
      }
    }
  }
}
