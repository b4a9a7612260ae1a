import Foundation
import UETSystem

/// The sum of a cache's file as it was when the whole of it was found sound, kept beside it: a file
/// that still has that sum need not be looked through again.
///
/// Every process that opens the file makes a table and drops it, which changes counters of the
/// header and the order of the free pages; neither counts. Which pages are free does.
struct CacheSum {
  let path: String
  /// Bytes above which a file is not looked through in any case.
  let limit: Int

  static let ending = "-sum"

  /// The sum of the file now; nil where it is too large or no database, or where part of it is in
  /// the journal.
  func current() -> String? {
    var facts = stat()
    if stat(path + "-wal", &facts) == 0, facts.st_size > 0 { return nil }
    guard stat(path, &facts) == 0, facts.st_size >= 512, facts.st_size <= limit,
      let content = Files.content(of: path), content.count >= 512
    else { return nil }
    let sum = content.withUnsafeBytes { DatabasePages($0)?.sum }
    return sum.map { "\(content.count) \($0)\n" }
  }

  /// What `store` wrote; nil where it did not, or where it cannot be read.
  func stored() -> String? {
    Files.content(of: path + Self.ending).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Notes a sum, where it differs; only a help, so a failure costs nothing else.
  func store(_ sum: String) {
    if sum == stored() { return }
    try? Files.write(sum.utf8, to: path + Self.ending)
  }
}

/// The pages of a database's file.
///
/// Source: SQLite, "Database File Format", sections 1.3 and 1.5.
private struct DatabasePages {
  private let bytes: UnsafeRawBufferPointer
  private let size: Int
  private let free: Set<Int>

  /// In the header: the counter of changes, the first page of the list of free ones, the counter of
  /// the schema, and the change that the version is valid for.
  private static let passing = [24..<28, 32..<36, 40..<44, 92..<96]

  /// nil for what is no database, or has a list of free pages that cannot be.
  init?(_ bytes: UnsafeRawBufferPointer) {
    let written = Int(bytes.loadUnaligned(fromByteOffset: 16, as: UInt16.self).bigEndian)
    let size = written == 1 ? 65_536 : written
    guard size >= 512, bytes.count % size == 0 else { return nil }
    func number(_ page: Int, _ place: Int) -> Int {
      let offset = (page - 1) * size + place
      return Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self).bigEndian)
    }
    let count = bytes.count / size
    var found: Set<Int> = []
    var trunk = number(1, 32)
    while trunk != 0 {
      guard (2...count).contains(trunk), found.insert(trunk).inserted else { return nil }
      let leaves = number(trunk, 4)
      guard leaves <= size / 4 - 2 else { return nil }
      for leaf in 0..<leaves {
        let page = number(trunk, 8 + 4 * leaf)
        guard (2...count).contains(page), found.insert(page).inserted else { return nil }
      }
      trunk = number(trunk, 0)
    }
    (self.bytes, self.size, free) = (bytes, size, found)
  }

  /// Takes in word by word, each step one to one: no change of a single word can go unseen, and any
  /// other with a chance of one in 2^64.
  var sum: UInt64 {
    var sum: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ word: UInt64) {
      sum = (sum ^ word) &* 0x9E37_79B9_7F4A_7C15
      sum ^= sum >> 32
    }
    for page in 1...(bytes.count / size) where !free.contains(page) {
      add(UInt64(page))
      let start = (page - 1) * size
      for place in stride(from: page == 1 ? 96 : 0, to: size, by: 8) {
        add(bytes.loadUnaligned(fromByteOffset: start + place, as: UInt64.self))
      }
    }
    for place in 0..<100 where !Self.passing.contains(where: { $0.contains(place) }) {
      add(UInt64(bytes[place]))
    }
    return sum
  }
}
