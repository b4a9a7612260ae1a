/// The program's version, as it is recorded in every run.
package enum ProgramVersion {
  package static let text = "0.1.0"
}
