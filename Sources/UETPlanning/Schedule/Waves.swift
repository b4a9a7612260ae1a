/// Groups of workstreams that may run side by side: a view of the plan for people.
enum Waves {
  /// What would start together if each took as long as every other.
  static func group(_ schedule: Schedule) -> [[Int]] {
    var waves: [[Int]] = []
    for index in schedule.slots.indices {
      while waves.count <= schedule.slots[index].start { waves.append([]) }
      waves[schedule.slots[index].start].append(index)
    }
    return waves.filter { !$0.isEmpty }
  }
}
