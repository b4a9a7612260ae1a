/// Amounts of what a machine has, by name: thousandths of a core, bytes of memory and disk, pieces
/// of what a project names itself.
package struct Resources: Hashable, Sendable {
  package static let cpu = "cpu"
  package static let memory = "memory"
  package static let disk = "disk"
  private static let jobsPrefix = "jobs of "

  /// The name under which the jobs are counted that an executor takes at once.
  package static func jobs(of executor: String) -> String { jobsPrefix + executor }

  /// The executor whose jobs are counted under a name; nil for other names.
  package static func executor(ofJobs name: String) -> String? {
    name.hasPrefix(jobsPrefix) ? String(name.dropFirst(jobsPrefix.count)) : nil
  }

  /// Those that need no declaration.
  package static let builtIn = [cpu, memory, disk]
  /// How many names there may be.
  package static let mostNames = 60

  package private(set) var amounts: [String: Int]

  package init(_ amounts: [String: Int] = [:]) { self.amounts = amounts }

  package var isEmpty: Bool { amounts.isEmpty }

  package var names: [String] { amounts.keys.sorted() }

  package subscript(name: String) -> Int? {
    get { amounts[name] }
    set { amounts[name] = newValue }
  }

  /// These, but what `other` names as it says.
  package func overridden(by other: Resources) -> Resources {
    Resources(amounts.merging(other.amounts) { $1 })
  }

  /// Of each name the larger amount: what two that follow each other need.
  package func covering(_ other: Resources) -> Resources {
    Resources(amounts.merging(other.amounts) { max($0, $1) })
  }

  /// The amount for people: `2 cores`, `4.0 GB of memory`, `1 of 'gpu'`.
  package static func text(_ amount: Int, of name: String) -> String {
    switch name {
    case cpu: amount == 1000 ? "1 core" : "\(cores(amount)) cores"
    case memory: "\(ByteCount.text(amount)) of memory"
    case disk: "\(ByteCount.text(amount)) of disk"
    default: "\(amount) of '\(name)'"
    }
  }

  private static func cores(_ thousandths: Int) -> String {
    let rest = thousandths % 1000
    if rest == 0 { return "\(thousandths / 1000)" }
    let digits = String(1000 + rest).dropFirst()
    return "\(thousandths / 1000).\(digits.trimmingZeros)"
  }

  /// As settings have it.
  package var json: JSONObject {
    var object = JSONObject()
    for name in names {
      let amount = amounts[name] ?? 0
      object.append(
        name,
        name == Self.cpu ? .number(Double(amount) / 1000) : .integer(Int64(amount)))
    }
    return object
  }
}

extension Substring {
  fileprivate var trimmingZeros: Substring {
    var text = self
    while text.last == "0" { text.removeLast() }
    return text
  }
}
