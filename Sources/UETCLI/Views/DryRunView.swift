import UETEngine
import UETModel
import UETPlanning
import UETReporting

/// What a run would do, without doing it.
struct DryRunView {
  let prepared: PreparedRun
  let style: TextStyle

  var text: String {
    let plan = prepared.plan
    let count = plan.workstreams.count
    let head = """
      would run \(count.counting("workstream")) with \(prepared.workers.counting("worker")) from \
      commit \(prepared.base.short)
      worktrees below \(prepared.project.worktreeRoot.terminalSafe)
      branches  uet/RUN/WORKSTREAM


      """
    return head + PlanReport(plan).text(style) + "\nnothing was changed\n"
  }
}
