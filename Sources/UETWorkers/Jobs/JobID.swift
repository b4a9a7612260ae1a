/// What a batch system calls a job: `123`, or `123_4` for a task of an array.
package struct JobID: Hashable, Sendable, RawRepresentable, CustomStringConvertible {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package var description: String { rawValue }
}
