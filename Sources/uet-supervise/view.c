/* Has the command see a folder at another path, in a mount name space of its own: what it writes there with
 * absolute paths is good in every other folder that is seen at the same one. On Linux alone; elsewhere it fails. */
#include "supervise.h"

#include <errno.h>
#include <unistd.h>

#if defined(__linux__)
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>

static bool say(const char *file, const char *text) {
  int fd = open(file, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const ssize_t length = (ssize_t)strlen(text);
  const bool done = write(fd, text, (size_t)length) == length;
  close(fd);
  return done;
}

/* Whoever has no right to make a name space gets it in one of users, in which each has the number that it
 * had. */
static bool enter_name_space(void) {
  const uid_t user = geteuid();
  const gid_t group = getegid();
  if (unshare(CLONE_NEWNS) == 0) return true;
  if (errno != EPERM || unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
  /* Its own files in /proc are else closed to it, as those of the supervisor are to the command. */
  prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L);
  char map[64];
  snprintf(map, sizeof map, "%lu %lu 1", (unsigned long)user, (unsigned long)user);
  if (!say("/proc/self/uid_map", map)) return false;
  /* Kernels before 3.19 do not have it. */
  say("/proc/self/setgroups", "deny");
  snprintf(map, sizeof map, "%lu %lu 1", (unsigned long)group, (unsigned long)group);
  return say("/proc/self/gid_map", map);
}

bool view_enter(const struct order *order) {
  return enter_name_space() && mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) == 0
         && mount(order->view, order->seen_at, NULL, MS_BIND | MS_REC, NULL) == 0;
}
#else
bool view_enter(const struct order *order) {
  (void)order;
  errno = ENOSYS;
  return false;
}
#endif
