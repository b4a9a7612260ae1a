import UETModel

/// How many workers a run has, for people.
package enum StaffWords {
  /// `4 workers`, or `1 to 64 workers` where they come and go.
  package static func text(_ most: Int, least: Int?) -> String {
    least.map { "\($0) to \(most.counting("worker"))" } ?? most.counting("worker")
  }
}
