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
    let workers = StaffWords.text(prepared.workers, least: prepared.leastWorkers)
    let head = """
      would run \(count.counting("workstream")) with \(workers) from \
      commit \(prepared.base.short)
      worktrees below \(prepared.project.worktreeRoot.terminalSafe)
      branches  uet/RUN/WORKSTREAM


      """
    return head + PlanReport(plan).text(style) + "\nnothing was changed\n"
  }
}
