/// Which phases of a spec-kit list come after which: from its lines on phases, else as its template
/// has it: foundations after the setup, stories after these, the last phase after all.
enum PhaseLines {
  struct Phase {
    let section: Int
    let number: Int
    let title: String
    var isStory: Bool { title.contains("story") }
  }

  /// For each section those that come before it.
  static func order(_ list: WorkList, prose: [String]) -> [Int: [Int]] {
    var phases: [Phase] = []
    for item in list.items {
      guard let section = item.section, phases.last?.section != section.index,
        !phases.contains(where: { $0.section == section.index }),
        let number = numbers(section.title.lowercased()).first
      else { continue }
      phases.append(
        Phase(section: section.index, number: number.value, title: section.title.lowercased()))
    }
    guard phases.count > 1 else { return [:] }
    let standard = standard(phases)
    var result: [Int: [Int]] = [:]
    for line in prose {
      for (phase, before) in read(line.lowercased(), phases) {
        result[phase, default: []] += before
      }
    }
    for phase in phases where result[phase.section] == nil {
      result[phase.section] = standard[phase.section] ?? []
    }
    return result.mapValues { Set($0).sorted() }
  }

  private static func standard(_ phases: [Phase]) -> [Int: [Int]] {
    var result: [Int: [Int]] = [:]
    let grounds = phases.prefix { !$0.isStory }.prefix(2)
    for (place, phase) in phases.enumerated() where place > 0 {
      if place < grounds.count {
        result[phase.section] = [phases[place - 1].section]
      } else if phase.isStory || place < phases.count - 1 {
        result[phase.section] = [grounds.last?.section ?? phases[0].section]
      } else {
        result[phase.section] = phases.dropLast().map(\.section)
      }
    }
    return result
  }

  /// `**Polish (Phase 5)**: Depends on all user stories`.
  private static func read(_ line: String, _ phases: [Phase]) -> [(Int, [Int])] {
    guard line.contains("phase"), let colon = line.firstIndex(of: ":") else { return [] }
    let (left, right) = (String(line[..<colon]), String(line[line.index(after: colon)...]))
    guard let depends = right.range(ofWord: "depend") else {
      return right.contains("no dependencies")
        ? subjects(left, phases).map { ($0.section, []) } : []
    }
    // "BLOCKS all user stories" says what comes after, not before.
    let words = right[depends...].split(separator: "block", maxSplits: 1)[0]
    var before = numbers(String(words)).flatMap { named in phases.filter { $0.matches(named) } }
    if words.contains("stories") { before += phases.filter(\.isStory) }
    before += phases.filter { phase in
      !phase.isStory && phase.name.map { words.contains($0) } == true
    }
    guard !before.isEmpty else { return [] }
    return subjects(left, phases).map { phase in
      (phase.section, before.map(\.section).filter { $0 != phase.section })
    }
  }

  private static func subjects(_ left: String, _ phases: [Phase]) -> [Phase] {
    numbers(left).flatMap { named in
      phases.filter { phase in
        named.isOpenEnded
          ? phase.number >= named.value && (phase.isStory || !left.contains("stor"))
          : phase.number == named.value
      }
    }
  }

  struct Named {
    let value: Int
    /// As in `Phase 3+`.
    let isOpenEnded: Bool
  }

  /// The numbers behind the word `phase`.
  static func numbers(_ text: String) -> [Named] {
    var result: [Named] = []
    var rest = text[...]
    while let start = rest.range(ofWord: "phase") {
      rest = rest[start...].dropFirst(5).drop { $0 == "s" || $0 == " " }
      let digits = rest.prefix { $0.isNumber }
      guard let value = Int(digits) else { continue }
      rest = rest.dropFirst(digits.count)
      result.append(Named(value: value, isOpenEnded: rest.first == "+"))
    }
    return result
  }
}

extension PhaseLines.Phase {
  fileprivate func matches(_ named: PhaseLines.Named) -> Bool { number == named.value }

  /// The first word of its title: `setup`.
  fileprivate var name: Substring? {
    title.split(separator: ":", maxSplits: 1).dropFirst().first?
      .split { !$0.isLetter }.first { $0.count > 3 }
  }
}

extension StringProtocol {
  /// Where a word starts for the first time.
  fileprivate func range(ofWord word: String) -> Index? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(word) { return start }
      start = index(after: start)
    }
    return nil
  }
}
