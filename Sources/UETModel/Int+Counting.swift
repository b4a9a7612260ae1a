extension Int {
  /// `1 worker`, `3 workers`.
  package func counting(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
