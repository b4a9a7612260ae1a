import Foundation
import Testing
import UETTestSupport

/// The machine's clock is set back by an hour in the middle of a run.
@Suite struct ClockTests {
  /// Moves the real-time clock of whoever loads it by the seconds that a file holds.
  private static let source = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <time.h>
    int clock_gettime(clockid_t clock, struct timespec *time) {
      static int (*real)(clockid_t, struct timespec *);
      if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
      int code = real(clock, time);
      const char *path = getenv("UET_TEST_CLOCK");
      FILE *file = code == 0 && clock == CLOCK_REALTIME && path ? fopen(path, "r") : NULL;
      long offset = 0;
      if (file && fscanf(file, "%ld", &offset) == 1) time->tv_sec += offset;
      if (file) fclose(file);
      return code;
    }
    """

  /// The environment under the moved clock.
  private func environment(_ scratch: Scratch) throws -> [String: String] {
    let folder = scratch.root.path
    try Self.source.write(toFile: folder + "/clock.c", atomically: true, encoding: .utf8)
    let compiled = try Scratch.start(
      "/usr/bin/env", ["cc", "-shared", "-fPIC", "-o", "clock.so", "clock.c", "-ldl"], folder,
      scratch.environment
    ).finish()
    try #require(compiled.status == 0, "\(compiled)")
    var environment = scratch.environment
    environment["LD_PRELOAD"] = folder + "/clock.so"
    environment["UET_TEST_CLOCK"] = folder + "/offset"
    return environment
  }

  @Test(.enabled(if: Ground.hasCompiler, "no C compiler whose libraries can be preloaded"))
  func aRunOutlivesAClockThatGoesBackAnHour() throws {
    let scratch = try Scratch()
    let environment = try environment(scratch)
    try scratch.bundle(
      "ws-wait", scope: ["wait"],
      "while test ! -e '\(scratch.path)/../go'; do sleep 0.02; done; echo > wait")
    // Fails once in a way that waiting helps against, after the clock was set back.
    try scratch.bundle(
      "ws-again", scope: ["again"], after: ["ws-wait"],
      "test -e '\(scratch.path)/../tried' || { : > '\(scratch.path)/../tried'; exit 75; }; echo > again"
    )
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    func uet(_ arguments: String...) throws -> Running {
      try Scratch.start(
        Scratch.binaries.appendingPathComponent("git-uet").path, arguments, scratch.path,
        environment)
    }
    let running = try uet("run")
    try scratch.wait("the attempt to start") { running.printed.contains("ws-wait started") }
    try "-3600".write(
      toFile: scratch.root.path + "/offset", atomically: true, encoding: .utf8)
    try Data().write(to: scratch.root.appendingPathComponent("go"))
    try scratch.wait("the end", limit: 60) { !running.process.isRunning }
    let output = running.finish()
    #expect(output.status == 0 && output.text.contains("ws-again will be tried again"), "\(output)")
    #expect(!output.text.contains(" -"), "no negative spans: \(output)")
    let run = try scratch.onlyRun()
    for question in [["status"], ["integrate", run], ["verify"], ["cache", "verify"]] {
      let answer = try Scratch.start(
        Scratch.binaries.appendingPathComponent("git-uet").path, question, scratch.path,
        environment
      ).finish()
      #expect(answer.status == 0, "\(question): \(answer)")
    }
    let events = try scratch.uet("events", "--json").text
    let times = events.matches(of: /"at":"([^"]+)"/).map { String($0.1) }
    #expect(times.count > 10 && times == times.sorted(), "no event is earlier than the one before")
  }
}
