import UETModel

extension MonitorModel {
  /// Rows of a page.
  var detailHeight: Int { max(1, shape.rows - 5) }

  /// The row at which the end of a page is in sight.
  func lastTop(of detail: MonitorDetail) -> Int {
    max(0, (detail.lines?.count ?? 0) - detailHeight)
  }

  func detailLines(_ detail: MonitorDetail) -> [ScreenLine] {
    var about = ScreenLine(shape)
    about.add(" \(detail.id)  ")
    if let record = facts.state[detail.id] {
      about.add(record.state.rawValue, Look(RunStateView.style(of: record.state)))
      if let reason = record.reason ?? facts.waits[record.id] { about.add("  \(reason)") }
    }
    let top = detail.follows ? lastTop(of: detail) : min(detail.top, lastTop(of: detail))
    var pages = ScreenLine(shape)
    for (number, page) in MonitorDetail.Page.allCases.enumerated() {
      pages.add(" ")
      pages.add(" \(number + 1) \(page.rawValue) ", page == detail.page ? .bar : .dim)
    }
    if let count = detail.lines?.count, count > detailHeight {
      pages.add("  lines \(top + 1) to \(min(count, top + detailHeight)) of \(count)", .dim)
      if detail.follows { pages.add(", following", .dim) }
    }
    guard let content = detail.lines else {
      return [titleLine, about, pages, line("  ...", .dim)]
    }
    let shown = content.dropFirst(top).prefix(detailHeight)
    return [titleLine, about, pages]
      + shown.map { line($0, detail.page == .diff ? Self.look(ofDiff: $0) : .plain) }
  }

  private static func look(ofDiff line: String) -> Look {
    switch line.first {
    case "+": .green
    case "-": .red
    case "@": .cyan
    default: .plain
    }
  }
}
