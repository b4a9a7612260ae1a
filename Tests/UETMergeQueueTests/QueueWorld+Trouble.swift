import UETModel
import UETTestSupport

@testable import UETMergeQueue

/// What goes wrong in a simulated world that is not a red gate or a conflict.
struct Trouble {
  /// Candidates on which every gate dies, and such as cannot be merged.
  var deadly: Set<ObjectID> = []
  var unmergeable: Set<ObjectID> = []
  /// Nothing at all can be carried out.
  var isBroken = false
  /// Faults come now and then, to anybody.
  var isRandom = false
  /// Gates that are red on everything until the target is mended.
  var redOnTarget: Set<String> = []

  static let mended = object("mended")

  func fault(merging tip: ObjectID) -> String? {
    if isBroken { return "no space left" }
    return unmergeable.contains(tip) ? "an object is missing" : nil
  }

  func fault(testing tips: Set<ObjectID>) -> String? {
    if isBroken { return "the program is not there" }
    return deadly.isDisjoint(with: tips) ? nil : "was ended by signal 11"
  }

  func isRed(_ key: String, without tips: Set<ObjectID>) -> Bool {
    redOnTarget.contains(key) && !tips.contains(Self.mended)
  }
}

extension QueueWorld {
  /// What is said of the target's tree: nothing where the world keeps it to itself.
  var knownTree: ObjectID? { knowsTrees ? trees[target] : nil }

  /// One or two candidates that everything dies on, or that cannot be merged.
  mutating func makeDeadly() {
    knowsTrees = true
    let tips = candidates.map(\.tip).shuffled(using: &random)
    if random.oneIn(3) {
      trouble.unmergeable = Set(tips.prefix(1))
    } else {
      trouble.deadly = Set(tips.prefix(random.oneIn(3) ? 2 : 1))
    }
  }

  /// Somebody mends what the target is red for.
  mutating func mendTarget() {
    let new = object("mended \(target.hex)")
    contents[new] = (contents[target] ?? []).union([Trouble.mended])
    trees[new] = object("tree of \(new.hex)")
    target = new
  }
}

extension QueueWorld {
  /// A target that is red itself is told, and mended all goes on.
  mutating func checkRedTarget() throws {
    knowsTrees = true
    trouble.redOnTarget = ["unit"]
    try live(upTo: 60)
    try work()
    let pause = machine.outcome?.pause
    // Unless nothing was to be tested.
    let isTested = machine.state.allVerdicts.contains { $0.key == "unit" }
    try Violation.unless(
      pause?.redGate == "unit" || !isTested, "\(String(describing: machine.outcome))")
    mendTarget()
    try take(.resume)
    try take(.begin(at: target, tree: trees[target], inputs: inputs(of: target)))
    try rest()
    try checkRest()
    try Violation.unless(machine.outcome?.pause == nil, "it rests for ever")
  }

  /// A machine that is broken for all after so many steps is told, and mended all goes on.
  mutating func checkBrokenMachine(after steps: Int) throws {
    knowsTrees = true
    try live(upTo: steps)
    trouble.isBroken = true
    try work()
    trouble.isBroken = false
    try rest()
    try checkRest()
    try Violation.unless(machine.outcome?.pause == nil, "it rests for ever")
  }
}
