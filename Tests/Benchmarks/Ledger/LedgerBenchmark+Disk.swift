import Foundation
import UETGit
import UETLedger
import UETModel
import UETTestSupport

extension LedgerBenchmark {
  /// One durable append after the other, beside what the disk alone takes for the same syncs.
  func lone() async throws {
    Repository.enableFsync()
    let (test, _, writer, _) = try ledger()
    defer { withExtendedLifetime(test) {} }
    let count = 100
    var appends: [Double] = []
    var floors: [Double] = []
    for index in 0..<count {
      floors.append(await seconds { syncFloor(test.path, index) })
      appends.append(
        try await seconds {
          try writer.append([EventDraft(.heartbeat)], at: start)
          try await writer.flush()
        })
    }
    appends.sort()
    floors.sort()
    let (append, floor) = (appends[count / 2], floors[count / 2])
    report("lone durable append", append * 1e3, "ms", "median")
    report("  the syncs alone", floor * 1e3, "ms", String(format: "ratio %.2f", append / floor))
  }

  /// Three objects and a reference: each a new file, synced, renamed into place, its folder synced.
  private func syncFloor(_ path: String, _ index: Int) {
    for part in 0..<4 {
      let folder = "\(path)/floor-\(part)"
      mkdir(folder, 0o755)
      let name = "\(folder)/\(index)"
      let file = open(name + ".tmp", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
      let bytes = [UInt8](repeating: 0x61, count: 200)
      _ = write(file, bytes, bytes.count)
      fsync(file)
      close(file)
      rename(name + ".tmp", name)
      let directory = open(folder, O_RDONLY | O_DIRECTORY)
      fsync(directory)
      close(directory)
    }
  }

  /// How much a packed ledger of 10,000 events takes, as the writer leaves it and after a
  /// collection.
  func size() async throws {
    for (batch, limit) in [(1, 6.0), (4, 2.5)] {
      var (test, _, writer, walk) = try ledger(run: UInt16(batch))
      defer { withExtendedLifetime(test) {} }
      let before = bytes(test)
      var left = 10_000
      var loose = 0
      while left > 0 {
        for (draft, at) in walk.drafts(batch) { try writer.append([draft], at: at) }
        try await writer.flush()
        left -= batch
        if left % 500 == 0 { loose = max(loose, looseObjects(test)) }
      }
      try await writer.release()
      let name = "10,000 events, \(batch) a commit"
      report("\(name), released", Double(bytes(test) - before) / 1e6, "MB", "limit \(limit) MB")
      report("  most loose objects on the way", Double(loose), "")
      test.git("gc", "-q", "--prune=now")
      report("  after git gc", Double(bytes(test) - before) / 1e6, "MB")
    }
  }

  private func looseObjects(_ test: TestRepository) -> Int {
    Int(test.git("count-objects").split(separator: " ").first ?? "") ?? 0
  }

  /// Of the files alone: what an empty directory takes differs from one file system to the other.
  private func bytes(_ test: TestRepository) -> Int {
    let folder = "\(test.path)/.git/objects"
    let names = FileManager.default.enumerator(atPath: folder)
    var sum = 0
    while names?.nextObject() != nil {
      let facts = names?.fileAttributes
      if facts?[.type] as? FileAttributeType == .typeRegular { sum += facts?[.size] as? Int ?? 0 }
    }
    return sum
  }
}
