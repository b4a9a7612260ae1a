import Dispatch

// Threads of the server answer; this one waits for signals.
Task { await DashboardCommand.launch() }
dispatchMain()
