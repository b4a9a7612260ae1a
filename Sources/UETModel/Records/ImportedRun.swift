/// Where a run comes from that this program did not carry out: another one's history.
package struct ImportedRun: Hashable, Sendable {
  /// The program that carried it out, as `uet-pipeline`.
  package let program: String
  /// The run's name there.
  package let name: String

  package init(program: String, name: String) { (self.program, self.name) = (program, name) }
}

extension ImportedRun {
  package var json: JSONValue { ["program": .string(program), "run": .string(name)] }

  package init?(json: JSONValue) {
    guard let program = json["program"]?.string, let name = json["run"]?.string else { return nil }
    self.init(program: program, name: name)
  }
}
