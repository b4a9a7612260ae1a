/// The best that anybody can do who does not know the verdicts: the least expected time in which
/// candidates land in order with two gates at a time, each landed tree tested, each red one ejected
/// by a red test of its own place.
///
/// Computed exactly, backwards from the end, for candidates of which so many are red, in an order
/// of which all are equally likely. That the number of red ones is known makes the bound lower than
/// what a queue can reach.
enum BlindOptimum {
  /// In units of a gate's time, where a test may begin at each of `steps` moments in it: a second
  /// gate may wait so that less is lost with a forerunner that turns out red, whose test on top of
  /// it ends at once.
  static func staggered(candidates: Int, red: Int, steps: Int) -> Double {
    let width = steps + 1
    // By what is left, and the steps that the first and the second test still take; 0 where it has
    // not begun.
    var least = [[Double]](
      repeating: [Double](repeating: 0, count: (red + 1) * width * width), count: candidates + 1)
    func place(_ red: Int, _ first: Int, _ second: Int) -> Int {
      (red * width + first) * width + second
    }
    for left in stride(from: 1, through: candidates, by: 1) {
      for reds in 0...min(red, left) {
        let share = Double(reds) / Double(left)
        let next = reds > 0 ? Double(reds) / Double(max(left - 1, 1)) : 0
        func after(_ first: Int, _ second: Int) -> Double {
          if first > 1 { return 1 + least[left][place(reds, first - 1, max(0, second - 1))] }
          var time = 1.0
          if share > 0 { time += share * least[left - 1][place(reds - 1, 0, 0)] }
          guard share < 1 else { return time }
          guard second == 1 else {
            return time + (1 - share) * least[left - 1][place(reds, max(0, second - 1), 0)]
          }
          if next > 0 { time += (1 - share) * next * least[left - 2][place(reds - 1, 0, 0)] }
          if next < 1 { time += (1 - share) * (1 - next) * least[left - 2][place(reds, 0, 0)] }
          return time
        }
        for first in 1...steps {
          for second in stride(from: left > 1 ? steps : 0, to: first - 1, by: -1) where second > 0 {
            least[left][place(reds, first, second)] = after(first, second)
          }
          let waiting = after(first, 0)
          let both = left > 1 ? least[left][place(reds, first, steps)] : waiting
          least[left][place(reds, first, 0)] = min(waiting, both)
        }
        least[left][place(reds, 0, 0)] = least[left][place(reds, steps, 0)]
      }
    }
    return least[candidates][place(red, 0, 0)] / Double(steps)
  }
}

extension BlindOptimum {
  /// What is left to do: candidates, how many of them are red, how many of the first are known to
  /// hold a red one (0 for none), and landed trees known to be green by a test further on, but not
  /// tested in their place yet.
  private struct Left: Hashable {
    var candidates: Int
    var red: Int
    var group = 0
    var owed = 0
  }

  /// The same where gates begin in rounds, and a test may go ahead: as far as `reach`, leaving what
  /// is before it to later rounds, in which it cannot be red any more. At most `owed` may be left
  /// so.
  static func ahead(candidates: Int, red: Int, reach: Int, owed most: Int) -> Double {
    var least: [Left: Double] = [:]
    for left in 0...candidates {
      for reds in 0...min(red, left) {
        let groups = left == 0 || reds == 0 ? [0] : Array(1...min(reach, left)) + [0]
        for group in groups {
          for owed in 0...most {
            let state = Left(candidates: left, red: reds, group: group, owed: owed)
            least[state] =
              left == 0
              ? Double((owed + 1) / 2) : best(from: state, reach: reach, most: most, least)
          }
        }
      }
    }
    return least[Left(candidates: candidates, red: red)] ?? .infinity
  }

  private static func best(
    from state: Left, reach: Int, most: Int, _ least: [Left: Double]
  ) -> Double {
    let ends = firstRed(state, reach: reach)
    let furthest = state.group > 0 ? state.group - 1 : min(reach, state.candidates)
    var best = Double.infinity
    for filled in 0...min(2, state.owed) {
      for first in 0...furthest {
        // Two places at most; 0 stands for a gate that rests.
        for second in first == 0 ? 0...0 : 0...furthest where second == 0 || second > first {
          let tests = [first, second].filter { $0 > 0 }
          guard !tests.isEmpty || filled > 0, tests.count + filled <= 2 else { continue }
          var time = 1.0
          for (place, chance) in ends where time < best {
            let next = following(state, tests, filled, firstRed: place)
            time += next.owed > most ? .infinity : chance * (least[next] ?? .infinity)
          }
          best = min(best, time)
        }
      }
    }
    return best
  }

  /// Where the first red one may be, and how likely that is; the last entry stands for further on.
  private static func firstRed(_ state: Left, reach: Int) -> [(place: Int, chance: Double)] {
    var result: [(place: Int, chance: Double)] = []
    var (chance, sum) = (1.0, 0.0)
    let end = state.group > 0 ? state.group : min(reach, state.candidates)
    for place in 1...end {
      let red = Double(state.red) / Double(state.candidates - place + 1)
      if chance * red > 0 { result.append((place, chance * min(red, 1))) }
      sum += chance * min(red, 1)
      chance *= 1 - min(red, 1)
    }
    if state.group > 0 { return result.map { ($0.place, $0.chance / sum) } }
    return chance > 1e-12 ? result + [(Int.max, chance)] : result
  }

  private static func following(
    _ state: Left, _ tests: [Int], _ filled: Int, firstRed: Int
  ) -> Left {
    let green = tests.last { $0 < firstRed } ?? 0
    let red = (tests.filter { $0 >= firstRed } + (state.group > 0 ? [state.group] : [])).min()
    var next = state
    next.candidates -= green
    next.owed += green - tests.count { $0 <= green } - filled
    next.group = red.map { $0 - green } ?? 0
    guard next.group == 1 else { return next }
    // All before it is green: it goes by the verdict that is there.
    next.candidates -= 1
    next.red -= 1
    next.group = 0
    return next
  }
}
