import UETModel

/// The reference names of the record, below a prefix that the configuration may change.
package struct LedgerNames: Hashable, Sendable {
  /// `refs/uet` unless configured otherwise; without a slash at the end.
  package let prefix: String

  package static let standard = LedgerNames(prefix: "refs/uet")

  /// The chain of the orchestrator; its fold is the run's state.
  package static let mainWriter = "main"

  package init(prefix: String) {
    self.prefix = prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix
  }

  /// Where all chains are: `refs/uet/runs/`.
  package var runs: String { prefix + "/runs/" }

  /// One writer's chain of a run.
  package func chain(_ run: RunID, _ writer: String = mainWriter) -> String {
    "\(runs)\(run)/\(writer)"
  }

  /// The run and writer that a chain's reference names; nil for any other reference.
  package func parse(chain reference: String) -> (run: RunID, writer: String)? {
    guard reference.hasPrefix(runs) else { return nil }
    let parts = reference.dropFirst(runs.count).split(
      separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let run = RunID(String(parts[0])), Self.isWriter(String(parts[1]))
    else { return nil }
    return (run, String(parts[1]))
  }

  /// Where what was fetched is kept before it is merged: `refs/uet-remote/`.
  package var remotes: String { prefix + "-remote/" }

  /// The branches of workstreams, here and on the host.
  static let branches = "refs/heads/uet/"

  /// Where what others put in the place of this clone's chains is kept: `refs/uet-aside/`.
  package var asides: String { prefix + "-aside/" }

  /// The run and writer of an inbox, from the reference of a chain here or of one that was fetched,
  /// as `refs/uet-remote/REMOTE/runs/RUN/WRITER`; nil for any other reference, a main chain
  /// included.
  package func parse(inbox reference: String) -> (run: RunID, writer: String)? {
    var chain = reference
    if reference.hasPrefix(remotes) {
      let parts = reference.split(separator: "/", omittingEmptySubsequences: false).suffix(3)
      guard parts.count == 3, parts.first == "runs" else { return nil }
      chain = runs + parts.dropFirst().joined(separator: "/")
    }
    guard let found = parse(chain: chain), found.writer != Self.mainWriter else { return nil }
    return found
  }

  /// Whether a text may name a writer: letters, digits and `-`, up to 64 bytes.
  package static func isWriter(_ text: String) -> Bool {
    let bytes = text.utf8
    return !bytes.isEmpty && bytes.count <= 64 && bytes.first != UInt8(ascii: "-")
      && bytes.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
