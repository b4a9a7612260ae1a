import UETModel

/// The difference between a run's plan and the bundles as lines for a person.
struct ReplanView {
  private let details: JSONObject

  init(_ details: JSONObject) { self.details = details }

  var lines: [String] {
    let lists =
      names("added").map { "  added    \($0)" } + names("removed").map { "  removed  \($0)" }
      + entries("changed").map { "  changed  \($0.id): \($0.fields)" }
      + entries("refused").map {
        "  kept     \($0.id): it is \($0.state); not changed: \($0.fields)"
      }
    return lists.isEmpty ? [] : lists + [figures]
  }

  private var figures: String {
    let parts = ["count", "waves", "makespan"].map { name in
      let (old, new) = (figure("before", name), figure("after", name))
      let label = name == "count" ? "workstreams" : name
      return old == new ? "\(label) \(new)" : "\(label) \(old) -> \(new)"
    }
    return "  plan     " + parts.joined(separator: ", ")
  }

  private func figure(_ side: String, _ name: String) -> String {
    let value = details[side]?[name]
    return (value?.string ?? value?.integer.map(String.init) ?? "?").terminalSafe
  }

  private func names(_ key: String) -> [String] {
    (details[key]?.array ?? []).compactMap { $0.string?.terminalSafe }
  }

  private func entries(_ key: String) -> [(id: String, state: String, fields: String)] {
    (details[key]?.array ?? []).map { entry in
      let fields = (entry["fields"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
      return (
        (entry["id"]?.string ?? "").terminalSafe, (entry["state"]?.string ?? "").terminalSafe,
        (fields.isEmpty ? "only its layout" : fields).terminalSafe
      )
    }
  }
}
