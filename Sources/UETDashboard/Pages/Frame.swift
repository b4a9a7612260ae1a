import UETModel
import UETReporting

/// What all pages have around them.
struct Frame: Sendable {
  let title: String
  /// Where the page is in the whole: the run that it is about, if it is about one.
  var run: RunID?
  var here: Place
  /// Where news of what it shows come from.
  var news: Place?
  /// The place in the record that it shows.
  var position: Int?
  /// Whether growing logs change it.
  var showsLog = false
  /// Whether something on it changes with time alone.
  var moves = false
  var isReadOnly = false
  /// What came of what was asked for, or why it was not done.
  var notice: Notice?

  func page(_ content: HTML) -> String {
    let head: [HTML] = [
      .void("meta", ["charset" => "utf-8"]),
      .void("meta", ["name" => "viewport", "content" => "width=device-width, initial-scale=1"]),
      .void("meta", ["name" => "color-scheme", "content" => "light dark"]),
      .element("title", [], HTML("\(title) - git uet")),
      .void("link", ["rel" => "icon", "href" => Place.icon.path]),
      .void("link", ["rel" => "stylesheet", "href" => Place.style.path]),
      .element("script", ["src" => Place.script.path, .flag("defer")]),
    ]
    let body: [HTML] = [
      .element("a", ["class" => "skip", "href" => "#main"], "to the content"), header,
      notice?.html ?? .none, main(content),
      .element("p", ["id" => "announce", "class" => "hidden", "role" => "status"]),
    ]
    return "<!DOCTYPE html>\n"
      + HTML.element(
        "html", ["lang" => "en"], [HTML.element("head", [], head), .element("body", [], body)]
      ).text + "\n"
  }

  private var header: HTML {
    var links: [(place: Place, words: String)] = [
      (.runs, "runs"), (.plan(), "plan"), (.compare(nil, nil), "compare"),
    ]
    if let run {
      links += [(.run(run), "this run"), (.reviews(run), "its reviews")]
    }
    let list = links.map { entry in
      HTML.element(
        "li", [], .link(entry.place, HTML(entry.words), current: entry.place.path == here.path))
    }
    return .element(
      "header", [],
      .element("nav", ["aria-label" => "pages"], .element("ul", [], list))
        + .element(
          "p", ["id" => "line", "role" => "status"], isReadOnly ? "read only" : ""))
  }

  /// What is replaced when something has changed.
  func main(_ content: HTML) -> HTML {
    .element(
      "main",
      [
        "id" => "main", "tabindex" => "-1", "data-news" => news?.path,
        "data-position" => position.map { "\($0)" }, .flag("data-log", showsLog),
        .flag("data-moves", moves),
      ], content)
  }
}
