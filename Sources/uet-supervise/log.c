/* The log of the output, with a limit on its size.
 *
 * The head is written as it comes, so that it can be followed and survives a kill of this program.
 * What comes after it goes through a ring that keeps the last bytes; they are added at the end,
 * behind a line that says how many were left out. A full disk never holds up the command: its
 * output is read and counted all the same. */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TAIL_MOST = 256 * 1024, LIMIT_LEAST = 4096, MARK_ROOM = 96 };

static char ring[TAIL_MOST];

bool log_open(struct log *log, const char *path, int64_t limit) {
  if (limit < LIMIT_LEAST) limit = LIMIT_LEAST;
  size_t tail = limit / 2 < TAIL_MOST ? (size_t)limit / 2 : (size_t)TAIL_MOST;
  *log = (struct log){.tail_room = tail, .head_room = (uint64_t)limit - tail - MARK_ROOM};
  int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  do log->fd = open(path, flags, 0600);
  while (log->fd < 0 && errno == EINTR);
  return log->fd >= 0;
}

/* Gives how many bytes were written; notes the first error. */
static size_t write_some(struct log *log, const char *bytes, size_t count) {
  size_t done = 0;
  while (done < count) {
    ssize_t wrote = write(log->fd, bytes + done, count - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      if (log->error == 0) log->error = wrote < 0 ? errno : EIO;
      break;
    }
    done += (size_t)wrote;
  }
  return done;
}

static void keep_in_ring(struct log *log, const char *bytes, size_t count) {
  if (count > log->tail_room) {
    bytes += count - log->tail_room;
    count = log->tail_room;
  }
  while (count > 0) {
    size_t end = (log->tail_start + log->tail_length) % log->tail_room;
    size_t piece = log->tail_room - end < count ? log->tail_room - end : count;
    memcpy(ring + end, bytes, piece);
    size_t free_room = log->tail_room - log->tail_length;
    if (piece > free_room) {
      log->tail_start = (log->tail_start + piece - free_room) % log->tail_room;
      log->tail_length = log->tail_room;
    } else {
      log->tail_length += piece;
    }
    bytes += piece;
    count -= piece;
  }
}

void log_append(struct log *log, const char *bytes, size_t count) {
  log->total += count;
  if (log->error == 0 && log->head < log->head_room) {
    uint64_t room = log->head_room - log->head;
    size_t wrote = write_some(log, bytes, room < count ? (size_t)room : count);
    log->head += wrote;
    bytes += wrote;
    count -= wrote;
  }
  if (count > 0) keep_in_ring(log, bytes, count);
}

uint64_t log_left_out(const struct log *log) {
  return log->total - log->head - log->tail_length;
}

void log_finish(struct log *log) {
  uint64_t left_out = log_left_out(log);
  if (left_out > 0) {
    char mark[MARK_ROOM];
    int length = snprintf(
        mark, sizeof mark, "\n[uet-supervise: %" PRIu64 " bytes left out here]\n", left_out);
    write_some(log, mark, (size_t)length);
  }
  size_t until_wrap = log->tail_room - log->tail_start;
  size_t first = log->tail_length < until_wrap ? log->tail_length : until_wrap;
  size_t wrote = write_some(log, ring + log->tail_start, first);
  if (wrote == first) wrote += write_some(log, ring, log->tail_length - first);
  log->tail_length = wrote;
  close(log->fd);
}
