import UETModel

/// What a person may have done from a page.
enum Deed: String, CaseIterable, Hashable, Sendable {
  // Of a run.
  case pause, resume
  case cancelAll = "cancel-all"
  case queuePause = "queue-pause"
  case queueResume = "queue-resume"
  // Of a workstream.
  case cancel, retry, answer
  case approve, reject, adjust
  case promote, dequeue, requeue
}

/// Makes the forms that ask for deeds; none where pages are for reading alone.
struct Forms: Sendable {
  let run: RunID
  let seal: String
  let isReadOnly: Bool
  /// Where the answer is shown.
  let back: Place

  /// A button that asks at once.
  func button(_ deed: Deed, _ words: String, of id: WorkstreamID? = nil) -> HTML {
    form(deed, id, .element("button", ["type" => "submit"], HTML(words)))
  }

  /// One behind a second look, for what cannot be undone.
  func confirmed(_ deed: Deed, _ words: String, of id: WorkstreamID? = nil) -> HTML {
    if isReadOnly { return .none }
    let key = "ask-\(deed.rawValue)-\(id?.rawValue ?? "run")"
    return .element(
      "details", ["id" => key, "class" => "ask"],
      .element("summary", [], HTML(words))
        + form(
          deed, id,
          .element("button", ["type" => "submit", "class" => "bad"], HTML("yes, \(words)"))))
  }

  /// One with a line or more of text.
  func text(
    _ deed: Deed, _ words: String, label: String, of id: WorkstreamID, isNeeded: Bool,
    fixed: [(name: StaticString, value: String)] = []
  ) -> HTML {
    let key = "\(deed.rawValue)-\(id)"
    return form(
      deed, id,
      fixed.map { hidden($0.name, $0.value) }.joined()
        + .element("label", ["for" => key], HTML(label))
        + .element(
          "textarea",
          [
            "id" => key, "name" => "text", "rows" => "2", "maxlength" => "4000",
            .flag("required", isNeeded),
          ])
        + .element("button", ["type" => "submit"], HTML(words)))
  }

  /// A button that says a certain text.
  func choice(_ deed: Deed, _ words: String, of id: WorkstreamID, number: Int, text: String) -> HTML
  {
    form(
      deed, id,
      hidden("number", "\(number)") + hidden("text", text)
        + .element("button", ["type" => "submit"], HTML(words)))
  }

  private func form(_ deed: Deed, _ id: WorkstreamID?, _ content: HTML) -> HTML {
    if isReadOnly { return .none }
    return .element(
      "form", ["method" => "post", "action" => Place.act(run).path],
      hidden("seal", seal) + hidden("deed", deed.rawValue) + hidden("back", back.path)
        + (id.map { hidden("workstream", $0.rawValue) } ?? .none) + content)
  }

  private func hidden(_ name: StaticString, _ value: String) -> HTML {
    .void("input", ["type" => "hidden", "name" => "\(name)", "value" => value])
  }
}
