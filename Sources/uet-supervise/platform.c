/* What differs between Linux and macOS, the process tree aside. On Linux /proc and prctl are asked; elsewhere
 * sysctl, and what there is no call for is left out. */
#include "supervise.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#include <sys/syscall.h>
#else
#include <sys/sysctl.h>
#endif

int64_t now_microseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

#ifdef __linux__
/* Field 22 of /proc/self/stat, in clock ticks since boot. The name in field 2 may hold anything,
 * so the fields are counted from the last parenthesis. */
uint64_t own_start_time(void) {
  char text[1024];
  int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t count = read(fd, text, sizeof text - 1);
  close(fd);
  if (count <= 0) return 0;
  text[count] = '\0';
  char *field = strrchr(text, ')');
  for (int index = 2; field != NULL && index < 22; index++) field = strchr(field + 1, ' ');
  return field == NULL ? 0 : strtoull(field + 1, NULL, 10);
}

/* Orphans of the tree become children of this process instead of init's. Not being dumpable keeps
 * the command, which runs as the same user, from tracing this process. */
void take_whole_tree(void) {
  prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
  prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
}
#else
uint64_t own_start_time(void) {
  int name[4] = {CTL_KERN, KERN_PROC, KERN_PROC_PID, (int)getpid()};
  struct kinfo_proc info;
  size_t size = sizeof info;
  if (sysctl(name, 4, &info, &size, NULL, 0) != 0 || size == 0) return 0;
  const struct timeval start = info.kp_proc.p_starttime;
  return (uint64_t)start.tv_sec * 1000000 + (uint64_t)start.tv_usec;
}

void take_whole_tree(void) {}
#endif

/* Nothing but the three standard descriptors is wanted from whoever started this program, and
 * those three must be taken, lest a file opened later becomes one of them. */
void close_inherited(void) {
  int fd;
  do fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  while (fd >= 0 && fd <= 2);
#if defined(__linux__) && defined(SYS_close_range)
  if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0) return;
#endif
  long limit = sysconf(_SC_OPEN_MAX);
  if (limit < 0 || limit > 65536) limit = 65536;
  for (int other = 3; other < (int)limit; other++) close(other);
}
