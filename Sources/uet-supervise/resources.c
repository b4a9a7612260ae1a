/* What the command may use: a control group of its own where one can be made, else the limits of a
 * process; and how the scheduler ranks it, which on Linux is said of the disk as well; elsewhere of the
 * processor alone. */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

enum { MOST_PROCESSES = 16384, CPU_PERIOD = 100000, BACKGROUND_NICE = 10 };

/* The group's list of processes, open while the command starts. */
static int members = -1;

static bool amount(const char *argument, const char *name, int64_t *value) {
  size_t length = strlen(name);
  if (strncmp(argument, name, length) != 0 || argument[length] != '=') return false;
  char *end = NULL;
  errno = 0;
  long long read = strtoll(argument + length + 1, &end, 10);
  if (errno != 0 || end == argument + length + 1 || *end != '\0' || read <= 0) return false;
  *value = read;
  return true;
}

bool limits_option(struct limits *limits, const char *argument) {
  static const char group[] = "--cgroup=";
  if (strncmp(argument, group, sizeof group - 1) == 0) {
    limits->group = argument + sizeof group - 1;
    return true;
  }
  if (strcmp(argument, "--background") == 0) {
    limits->background = true;
    return true;
  }
  return amount(argument, "--memory", &limits->memory) || amount(argument, "--cpu", &limits->cpu);
}

static int open_in(const char *folder, const char *name) {
  char path[PATH_MAX];
  int length = snprintf(path, sizeof path, "%s/%s", folder, name);
  if (length < 0 || (size_t)length >= sizeof path) return -1;
  return open(path, O_WRONLY | O_CLOEXEC);
}

static bool put(const char *folder, const char *name, const char *text) {
  int fd = open_in(folder, name);
  if (fd < 0) return false;
  ssize_t wrote = write(fd, text, strlen(text));
  close(fd);
  return wrote == (ssize_t)strlen(text);
}

void limits_prepare(const struct limits *limits) {
  if (limits->group == NULL || (mkdir(limits->group, 0755) != 0 && errno != EEXIST)) return;
  char text[64];
  bool holds = true;
  if (limits->memory > 0) {
    snprintf(text, sizeof text, "%lld", (long long)limits->memory);
    holds = put(limits->group, "memory.max", text);
    /* What is swapped out would not count. */
    put(limits->group, "memory.swap.max", "0");
  }
  if (holds && limits->cpu > 0) {
    snprintf(text, sizeof text, "%lld %d", (long long)limits->cpu * CPU_PERIOD / 1000, CPU_PERIOD);
    put(limits->group, "cpu.max", text);
  }
  snprintf(text, sizeof text, "%d", MOST_PROCESSES);
  put(limits->group, "pids.max", text);
  if (holds) members = open_in(limits->group, "cgroup.procs");
  if (members < 0) rmdir(limits->group);
}

/* In the child, which shares this program's memory: nothing here changes any. */
void limits_enter(const struct limits *limits) {
  bool is_held = members >= 0 && write(members, "0", 1) == 1;
  if (!is_held && limits->memory > 0) {
    struct rlimit most = {.rlim_cur = (rlim_t)limits->memory, .rlim_max = (rlim_t)limits->memory};
    setrlimit(RLIMIT_DATA, &most);
  }
  if (!limits->background) return;
  setpriority(PRIO_PROCESS, 0, BACKGROUND_NICE);
#ifdef __linux__
  /* The process itself; the last of the classes that are served while others wait. */
  syscall(SYS_ioprio_set, 1, 0, 2 << 13 | 7);
#endif
}

void limits_leave(const struct limits *limits) {
  if (members < 0) return;
  close(members);
  members = -1;
  rmdir(limits->group);
}
