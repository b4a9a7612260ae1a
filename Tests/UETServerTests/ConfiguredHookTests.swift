import Testing
import UETModel

@testable import UETServer

@Suite struct ConfiguredHookTests {
  private func names(
    _ settings: [(key: String, value: String)], at hook: HookFile = .preReceive
  ) -> [String] {
    ConfiguredHooks(settings).hooks(at: hook).map(\.name)
  }

  @Test func theyRunInTheOrderInWhichTheirEventsAreNamed() {
    let commands = ["a", "b", "c.d"].map { (key: "hook.\($0).command", value: "run \($0)") }
    let all = commands + ["c.d", "a", "b"].map { ("hook.\($0).event", "pre-receive") }
    #expect(names(all) == ["c.d", "a", "b"])
    #expect(names(all, at: .postReceive).isEmpty)
    #expect(names(all + [("hook.c.d.event", "pre-receive")]) == ["a", "b", "c.d"])
    #expect(names(all + [("hook.a.event", "post-receive")], at: .postReceive) == ["a"])
    #expect(names(all + [("hook.a.event", "")]) == ["c.d", "b"])
    #expect(names(all + [("hook.b.enabled", "false")]) == ["c.d", "a"])
    #expect(
      names(all + [("hook.b.enabled", "off"), ("hook.b.enabled", "true")]) == ["c.d", "a", "b"])
    #expect(names(all + [("hook.pre-receive.enabled", "0")]).isEmpty)
    // One without a command is none, and settings of another form are no hooks.
    #expect(names([("hook.x.event", "pre-receive"), ("hook.jobs", "2")]).isEmpty)
  }

  /// Git does not look for it there.
  @Test func noneRunsAtProcReceive() {
    let settings = [("hook.x.command", "x"), ("hook.x.event", "proc-receive")]
    #expect(names(settings, at: .procReceive).isEmpty)
  }

  @Test(arguments: [
    ("git-uet hook pre-receive", true), ("git uet hook pre-receive", true),
    ("'/usr/local/bin/git-uet'  hook pre-receive --after x", true),
    ("cd / && exec \"git-uet\" hook pre-receive", true),
    ("/usr/bin/git uet hook pre-receive", true), ("git-uet hook post-receive", false),
    ("git-uet status", false), ("git uet", false), ("echo git uet hooks pre-receive", false),
    ("", false),
  ])
  func whatCallsThisProgramIsKnown(command: String, calls: Bool) {
    #expect(ConfiguredHooks.Hook(name: "x", command: command).calls(.preReceive) == calls)
  }
}
