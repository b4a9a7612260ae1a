import UETReporting

/// What pages are made of.
extension HTML {
  static func paragraph(_ content: HTML, _ kind: String? = nil) -> HTML {
    element("p", ["class" => kind], content)
  }

  /// A link to a place of this server.
  static func link(_ place: Place, _ content: HTML, current: Bool = false) -> HTML {
    element("a", ["href" => place.path, "aria-current" => (current ? "page" : nil)], content)
  }

  /// A word with a colour that says no more than the word.
  static func badge(_ words: String, _ tone: Tone) -> HTML {
    element("span", ["class" => "badge \(tone.rawValue)"], HTML(words))
  }

  /// A command for a terminal.
  static func command(_ text: String) -> HTML {
    element("code", ["class" => "command"], HTML(text))
  }

  /// A part with a heading.
  static func section(_ title: String, id: String, _ content: HTML) -> HTML {
    element(
      "section", ["id" => id, "aria-labelledby" => "h-\(id)"],
      element("h2", ["id" => "h-\(id)"], HTML(title)) + content)
  }

  /// Something wider than small screens, which a keyboard can move as well.
  static func wide(_ label: String, id: String, _ content: HTML) -> HTML {
    element(
      "div",
      [
        "class" => "wide", "id" => id, "role" => "region", "tabindex" => "0",
        "aria-label" => label,
      ], content)
  }

  /// A column of a table.
  struct Column: Sendable {
    let title: String
    var isNumber = false

    init(_ title: String, isNumber: Bool = false) {
      (self.title, self.isNumber) = (title, isNumber)
    }
  }

  /// A table; the first cell of each row heads it. `keys` tell rows from each other over time.
  static func table(
    _ caption: String, id: String, _ columns: [Column], _ rows: [(key: String, cells: [HTML])]
  ) -> HTML {
    let head = columns.map { column in
      element(
        "th", ["scope" => "col", "class" => (column.isNumber ? "n" : nil)], HTML(column.title))
    }.joined()
    let body = rows.map { key, cells in
      let cells = zip(columns, cells).enumerated().map { place, pair in
        place == 0
          ? element("th", ["scope" => "row"], pair.1)
          : element(
            "td", ["class" => (pair.0.isNumber ? "n" : nil), "data-label" => pair.0.title], pair.1)
      }
      return element("tr", ["id" => "\(id)-\(key)"], cells)
    }.joined()
    return wide(
      caption, id: "w-\(id)",
      element(
        "table", ["id" => id],
        element("caption", ["class" => "hidden"], HTML(caption))
          + element("thead", [], element("tr", [], head)) + element("tbody", [], body)))
  }

  /// Facts with their names.
  static func facts(_ entries: [(name: String, value: HTML)]) -> HTML {
    element(
      "dl", ["class" => "facts"],
      entries.map { entry in
        element(
          "div", [], element("dt", [], HTML(entry.name)) + element("dd", [], entry.value))
      })
  }

  /// What a report says of something.
  static func report(_ section: ReportSection, id: String) -> HTML {
    let words = section.words.map { paragraph(HTML($0)) }.joined()
    guard let first = section.rows.first else { return words }
    let columns = first.enumerated().map { place, cell in
      Column(
        place < section.head.count ? section.head[place] : "",
        isNumber: place > 0 && cell.first?.isNumber == true)
    }
    let rows = section.rows.enumerated().map { place, cells in
      (key: "\(place)", cells: cells.map { HTML($0) })
    }
    return words + table(section.title, id: id, columns, rows)
  }
}
