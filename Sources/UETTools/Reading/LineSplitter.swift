/// Cuts a stream of bytes into lines, whatever pieces it comes in.
package struct LineSplitter: Sendable {
  private var pending: [UInt8] = []
  /// A line that is longer is dropped: no program that is understood writes such.
  package static let longestLine = 32 << 20

  package init() {}

  /// Gives each line that ends in `bytes` to `take`.
  package mutating func feed(
    _ bytes: ArraySlice<UInt8>, _ take: (ArraySlice<UInt8>) -> Void
  ) {
    var start = bytes.startIndex
    while let end = bytes.place(of: 0x0A, from: start) {
      if pending.isEmpty {
        take(bytes[start..<end].withoutReturn)
      } else {
        pending += bytes[start..<end]
        take(pending[...].withoutReturn)
        pending.removeAll(keepingCapacity: true)
      }
      start = end + 1
    }
    let rest = bytes[start...]
    if pending.count + rest.count <= Self.longestLine { pending += rest } else { pending = [] }
  }

  /// Gives what is left, which had no line end.
  package mutating func finish(_ take: (ArraySlice<UInt8>) -> Void) {
    if !pending.isEmpty { take(pending[...].withoutReturn) }
    pending = []
  }
}

extension ArraySlice<UInt8> {
  fileprivate var withoutReturn: ArraySlice<UInt8> { last == 0x0D ? dropLast() : self }
}
