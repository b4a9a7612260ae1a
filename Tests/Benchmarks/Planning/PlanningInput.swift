import UETModel

/// Generated workstreams, the same for the same seed on every machine.
struct PlanningInput {
  var workstreams: [Workstream] = []
  var dependencies: [[Int]] = []

  mutating func add(_ writes: [String], after: [Int] = []) {
    let patterns = writes.compactMap { try? ScopePattern($0) }
    guard let id = WorkstreamID("ws-\(10_000_000 + workstreams.count)") else { return }
    workstreams.append(
      Workstream(id: id, tasks: ["x"], tool: "shell", scope: .init(writes: patterns)))
    dependencies.append(after)
  }

  /// Like real plans: most touch files of their own, some whole directories, some share a file.
  static func mixed(count: Int, seed: UInt64) -> PlanningInput {
    var random = Random(state: seed)
    var input = PlanningInput()
    for index in 0..<count {
      let area = random.below(max(1, count / 10))
      var writes = ["src/area\(area)/part\(random.below(30))/file\(index).swift"]
      if random.below(4) == 0 { writes.append("tests/area\(area)/test_\(index)_*.swift") }
      if random.below(50) == 0 { writes.append("src/area\(area)/") }
      if random.below(20) == 0 { writes.append("docs/area\(area)/**/*.md") }
      let needs = (0..<random.below(4)).map { _ in
        index - 1 - random.below(min(max(index, 1), 200))
      }
      input.add(writes, after: Set(needs.filter { $0 >= 0 }).sorted())
    }
    return input
  }

  static func oneFile(count: Int) -> PlanningInput {
    var input = PlanningInput()
    for index in 0..<count { input.add(["CHANGELOG.md", "src/file\(index).swift"]) }
    return input
  }

  /// Half of them write the directory, half a file in it.
  static func directory(count: Int) -> PlanningInput {
    var input = PlanningInput()
    for index in 0..<count { input.add([index % 2 == 0 ? "docs/" : "docs/file\(index).md"]) }
    return input
  }

  static func globs(count: Int) -> PlanningInput {
    var input = PlanningInput()
    for index in 0..<count { input.add(["tests/test_\(index)_*.swift"]) }
    return input
  }

  static func deepGlobs(count: Int) -> PlanningInput {
    var input = PlanningInput()
    for index in 0..<count { input.add(["src/**/part\(index)*/x"]) }
    return input
  }

  static func chain(count: Int) -> PlanningInput {
    var input = PlanningInput()
    for index in 0..<count {
      input.add(["src/file\(index).swift"], after: index == 0 ? [] : [index - 1])
    }
    return input
  }

  static func dense(count: Int, seed: UInt64) -> PlanningInput {
    var random = Random(state: seed)
    var input = PlanningInput()
    for index in 0..<count {
      let needs = index > 5 && random.below(3) == 0 ? [random.below(index)] : []
      input.add((0..<3).map { _ in "f\(random.below(count / 3))" }, after: needs)
    }
    return input
  }
}

/// SplitMix64.
private struct Random {
  var state: UInt64

  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
  }
}

extension PlanningInput {
  /// An instance as the exact solver saw it: what each workstream locks becomes its scope.
  init(solved value: JSONValue) {
    let alone = Set((value["alone"]?.array ?? []).compactMap(\.integer))
    let needs = value["needs"]?.array ?? []
    for (index, duration) in (value["durations"]?.array ?? []).enumerated() {
      let locks = (needs[index].array ?? []).compactMap(\.integer)
      add(["own/\(index)"] + locks.map { "lock\($0)" })
      workstreams[index].estimate.duration = duration.double
      workstreams[index].parallelOK = !alone.contains(index)
    }
    dependencies = (value["after"]?.array ?? []).map { ($0.array ?? []).compactMap(\.integer) }
  }
}
