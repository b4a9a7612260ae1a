import Foundation
import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

/// The order of the system calls: objects synced, then the reference, then its folder, then the
/// word.
@Suite(.serialized) struct LedgerTraceTests {
  /// A step that makes something durable, or the word that it is.
  private enum Step: Equatable {
    case sync(Place)
    case rename(Place)
    case acknowledged
  }

  private enum Place { case object, reference, other }

  private static let strace = "/usr/bin/strace"

  /// Few objects in files of their own, and many in a pack.
  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: strace) && StormProcess.program != nil,
      "needs strace and the program ledger-storm"), arguments: [0, 20])
  func everythingIsSyncedBeforeItIsAcknowledgedAsTheKernelSeesIt(files: Int) throws {
    let ledger = try Ledger()
    let trace = ledger.test.directory.path + "/trace"
    let storm = try StormProcess(
      arguments(ledger, files),
      prefix: [
        Self.strace, "-f", "-y", "-s", "40", "-o", trace, "-e",
        "trace=fsync,fdatasync,rename,renameat,renameat2,link,linkat,write",
      ])
    _ = storm.lines()
    // Where tracing is not allowed there is nothing to look at.
    guard storm.wait() == 0, let lines = lines(trace) else {
      print("skipped: strace is not allowed to trace here")
      return
    }
    let steps = lines.compactMap { line -> Step? in
      if line.contains(" write(1<") {
        return Int(text(of: line)) == nil ? nil : .acknowledged
      }
      if line.contains("fsync(") || line.contains("fdatasync(") { return .sync(place(line)) }
      return line.contains("rename") ? .rename(place(line)) : nil
    }
    expectOrder(steps)
  }

  @Test(.enabled(if: FaultInjection.isThere, FaultInjection.need), arguments: [0, 20])
  func everythingIsSyncedBeforeItIsAcknowledgedAsTheLibraryIsAsked(files: Int) throws {
    let ledger = try Ledger()
    let trace = ledger.test.directory.path + "/trace"
    let storm = try StormProcess(
      arguments(ledger, files), environment: FaultInjection.environment(["UET_FAULT_TRACE": trace]))
    _ = storm.lines()
    #expect(storm.wait() == 0)
    let steps = try #require(lines(trace)).compactMap { line -> Step? in
      switch line.split(separator: " ").first {
      case "sync": .sync(place(line))
      case "rename": .rename(place(line))
      case "say": Int(line.dropFirst(4)) == nil ? nil : .acknowledged
      default: nil
      }
    }
    expectOrder(steps)
  }

  private func arguments(_ ledger: Ledger, _ files: Int) -> [String] {
    [ledger.test.path, ledger.run.rawValue, "main", "3", "1", "1", "files=\(files)"]
  }

  private func lines(_ path: String) -> [Substring]? {
    TemporaryDirectory.read(path).map {
      String(decoding: $0, as: UTF8.self).split(separator: "\n")
    }
  }

  /// What a call wrote, without the line feed.
  private func text(of line: Substring) -> Substring {
    let parts = line.split(separator: "\"", maxSplits: 2)
    return parts.count > 1 ? parts[1].prefix { $0 != "\\" } : ""
  }

  private func place(_ line: Substring) -> Place {
    if line.contains("/objects/") { return .object }
    return line.contains("/refs/uet/runs/") ? .reference : .other
  }

  /// Each word comes after the steps of its own batch; the first batch is the claim's.
  private func expectOrder(_ steps: [Step]) {
    let batches = steps.split(separator: .acknowledged, omittingEmptySubsequences: false)
    #expect(batches.count == 4, "\(steps)")
    for batch in batches.prefix(3) {
      let batch = Array(batch)
      let lastObject = batch.lastIndex { $0 == .sync(.object) || $0 == .rename(.object) } ?? -1
      let firstReference =
        batch.lastIndex { $0 == .rename(.reference) }.map { rename in
          batch[..<rename].lastIndex { $0 == .sync(.reference) } ?? -1
        } ?? -1
      #expect(lastObject >= 0 && lastObject < firstReference, "\(batch)")
      #expect(batch.filter { $0 == .sync(.object) }.count >= 3, "\(batch)")
      let rename = batch.lastIndex { $0 == .rename(.reference) } ?? -1
      let after = batch.lastIndex { $0 == .sync(.reference) } ?? -1
      #expect(rename < after, "\(batch)")
    }
  }
}
