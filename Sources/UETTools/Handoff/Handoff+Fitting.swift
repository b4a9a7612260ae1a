import UETModel

extension Handoff {
  /// Tokens of one that is recorded, at most: it is a summary.
  package static let mostTokens = 1900

  /// Shares of the room, in hundredths, in the order in which what is left over is given away.
  private static let shares: [(part: Part, share: Int)] = [
    (.interfaces, 35), (.constraints, 20), (.decisions, 20), (.open, 10), (.files, 10), (.words, 5),
  ]

  /// As much of it as fits into about so many tokens; each part keeps its first items.
  package func fitting(tokens: Int) -> Handoff {
    var fitted = self
    let head = summary.map(Self.cost) ?? 0
    if head > tokens { fitted.summary = nil }
    let room = max(0, tokens - (head > tokens ? 0 : head))
    var (kept, left) = ([Part: Int](), room)
    func take(_ part: Part, within limit: Int) {
      var used = 0
      for item in self[part].dropFirst(kept[part] ?? 0) {
        let cost = Self.cost(item)
        guard used + cost <= limit else { break }
        used += cost
        kept[part, default: 0] += 1
      }
      left -= used
    }
    // What heads a part is paid with its first item.
    for (part, share) in Self.shares { take(part, within: room * share / 100) }
    for (part, _) in Self.shares { take(part, within: left) }
    for part in Part.allCases {
      let count = kept[part] ?? 0
      let cut = self[part].count - count
      fitted[part] = Array(self[part].prefix(count))
      if cut > 0 { fitted.omitted[part, default: 0] += cut }
    }
    return fitted
  }

  /// The first of several in about so many tokens, as many as say something in that room: each gets
  /// an equal share, and what one leaves goes to those behind it.
  package static func sharing(_ handoffs: [Handoff], tokens: Int) -> [Handoff] {
    var (left, result) = (tokens, [Handoff]())
    for (index, handoff) in handoffs.enumerated() where left >= least {
      let share = max(left / (handoffs.count - index), min(left, least))
      let fitted = handoff.fitting(tokens: share - headCost)
      left -= headCost + fitted.lines.reduce(0) { $0 + cost($1) }
      result.append(fitted)
    }
    return result
  }

  /// Tokens without which a hand-off says nothing, and those of the line that heads it.
  private static let (least, headCost) = (60, 12)

  /// With its mark and what stands around it.
  private static func cost(_ line: String) -> Int { TokenEstimate.tokens(of: line) + 2 }

  /// Lines for people and prompts, each part under its name.
  package var lines: [String] {
    var lines = summary.map { ["summary: \($0)"] } ?? []
    for part in Part.allCases {
      let more = omitted[part].map { ["- and \($0) more"] } ?? []
      if self[part].isEmpty && more.isEmpty { continue }
      let name = part == .words ? "printed last" : part.rawValue
      lines += ["\(name):"] + self[part].map { "- \($0)" } + more
    }
    return lines
  }
}

extension Handoff {
  /// One for several, as of a phase: what each says under its name, by turns, so that each gets a
  /// place where not all fits.
  package static func merging(
    _ parts: [(name: String, handoff: Handoff)], summary: String
  ) -> Handoff {
    let isAgents = !parts.isEmpty && parts.allSatisfy { $0.handoff.writer == .agent }
    var merged = Handoff(isAgents ? .agent : .derived, summary: HandoffForm.line(summary))
    for part in Part.allCases where part != .words {
      var items: [String] = []
      let most = parts.map { $0.handoff[part].count }.max() ?? 0
      for index in 0..<most {
        for (name, handoff) in parts where index < handoff[part].count {
          let item = handoff[part][index]
          items.append(part == .files ? item : "\(name): \(item)")
        }
      }
      var seen: Set<String> = []
      merged[part] = items.filter { seen.insert($0).inserted }
      let left = parts.reduce(0) { $0 + ($1.handoff.omitted[part] ?? 0) }
      if left > 0 { merged.omitted[part] = left }
    }
    merged[.decisions] =
      parts.compactMap { name, handoff in handoff.summary.map { "\(name): \($0)" } }
      + merged[.decisions]
    return merged.fitting(tokens: mostTokens)
  }
}
