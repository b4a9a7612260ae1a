/// What of a person's home an agent program needs: its own folder, and in it what it logs in with
/// and is set up by.
package struct ToolHome: Hashable, Sendable {
  /// The variable that names the folder elsewhere.
  package let variable: String?
  /// Relative to the home; empty for the home itself.
  package let folder: String
  /// Files and folders in it that it reads; all else there it makes anew.
  package let files: [String]

  package init(_ folder: String, variable: String? = nil, _ files: [String]) {
    (self.folder, self.variable, self.files) = (folder, variable, files)
  }
}
