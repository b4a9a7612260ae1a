/* uet-supervise: runs one command and leaves no process of it behind.
 *
 *   uet-supervise [--cwd=DIR] [--log=FILE] [--log-limit=BYTES] [--timeout-ms=N] [--grace-ms=N]
 *                 [--farewell-ms=N] [--beat-ms=N] [--input=FILE] [--memory=BYTES] [--cpu=THOUSANDTHS]
 *                 [--cgroup=DIR] [--background] [--wrapped | --rule=[rw]PATH...] [--offline]
 *                 [--view=DIR --seen-at=DIR] -- PROGRAM [ARGUMENT...]
 *
 * Descriptor 0 is the control channel: `T` asks for a graceful end (TERM to the whole tree, KILL
 * after the grace; with a farewell the command alone gets TERM first, and the tree when it has ended
 * or the farewell is over), `K` for an end at once. Its end of file means that the orchestrator is gone and
 * counts as `T`. SIGTERM, SIGINT and SIGHUP count as `T` too, SIGQUIT as `K`.
 * Descriptor 1 takes reports, lines of JSON: one when the command was started, one at every beat,
 * one at the end. Both may be the same socket.
 * The command gets the variables whose name begins with `+`, without it; FILE as its input, else /dev/null;
 * one pipe as its output and errors, which are copied to the log (log.c); and a process group of its
 * own.
 *
 * DIR is made as a control group with these limits, which the command begins in, and removed in the end; where that
 * fails, and without one, the memory is a limit of each process. In the background it yields to others.
 *
 * When the command has ended, what it left running gets a moment to end, then TERM, then KILL. The
 * report comes when no descendant is left, so its reader may delete the working directory. */
#include "supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __WALL
#define __WALL 0
#endif

enum { LINGER = 100000, GIVE_UP = 10000000, KILL_MOST = 600000000, RETRY_MOST = 50000 };
enum { NEVER_FD = -1 };
static const int64_t never = INT64_MAX;

static volatile sig_atomic_t asked_to_stop, asked_to_kill;

struct watch {
  const struct order *order;
  struct log log;
  pid_t command;
  int output, control, told;
  /* RUNNING: the command is. LEAVING: it alone got TERM. LINGERING: it ended, others have a moment.
   * TERMINATING: TERM was sent to all. KILLING: KILL is sent until nothing is left. */
  enum { RUNNING, LEAVING, LINGERING, TERMINATING, KILLING } phase;
  const char *cause; /* "timeout", "stopped" or NULL */
  int64_t started, ended, next_beat;
  int64_t deadline; /* of the phase */
  int64_t killing_since, last_progress, retry;
  int status;
  bool command_ended, tree_ended;
  unsigned stragglers;
};

static void on_signal(int number) {
  if (number == SIGQUIT) asked_to_kill = 1;
  if (number == SIGTERM || number == SIGINT || number == SIGHUP) asked_to_stop = 1;
}

/* The handled signals stay blocked but for the wait in `await`; the others cannot end this
 * program, except those that tell of its own defects. */
static void take_signals(sigset_t *waiting) {
  static const int handled[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT};
  static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS};
  struct sigaction ignore = {.sa_handler = SIG_IGN}, take = {.sa_handler = on_signal, .sa_flags = SA_NOCLDSTOP};
  struct sigaction usual = {.sa_handler = SIG_DFL};
  sigset_t blocked;
  sigemptyset(&blocked);
  for (int number = 1; number < NSIG; number++) sigaction(number, &ignore, NULL);
  for (size_t index = 0; index < sizeof own / sizeof *own; index++)
    sigaction(own[index], &usual, NULL);
  for (size_t index = 0; index < sizeof handled / sizeof *handled; index++) {
    sigaddset(&blocked, handled[index]);
    sigaction(handled[index], &take, NULL);
  }
  sigprocmask(SIG_SETMASK, &blocked, NULL);
  sigemptyset(waiting);
}

static bool reap(struct watch *watch) {
  bool any = false;
  for (;;) {
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
    if (pid < 0 && errno == EINTR) continue;
    if (pid < 0) watch->tree_ended = true;
    if (pid <= 0) break;
    any = true;
    watch->last_progress = now_microseconds();
    if (pid == watch->command) {
      watch->command_ended = true;
      watch->status = status;
      watch->ended = watch->last_progress;
    } else if (watch->command_ended && watch->phase >= TERMINATING) {
      watch->stragglers++;
    }
  }
#ifndef __linux__
  watch->tree_ended = watch->command_ended && tree_count() == 0;
#endif
  return any;
}

/* Gives whether there may be more to read at once. */
static bool copy_output(struct watch *watch) {
  static char bytes[65536];
  ssize_t count = read(watch->output, bytes, sizeof bytes);
  if (count > 0) {
    log_append(&watch->log, bytes, (size_t)count);
    return true;
  }
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return errno == EINTR;
  close(watch->output);
  watch->output = NEVER_FD;
  return false;
}

static void read_control(struct watch *watch) {
  char commands[64];
  ssize_t count = read(CONTROL_FD, commands, sizeof commands);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count <= 0) {
    watch->control = NEVER_FD;
    asked_to_stop = 1;
    return;
  }
  if (memchr(commands, 'T', (size_t)count) != NULL) asked_to_stop = 1;
  if (memchr(commands, 'K', (size_t)count) != NULL) asked_to_kill = 1;
}

static void begin_killing(struct watch *watch, int64_t now) {
  watch->phase = KILLING;
  watch->deadline = now;
  watch->killing_since = watch->last_progress = now;
  watch->retry = 1000;
}

static void begin_terminating(struct watch *watch, int64_t now) {
  watch->phase = TERMINATING;
  watch->deadline = now + watch->order->grace;
  tree_terminate(watch->order->wrapped && !watch->command_ended ? watch->command : 0);
}

static void begin_leaving(struct watch *watch, int64_t now) {
  watch->phase = LEAVING;
  watch->deadline = now + watch->order->farewell;
  kill(watch->order->wrapped ? tree_wrapped(watch->command) : watch->command, SIGTERM);
}

/* Kills in quick rounds as long as they have an effect: a process that forks and exits without
 * end has a new number each time, and is caught only between two of its forks. */
static void kill_tree(struct watch *watch) {
  for (int round = 0; round < 1000 && !watch->tree_ended; round++) {
    tree_kill_children();
    if (!reap(watch)) break;
  }
  if (watch->tree_ended) return;
  tree_kill();
  watch->retry = watch->retry * 2 < RETRY_MOST ? watch->retry * 2 : RETRY_MOST;
  watch->deadline = now_microseconds() + watch->retry;
}

/* A process can outlast KILL: one of another user (a set-user-id program), or one that hangs in
 * the kernel. It is reported rather than waited for without end. */
static bool gave_up(const struct watch *watch, int64_t now) {
  return watch->phase == KILLING
         && (now - watch->last_progress > GIVE_UP || now - watch->killing_since > KILL_MOST);
}

static void advance(struct watch *watch, int64_t now) {
  const struct order *order = watch->order;
  bool late = order->timeout > 0 && now - watch->started >= order->timeout;
  if (!watch->command_ended && watch->cause == NULL) {
    if (asked_to_stop || asked_to_kill) watch->cause = "stopped";
    else if (late) watch->cause = "timeout";
  }
  if (watch->phase == RUNNING && watch->cause != NULL) {
    if (order->farewell > 0 && !watch->command_ended) begin_leaving(watch, now);
    else begin_terminating(watch, now);
  }
  if (watch->phase == LEAVING && (now >= watch->deadline || watch->command_ended))
    begin_terminating(watch, now);
  if (watch->phase == RUNNING && watch->command_ended) {
    watch->phase = LINGERING;
    watch->deadline = now + (order->grace < LINGER ? order->grace : LINGER);
  }
  if (watch->phase == LINGERING && (now >= watch->deadline || asked_to_stop))
    begin_terminating(watch, now);
  if (watch->phase < KILLING && asked_to_kill) begin_killing(watch, now);
  if (watch->phase == TERMINATING && now >= watch->deadline) begin_killing(watch, now);
  if (watch->phase == KILLING && now >= watch->deadline) kill_tree(watch);
  if (now >= watch->next_beat) {
    report_beat(now - watch->started, watch->log.total);
    watch->next_beat = now + order->beat;
  }
}

static int64_t earlier(int64_t one, int64_t other) { return one < other ? one : other; }

/* Waits for output, a command, a signal or the next deadline. */
static void await(struct watch *watch, const sigset_t *waiting) {
  fd_set readable;
  FD_ZERO(&readable);
  if (watch->control != NEVER_FD) FD_SET(CONTROL_FD, &readable);
  if (watch->output != NEVER_FD) FD_SET(watch->output, &readable);
  int64_t until = earlier(watch->next_beat, watch->phase == RUNNING ? never : watch->deadline);
  if (watch->phase == RUNNING && watch->order->timeout > 0)
    until = earlier(until, watch->started + watch->order->timeout);
  int64_t left = until - now_microseconds();
  if (left < 0) left = 0;
  const struct timespec patience = {
      .tv_sec = (time_t)(left / 1000000), .tv_nsec = (long)(left % 1000000) * 1000};
  int most = watch->output > CONTROL_FD ? watch->output : CONTROL_FD;
  if (pselect(most + 1, &readable, NULL, NULL, &patience, waiting) <= 0) return;
  if (watch->control != NEVER_FD && FD_ISSET(CONTROL_FD, &readable)) read_control(watch);
  if (watch->output != NEVER_FD && FD_ISSET(watch->output, &readable))
    for (int round = 0; round < 16 && copy_output(watch); round++) {}
}

static void watch_tree(struct watch *watch, const sigset_t *waiting) {
  for (;;) {
    reap(watch);
    if (watch->tree_ended) break;
    int64_t now = now_microseconds();
    advance(watch, now);
    if (watch->tree_ended || gave_up(watch, now)) break;
    await(watch, waiting);
  }
  /* A process outside the tree may hold the pipe open and write to it, so this too has an end. */
  for (int round = 0; round < 64 && watch->output != NEVER_FD && copy_output(watch); round++) {}
}

/* bubblewrap tells of a signal as a shell does. Where it tells nothing, the command never ran. */
static void confined_ending(const struct watch *watch, struct ending *ending) {
  int status = confined_status(watch->told);
  if (status < 0) {
    if (strcmp(ending->how, "exited") != 0 || watch->cause != NULL) return;
    ending->how = "not_started";
    ending->step = "confine";
  } else if (status > 128 && status < 160) {
    ending->how = "signalled";
    ending->signal = status - 128;
  } else {
    ending->how = "exited";
    ending->status = status;
  }
}

static struct ending ending_of(const struct watch *watch) {
  struct ending ending = {.how = "exited", .step = "", .stragglers = watch->stragglers};
  int64_t ended = watch->command_ended ? watch->ended : now_microseconds();
  ending.wall = ended - watch->started;
  if (watch->command_ended && WIFEXITED(watch->status)) {
    ending.status = WEXITSTATUS(watch->status);
  } else if (watch->command_ended && WIFSIGNALED(watch->status)) {
    ending.how = "signalled";
    ending.signal = WTERMSIG(watch->status);
  }
  if (watch->told != NEVER_FD) confined_ending(watch, &ending);
  if (watch->cause != NULL) ending.how = watch->cause;
  if (!watch->tree_ended) ending.survivors = tree_count();
  return ending;
}

static int not_started(struct watch *watch, const struct start_failure *failure) {
  static const char *const steps[] = {"", "log", "pipe", "fork", "cwd", "exec", "memory", "confine", "view"};
  reap(watch);
  const struct ending ending = {
      .how = "not_started", .error = failure->error, .step = steps[failure->step]};
  report_ended(&ending, &watch->log);
  return 1;
}

static int supervise(const struct order *order, const sigset_t *waiting, uint64_t start_time) {
  struct watch watch = {
      .order = order, .output = NEVER_FD, .told = NEVER_FD, .control = CONTROL_FD, .phase = RUNNING};
  struct start_failure failure = {STEP_LOG, 0};
  if (!log_open(&watch.log, order->log_path, order->log_limit)) {
    failure.error = errno;
    return not_started(&watch, &failure);
  }
  watch.started = now_microseconds();
  watch.next_beat = watch.started + order->beat;
  limits_prepare(&order->limits);
  watch.command = command_start(order, &watch.output, &watch.told, &failure);
  if (watch.command < 0) {
    limits_leave(&order->limits);
    return not_started(&watch, &failure);
  }
  tree_watch_session(watch.command);
  report_started(watch.command, start_time);
  watch_tree(&watch, waiting);
  log_finish(&watch.log);
  limits_leave(&order->limits);
  const struct ending ending = ending_of(&watch);
  report_ended(&ending, &watch.log);
  return 0;
}

int main(int argc, char **argv) {
  extern char **environ;
  struct order order;
  sigset_t waiting;
  if (!order_read(&order, argc, argv)) {
    static const char usage[] = "usage: uet-supervise [--name=value...] -- PROGRAM [ARGUMENT...]\n";
    ssize_t ignored = write(2, usage, sizeof usage - 1);
    (void)ignored;
    return 2;
  }
  close_inherited();
  setsid();
  take_whole_tree();
  take_signals(&waiting);
  uint64_t start_time = own_start_time();
  if (!order_take_environment(&order, environ, start_time)) {
    struct watch watch = {.order = &order, .told = NEVER_FD};
    const struct start_failure failure = {STEP_MEMORY, ENOMEM};
    return not_started(&watch, &failure);
  }
  return supervise(&order, &waiting, start_time);
}
