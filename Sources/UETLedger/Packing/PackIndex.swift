import UETModel
import UETSystem

/// The index of a pack, version 2, as far as it says which objects are in it.
///
/// Source: git, `Documentation/gitformat-pack`, "Version 2 pack-*.idx files".
struct PackIndex: Sendable {
  private let bytes: [UInt8]
  /// How many objects are in the pack.
  let count: Int

  private static let names = 8 + 256 * 4

  /// nil where the file is missing, or is no such index.
  init?(_ path: String) {
    guard let bytes = Files.content(of: path), bytes.count >= Self.names,
      bytes.starts(with: [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2])
    else { return nil }
    self.bytes = bytes
    count = Self.number(bytes, 8 + 255 * 4)
    guard bytes.count >= Self.names + count * 20 else { return nil }
  }

  func contains(_ id: ObjectID) -> Bool {
    let name = id.bytes
    let first = Int(name[0])
    var low = first == 0 ? 0 : Self.number(bytes, 8 + (first - 1) * 4)
    var high = min(Self.number(bytes, 8 + first * 4), count)
    while low < high {
      let middle = (low + high) / 2
      let found = self.name(at: middle)
      if found.elementsEqual(name) { return true }
      if found.lexicographicallyPrecedes(name) { low = middle + 1 } else { high = middle }
    }
    return false
  }

  /// The names of all objects, one a line.
  var lines: String {
    (0..<count).map { (ObjectID(bytes: name(at: $0)) ?? .zero).hex + "\n" }.joined()
  }

  /// Whether every object of another pack is in this one as well.
  func covers(_ other: PackIndex) -> Bool {
    (0..<other.count).allSatisfy { index in
      ObjectID(bytes: other.name(at: index)).map { contains($0) } ?? false
    }
  }

  private func name(at index: Int) -> ArraySlice<UInt8> {
    let start = Self.names + index * 20
    return bytes[start..<start + 20]
  }

  private static func number(_ bytes: [UInt8], _ place: Int) -> Int {
    bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
  }
}
