/// What a command may use, and how it ranks.
package struct ProcessLimits: Hashable, Sendable {
  /// Bytes: of all that it starts where it has a control group, else of each process.
  package var memory: Int?
  /// Thousandths of a core; only in a control group.
  package var cpu: Int?
  /// Folder of a control group that is made for it; nil where none can be made.
  package var group: String?
  /// It yields to others.
  package var isBackground = false

  package init() {}

  var supervisorArguments: [String] {
    var list: [String] = []
    if let memory, memory > 0 { list.append("--memory=\(memory)") }
    if let cpu, cpu > 0 { list.append("--cpu=\(cpu)") }
    if let group, memory ?? 0 > 0 || cpu ?? 0 > 0 { list.append("--cgroup=\(group)") }
    if isBackground { list.append("--background") }
    return list
  }
}
