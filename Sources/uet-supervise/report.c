/* What this program tells the orchestrator: one JSON object a line. */
#include "supervise.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* Waits at most `patience` milliseconds (-1: for ever) until the reader has room, so that a reader
 * that is stopped holds up no time limit. A line is shorter than what one poll promises. */
static void send_line(const char *line, int length, int patience) {
  size_t left = length > 0 ? (size_t)length : 0;
  while (left > 0) {
    struct pollfd fd = {.fd = REPORT_FD, .events = POLLOUT};
    int ready = poll(&fd, 1, patience);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0 || (fd.revents & POLLOUT) == 0) return;
    ssize_t wrote = write(REPORT_FD, line, left);
    if (wrote < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (wrote <= 0) return;
    line += wrote;
    left -= (size_t)wrote;
  }
}

void report_started(pid_t command, uint64_t start_time) {
  char line[128];
  int length = snprintf(
      line, sizeof line, "{\"started\":%ld,\"supervisor\":%ld,\"start_time\":%" PRIu64 "}\n",
      (long)command, (long)getpid(), start_time);
  send_line(line, length, 1000);
}

void report_beat(int64_t elapsed, uint64_t output) {
  char line[128];
  int length = snprintf(
      line, sizeof line, "{\"beat_ms\":%" PRId64 ",\"output_bytes\":%" PRIu64 "}\n",
      elapsed / 1000, output);
  send_line(line, length, 0);
}

static int64_t milliseconds(struct timeval time) {
  return (int64_t)time.tv_sec * 1000 + time.tv_usec / 1000;
}

void report_ended(const struct ending *ending, const struct log *log) {
  struct rusage used = {0};
  getrusage(RUSAGE_CHILDREN, &used);
#ifdef __linux__
  const int64_t unit = 1024;
#else
  const int64_t unit = 1;
#endif
  char line[640];
  int length = snprintf(
      line, sizeof line,
      "{\"ended\":\"%s\",\"status\":%d,\"signal\":%d,\"errno\":%d,\"step\":\"%s\","
      "\"wall_us\":%" PRId64 ",\"user_ms\":%" PRId64 ",\"system_ms\":%" PRId64
      ",\"max_rss\":%" PRId64 ",\"output_bytes\":%" PRIu64 ",\"left_out\":%" PRIu64
      ",\"log_errno\":%d,\"stragglers\":%u,\"survivors\":%zu}\n",
      ending->how, ending->status, ending->signal, ending->error, ending->step, ending->wall,
      milliseconds(used.ru_utime), milliseconds(used.ru_stime), (int64_t)used.ru_maxrss * unit,
      log->total, log_left_out(log), log->error, ending->stragglers, ending->survivors);
  send_line(line, length, -1);
}
