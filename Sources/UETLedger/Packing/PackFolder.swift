import UETGit
import UETModel
import UETSystem

/// The repository's packs, as far as the engine makes and removes some.
///
/// A pack that the engine adds gets a mark first: a `.keep` file that says whose it is. No
/// collection touches a pack with one. A pack that git sees already is never given one, for a
/// repack that has counted it among those to replace would lose what it then leaves out of the new
/// pack.
struct PackFolder: Sendable {
  let path: String
  private let run: RunID
  let holder: Holder
  private let scratch: String

  init(_ repository: Repository, _ run: RunID, _ holder: Holder) {
    scratch = PackScratch.folder(of: repository)
    path = repository.commonDirectory + "/objects/pack"
    self.run = run
    self.holder = holder
  }

  private static let mark = "git-uet: kept until the next checkpoint"
  /// The index goes last when a pack is added, and first when it is removed: with it git sees the
  /// pack.
  private static let parts = [".rev", ".pack"]

  /// What is in a mark that is set now.
  var markText: String { "\(Self.mark) of run \(run)\n\(holder.json.encoded())\n" }

  /// Whether a text is the name of a pack, without what comes after the dot.
  static func isName(_ text: String) -> Bool {
    text.hasPrefix("pack-") && ObjectID(text.dropFirst(5)) != nil
  }

  /// Whether git sees a pack of that name.
  func contains(_ name: String) -> Bool { Files.exists("\(path)/\(name).idx") }

  func index(_ name: String) -> PackIndex? { PackIndex("\(path)/\(name).idx") }

  /// Moves a complete pack in. False where there is one of that name, and so of the same objects,
  /// or where another process is adding one.
  func add(
    _ name: String, from folder: String, _ reached: (CrashPoint) -> Void
  ) throws(LedgerError) -> Bool {
    if contains(name) { return false }
    try LedgerError.onDisk(Files.makeDirectory(path, mode: 0o777))
    try setMark(name)
    reached(.packMarked)
    try LedgerError.onDisk(Files.sync("\(folder)/\(name).pack"))
    // Never over another: packs of one name may differ in their bytes, and an index fits only its
    // own.
    guard
      try LedgerError.onDisk(Files.linkNew("\(folder)/\(name).pack", to: "\(path)/\(name).pack"))
    else {
      return false
    }
    do throws(LedgerError) {
      for part in [".rev", ".idx"] {
        if part == ".idx" { reached(.packMoved) }
        let source = "\(folder)/\(name)\(part)"
        if part == ".rev", !Files.exists(source) { continue }
        try LedgerError.onDisk(Files.sync(source))
        try LedgerError.onDisk(Files.move(source, to: "\(path)/\(name)\(part)"))
      }
    } catch {
      try? remove(name)
      throw error
    }
    try LedgerError.onDisk(Files.sync(path))
    return true
  }

  /// The mark appears whole: half of one would be nobody's.
  private func setMark(_ name: String) throws(LedgerError) {
    let file = "\(scratch)/\(holder.pid)-mark-\(UInt64.random(in: 0...UInt64.max))"
    try LedgerError.onDisk(Files.makeDirectory(scratch, mode: 0o777))
    try LedgerError.onDisk(Files.create(markText.utf8, at: file, isSynced: true))
    do throws(LedgerError) {
      try LedgerError.onDisk(Files.move(file, to: "\(path)/\(name).keep"))
    } catch {
      try? Files.remove(file)
      throw error
    }
  }

  func removeMark(_ name: String) throws(LedgerError) {
    try LedgerError.onDisk(Files.remove("\(path)/\(name).keep"))
  }

  /// Removes a pack whose objects are all in another one; the mark says whose it is while it is
  /// half gone.
  func remove(
    _ name: String, _ reached: (CrashPoint) -> Void = { _ in }
  ) throws(LedgerError) {
    if !Files.exists("\(path)/\(name).keep") { try setMark(name) }
    try LedgerError.onDisk(Files.remove("\(path)/\(name).idx"))
    reached(.mergedHalfRemoved)
    for part in Self.parts { try LedgerError.onDisk(Files.remove("\(path)/\(name)\(part)")) }
    try removeMark(name)
  }

  /// Takes care of what processes that have ended left: marks, and packs that git does not see.
  func sweep(_ processes: any ProcessTable, but mine: Set<String>) {
    for file in Files.names(in: path) where file.hasSuffix(".keep") {
      let name = String(file.dropLast(5))
      guard !mine.contains(name), let owner = owner(of: name) else { continue }
      guard owner == holder || processes.liveness(of: owner) == .dead else { continue }
      if contains(name) {
        try? removeMark(name)
      } else if owner != holder {
        // One of this holder's own is on its way in.
        try? remove(name)
      }
    }
  }

  /// Who set a pack's mark; nil where it is not the engine's.
  private func owner(of name: String) -> Holder? {
    guard let bytes = Files.content(of: "\(path)/\(name).keep") else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard lines.count == 2, lines[0].hasPrefix(Self.mark) else { return nil }
    return try? Holder(json: try JSONValue(parsing: String(lines[1])))
  }
}
