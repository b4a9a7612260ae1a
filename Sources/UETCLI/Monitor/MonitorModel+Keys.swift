import UETModel

extension MonitorModel {
  /// Takes keys that came together, and gives what is to be done.
  ///
  /// A question is answered by a key that came after it was shown: what is pasted says no yes.
  mutating func press(_ keys: [Key]) -> [MonitorEffect] {
    var effects: [MonitorEffect] = []
    for key in keys {
      let asked = question
      if let effect = press(key) { effects.append(effect) }
      if asked == nil, question != nil { break }
    }
    return effects
  }

  private mutating func press(_ key: Key) -> MonitorEffect? {
    switch key {
    case .interrupt: return .interrupt
    case .suspend: return .suspend
    case .redraw: return .redraw
    default: break
    }
    if let deed = question {
      question = nil
      if key == .character("y") || key == .character("Y") { return .perform(deed) }
      message = "not done"
      return nil
    }
    message = nil
    if showsHelp {
      showsHelp = false
      return nil
    }
    if isTyping {
      type(key)
      return nil
    }
    if case .character(let letter) = key, let effect = press(letter) { return effect }
    return detail == nil ? pressInList(key) : pressInDetail(key)
  }

  /// Letters that mean the same everywhere.
  private mutating func press(_ letter: Character) -> MonitorEffect? {
    let target = detail?.id ?? selected
    let record = target.flatMap { facts.state[$0] }
    switch letter {
    case "q" where detail == nil: return .quit
    case "?": showsHelp = true
    case "p": question = facts.state.status == .paused ? .resume : .pause
    case "c": question = target.map(MonitorDeed.cancel)
    case "r": question = target.map(MonitorDeed.retry)
    case "o": question = target.map(MonitorDeed.open)
    case "a":
      guard let record else { break }
      if let tip = record.tip {
        question = .approve(record.id, tip)
      } else {
        message = "\(record.id) has no result to approve"
      }
    default: break
    }
    return nil
  }

  private mutating func type(_ key: Key) {
    switch key {
    case .character(let letter) where filter.count < 100: filter.append(letter)
    case .backspace:
      if filter.isEmpty { isTyping = false } else { filter.removeLast() }
    case .enter: isTyping = false
    case .escape:
      filter = ""
      isTyping = false
    case .up: move(by: -1)
    case .down: move(by: 1)
    default: break
    }
  }

  private mutating func pressInList(_ key: Key) -> MonitorEffect? {
    switch key {
    case .up, .character("k"): move(by: -1)
    case .down, .character("j"): move(by: 1)
    case .pageUp: move(by: -tableHeight)
    case .pageDown, .character(" "): move(by: tableHeight)
    case .home, .character("g"): move(by: -facts.state.workstreams.count)
    case .end, .character("G"): move(by: facts.state.workstreams.count)
    case .character("/"): isTyping = true
    case .escape: filter = ""
    case .enter, .right:
      guard let selected else { return nil }
      detail = MonitorDetail(id: selected)
      return .load(selected, .log)
    default: break
    }
    return nil
  }

  private mutating func pressInDetail(_ key: Key) -> MonitorEffect? {
    guard let page = detail?.page else { return nil }
    let pages = MonitorDetail.Page.allCases
    let place = pages.firstIndex(of: page) ?? 0
    switch key {
    case .escape, .character("q"), .backspace: detail = nil
    case .tab, .right: return turn(to: pages[(place + 1) % pages.count])
    case .left: return turn(to: pages[(place + pages.count - 1) % pages.count])
    case .character("1"), .character("l"): return turn(to: .log)
    case .character("2"), .character("d"): return turn(to: .diff)
    case .character("3"): return turn(to: .attempts)
    case .up, .character("k"): scroll(by: -1)
    case .down, .character("j"): scroll(by: 1)
    case .pageUp: scroll(by: -detailHeight)
    case .pageDown, .character(" "): scroll(by: detailHeight)
    case .home, .character("g"): scroll(by: -MonitorDetail.mostLines)
    case .end, .character("G"): scroll(by: MonitorDetail.mostLines)
    default: break
    }
    return nil
  }

  private mutating func turn(to page: MonitorDetail.Page) -> MonitorEffect? {
    guard let id = detail?.id else { return nil }
    detail = MonitorDetail(id: id, page: page, follows: page == .log)
    return .load(id, page)
  }

  private mutating func scroll(by count: Int) {
    guard var detail else { return }
    let end = lastTop(of: detail)
    detail.top = min(max(0, (detail.follows ? end : detail.top) + count), end)
    // Who goes to the end of a log stays there.
    detail.follows = detail.page == .log && detail.top == end
    self.detail = detail
  }

  /// The page that was asked for is there, or is there again.
  mutating func show(_ lines: [String], of id: WorkstreamID, _ page: MonitorDetail.Page) {
    guard var detail, detail.id == id, detail.page == page else { return }
    detail.lines =
      page == .log
      ? lines.suffix(MonitorDetail.mostLines) : Array(lines.prefix(MonitorDetail.mostLines))
    detail.top = min(detail.top, lastTop(of: detail))
    self.detail = detail
  }
}
