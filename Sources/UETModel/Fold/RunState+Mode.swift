extension RunState {
  package var tier: OperatingTier { mode?.tier ?? .normal }

  mutating func foldMode(_ fact: Told<Fact.ModeChanged>, _ event: Event) {
    guard let tier = fact.tier, tier != .normal else {
      mode = nil
      return
    }
    var mode = OperatingMode(tier: tier, since: event.at)
    (mode.reason, mode.figures) = (fact.reason, fact.figures)
    self.mode = mode
  }
}
