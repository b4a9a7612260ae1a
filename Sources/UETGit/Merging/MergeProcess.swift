import UETModel

/// One `git merge-tree --stdin` that answers question after question.
///
/// git before 2.49 keeps answers in its output buffer until that is full. So each question is
/// followed by one whose answer is longer than the buffer, which pushes the answer before it out.
struct MergeProcess: ~Copyable, Sendable {
  private let channel: ChildChannel
  private let filler: [UInt8]
  private var received: [UInt8] = []
  /// How many answers to fillers come before the next one of interest.
  private var fillers = 0

  init(_ child: Child, _ watch: ChildWatch, filler: (ObjectID, ObjectID)) throws(GitError) {
    channel = try ChildChannel(child, watch)
    self.filler = Array("\(filler.0.hex) \(filler.1.hex)\n".utf8)
  }

  /// What git makes of two commits; nil where the process ended or says what is not understood,
  /// after which it is of no more use.
  mutating func ask(_ ours: ObjectID, _ theirs: ObjectID) -> MergeResult? {
    guard channel.send(Array("\(ours.hex) \(theirs.hex)\n".utf8) + filler) else { return nil }
    while fillers > 0 {
      guard next() != nil else { return nil }
      fillers -= 1
    }
    guard let answer = next() else { return nil }
    fillers += 1
    return MergeOutput.parseAnswer(answer)
  }

  /// The next whole answer.
  private mutating func next() -> [UInt8]? {
    var scan = AnswerScan()
    while true {
      if let end = scan.end(in: received) {
        let answer = Array(received[..<end])
        received.removeFirst(end)
        return answer
      }
      guard channel.receive(into: &received) else { return nil }
    }
  }
}

/// Finds where an answer of `git merge-tree --stdin` ends, however it is cut into pieces.
struct AnswerScan {
  private enum Part {
    case status, tree, paths, count
    case names(Int)
  }

  private var isClean = false

  private var part = Part.status
  private var position = 0

  init() {}

  /// The index behind the answer that begins at 0; nil where there is more to come.
  mutating func end(in bytes: [UInt8]) -> Int? {
    while let zero = bytes[position...].firstIndex(of: 0) {
      let field = bytes[position..<zero]
      position = zero + 1
      if take(field) { return position }
    }
    return nil
  }

  private mutating func take(_ field: ArraySlice<UInt8>) -> Bool {
    switch part {
    case .status: (part, isClean) = (.tree, field == [UInt8(ascii: "1")])
    case .tree: part = .paths
    case .paths:
      guard field.isEmpty else { break }
      // git has no remarks on a clean merge, unless it is asked for them.
      if isClean { return true }
      part = .count
    case .count:
      // With advice on submodules, which has no number before it, an answer ends as well.
      guard let count = Int(String(decoding: field, as: UTF8.self)) else { return true }
      // As many names, the kind and the text.
      part = .names(count + 2)
    case .names(let left): part = left > 1 ? .names(left - 1) : .count
    }
    return false
  }
}
