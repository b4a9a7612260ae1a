/// Reads the lines that `strace -f` writes of several processes: joins calls that others cut in
/// two, and keeps where each process stands.
struct TraceReader {
  typealias Bytes = ArraySlice<UInt8>

  /// Where a process stands, or several that share it; nil where that is not known.
  final class Place {
    var folder: [UInt8]?
    init(_ folder: [UInt8]?) { self.folder = folder }
  }

  private let start: [UInt8]
  private var places: [Int: Place] = [:]
  private var unfinished: [Int: Bytes] = [:]
  /// Lines of processes of which their parent's call has not yet told.
  private var orphans: [Int: [Bytes]] = [:]
  private var first: Int?
  private(set) var hasEnded = false

  init(_ start: [UInt8]) { self.start = start }

  /// Whether a program was run at all.
  private(set) var hasBegun = false

  mutating func line(_ line: Bytes, _ run: inout TracedRun) {
    let digits = line.prefix { (0x30...0x39).contains($0) }
    guard let process = Int(String(decoding: digits, as: UTF8.self)) else {
      return run.note(unknown: "its trace cannot be read")
    }
    read(TracedCall.trimmed(line[digits.endIndex...]), of: process, &run)
  }

  private mutating func read(_ text: Bytes, of process: Int, _ run: inout TracedRun) {
    if first == nil {
      first = process
      places[process] = Place(start)
    }
    guard places[process] != nil else { return orphans[process, default: []].append(text) }
    if text.starts(with: "+++".utf8) { return end(process, text) }
    if text.starts(with: "---".utf8) { return }
    if let head = Self.head(text) {
      unfinished[process] = head
      if process == first, head.starts(with: "exit_group".utf8) { hasEnded = true }
      return
    }
    guard let whole = joined(text, process) else {
      return run.note(unknown: "its trace cannot be read")
    }
    guard let call = TracedCall(whole) else {
      return run.note(unknown: "its trace cannot be read")
    }
    note(call, process, &run)
  }

  private mutating func note(_ call: TracedCall, _ process: Int, _ run: inout TracedRun) {
    guard let place = places[process] else { return }
    if process == first {
      if call.name == "exit_group" { hasEnded = true }
      if call.name == "execve", call.succeeded { hasBegun = true }
    }
    run.note(call, place)
    guard ["clone", "clone3", "fork", "vfork"].contains(call.name), call.succeeded,
      let child = call.number
    else { return }
    places[child] = call.says("CLONE_FS") ? place : Place(place.folder)
    unfinished[child] = nil
    for line in orphans.removeValue(forKey: child) ?? [] { read(line, of: child, &run) }
  }

  private mutating func end(_ process: Int, _ text: Bytes) {
    // Another thread of it takes its number.
    if text.starts(with: "+++ superseded".utf8) { return }
    if process == first { hasEnded = true } else { places[process] = nil }
    unfinished[process] = nil
  }

  /// What no line has ended stands for itself.
  mutating func end(_ run: inout TracedRun) {
    for (process, head) in unfinished.sorted(by: { $0.key < $1.key }) {
      guard let call = TracedCall(head) else {
        run.note(unknown: "its trace cannot be read")
        continue
      }
      note(call, process, &run)
    }
    if !orphans.isEmpty { run.note(unknown: "a process of its came from nowhere") }
  }

  private static func head(_ text: Bytes) -> Bytes? {
    let mark = "<unfinished ...>".utf8
    guard text.count >= mark.count, text.suffix(mark.count).elementsEqual(mark) else { return nil }
    return TracedCall.trimmed(text.dropLast(mark.count))
  }

  /// The whole call, where others stand between its beginning and its end.
  private mutating func joined(_ text: Bytes, _ process: Int) -> Bytes? {
    guard text.starts(with: "<... ".utf8) else { return text }
    let name = text.dropFirst(5).prefix { $0 != 0x20 }
    guard let head = unfinished.removeValue(forKey: process), head.starts(with: name),
      let end = text.firstRange(of: " resumed>".utf8)?.upperBound
    else { return nil }
    return Array(head + text[end...])[...]
  }
}
