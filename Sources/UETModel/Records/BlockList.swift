/// The records of a run's workstreams, or of its workers, of which a copy that is changed costs
/// little.
///
/// A state is copied at every checkpoint, before each group of events and for whoever shows it;
/// with an array the next event would copy all records. Here it copies one block of them.
package struct BlockList<Record: Hashable & Sendable>: Hashable, Sendable {
  private static var blockSize: Int { 16 }

  /// All but the last are full.
  private var blocks: [[Record]] = []
  package private(set) var count = 0

  package init() {}

  package mutating func append(_ record: Record) {
    if count % Self.blockSize == 0 { blocks.append([]) }
    blocks[blocks.count - 1].append(record)
    count += 1
  }

  /// Whether another list has the very same record at a place; what neither has changed since one
  /// was copied from the other is not looked at.
  package func isSame(as other: BlockList, at position: Int) -> Bool {
    guard position < other.count else { return false }
    let (block, place) = (position / Self.blockSize, position % Self.blockSize)
    let isShared = blocks[block].withUnsafeBufferPointer { one in
      other.blocks[block].withUnsafeBufferPointer { one.baseAddress == $0.baseAddress }
    }
    return isShared || blocks[block][place] == other.blocks[block][place]
  }
}

extension BlockList: RandomAccessCollection, MutableCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { count }

  package subscript(position: Int) -> Record {
    get { blocks[position / Self.blockSize][position % Self.blockSize] }
    _modify { yield &blocks[position / Self.blockSize][position % Self.blockSize] }
  }
}

extension BlockList: ExpressibleByArrayLiteral {
  package init(arrayLiteral records: Record...) {
    for record in records { append(record) }
  }
}
