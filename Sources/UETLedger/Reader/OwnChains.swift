import UETGit
import UETModel

/// Tells which chains are this clone's own to grow, and finds those that something else has moved.
package struct OwnChains: Sendable {
  /// How a chain's end stands to this clone.
  package enum Standing: Hashable, Sendable {
    /// This clone wrote it.
    case own
    /// This clone began the chain, but did not write its end. `last` is the last commit of its own
    /// before the end; nil where there is none.
    case moved(last: ObjectID?)
    case foreign
  }

  let reader: LedgerReader
  /// nil in a clone that has not written a chain yet.
  package let seal: CloneSeal?

  package init(_ reader: LedgerReader) {
    self.reader = reader
    seal = CloneSeal.load(reader.repository)
  }

  package func standing(_ run: RunID, _ writer: String, _ tip: ObjectID) -> Standing {
    if wrote(tip, run, writer) { return .own }
    guard seal != nil else { return .foreign }
    let isAdopted = seal?.adopted["\(run)/\(writer)"] != nil
    guard isAdopted || began(tip, run, writer) || remembered(run, writer) != nil else {
      return .foreign
    }
    return .moved(last: lastWritten(tip, run, writer))
  }

  /// Whether this clone started a run, going by an end of its main chain. `clone` is its name,
  /// which is all that there is to go by before it has a key.
  package func isOwn(_ run: RunID, _ tip: ObjectID, clone: String?) -> Bool {
    if seal != nil { return standing(run, LedgerNames.mainWriter, tip) != .foreign }
    guard let clone, let commit = try? reader.commit(tip),
      let root = try? reader.rootCommit(before: commit), let record = try? reader.record(root)
    else { return false }
    return record.details["clone"]?.string == clone
  }

  /// Refuses to go on where another hand has written: what this clone writes vouches for all before
  /// it.
  func requireOwn(_ run: RunID, _ writer: String) throws(LedgerError) {
    guard seal != nil else { return }
    let tip = try reader.tip(of: run, writer: writer)
    if wrote(tip, run, writer) { return }
    throw .notWrittenHere(reader.names.chain(run, writer), tip)
  }

  /// Whether this clone wrote the commit as one of that chain.
  package func wrote(_ id: ObjectID, _ run: RunID, _ writer: String) -> Bool {
    guard let seal else { return false }
    if seal.adopted["\(run)/\(writer)"] == id { return true }
    guard let commit = try? reader.repository.commit(id), seal.wrote(commit),
      let message = ChainMessage(commit.message)
    else { return false }
    return message.run == run && message.writer == writer
  }

  /// Where this clone left the chain, as far as it remembers and the commit proves.
  private func remembered(_ run: RunID, _ writer: String) -> ObjectID? {
    ChainMemory(reader.repository).end(run, writer).flatMap { wrote($0, run, writer) ? $0 : nil }
  }

  private func began(_ tip: ObjectID, _ run: RunID, _ writer: String) -> Bool {
    guard let commit = try? reader.commit(tip), let root = try? reader.rootCommit(before: commit)
    else { return false }
    return wrote(root.id, run, writer)
  }

  private func lastWritten(_ tip: ObjectID, _ run: RunID, _ writer: String) -> ObjectID? {
    var next: ObjectID? = tip
    while let id = next {
      if wrote(id, run, writer) { return id }
      guard let commit = try? reader.commit(id) else { return nil }
      next = commit.previous
    }
    return nil
  }
}

extension OwnChains {
  /// What something else than this clone put in the place of one of its chains.
  package struct Aside: Hashable, Sendable {
    /// The full name of the chain.
    package let name: String
    package let tip: ObjectID
    /// Where the chain stands again; nil where no commit of this clone's is known.
    package let restored: ObjectID?
    /// What keeps `tip` now.
    package let kept: String
  }

  /// Sets each chain of this clone's back to where it left it, and keeps what was put there
  /// instead.
  ///
  /// A reference that moves meanwhile is left alone: whoever moved it is at work.
  package func restore(_ only: RunID? = nil) throws(LedgerError) -> [Aside] {
    guard seal != nil else { return [] }
    var asides: [Aside] = []
    for chain in try reader.chains(of: only) {
      guard case .moved(let last) = standing(chain.run, chain.writer, chain.tip) else { continue }
      if let aside = try setAside(chain, newest(chain, last)) { asides.append(aside) }
    }
    return asides
  }

  /// The furthest end of the chain that this clone is known to have written.
  private func newest(_ chain: LedgerReader.Chain, _ last: ObjectID?) -> ObjectID? {
    let remembered = remembered(chain.run, chain.writer)
    guard let remembered else { return last ?? fetched(chain) }
    guard let last else { return remembered }
    return (try? ChainOrder(reader: reader).extends(remembered, last)) == true ? remembered : last
  }

  /// The chain as a remote has it, where this clone wrote that.
  private func fetched(_ chain: LedgerReader.Chain) -> ObjectID? {
    let end = "/runs/\(chain.run)/\(chain.writer)"
    let found = try? reader.repository.references(under: reader.names.remotes)
    return found?.first { $0.name.hasSuffix(end) && wrote($0.id, chain.run, chain.writer) }?.id
  }

  private func setAside(
    _ chain: LedgerReader.Chain, _ last: ObjectID?
  ) throws(LedgerError) -> Aside? {
    let name = reader.names.chain(chain.run, chain.writer)
    let kept = "\(reader.names.asides)\(chain.run)/\(chain.writer)/\(chain.tip.hex.prefix(16))"
    do throws(GitError) {
      try reader.repository.setReference(
        kept, to: chain.tip, expecting: nil, message: "uet: not written by this clone")
      if let last {
        try reader.repository.setReference(
          name, to: last, expecting: chain.tip, message: "uet: as this clone left it")
      }
    } catch {
      switch error {
      case .referenceMoved, .referenceLocked: return nil
      default: throw .git(error)
      }
    }
    return Aside(name: name, tip: chain.tip, restored: last, kept: kept)
  }
}
