/* Finds and signals the descendants of this process.
 *
 * On Linux every descendant hangs below this process, since it is their subreaper: daemons come
 * to it when their parents end. A direct child's number cannot be given to another process before
 * it is waited for here; that of a deeper one could, but only if the kernel went through all its
 * numbers in the microseconds between reading and signalling. It is found in /proc; elsewhere by libproc, where
 * daemons get away. */
#include "supervise.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __APPLE__
#include <libproc.h>
#endif

/* What does not fit is found in a later pass, when those before it are gone. */
enum { QUEUE_ROOM = 16384 };
static pid_t queue[QUEUE_ROOM], frozen[QUEUE_ROOM];

#ifdef __linux__
static size_t room_after(size_t length) { return QUEUE_ROOM - length; }

/* Adds the numbers in a `children` file to the queue. */
static size_t add_listed(const char *path, size_t length) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return length;
  char text[4096];
  pid_t number = 0;
  ssize_t count;
  while ((count = read(fd, text, sizeof text)) > 0) {
    for (ssize_t index = 0; index < count; index++) {
      if (isdigit((unsigned char)text[index])) {
        number = number * 10 + (text[index] - '0');
      } else if (number > 0) {
        if (room_after(length) > 0) queue[length++] = number;
        number = 0;
      }
    }
  }
  close(fd);
  return length;
}

/* Each thread has children of its own. */
static size_t add_children(pid_t parent, size_t length) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%ld/task", (long)parent);
  DIR *threads = opendir(path);
  if (threads == NULL) return length;
  struct dirent *entry;
  while ((entry = readdir(threads)) != NULL) {
    long thread = strtol(entry->d_name, NULL, 10);
    if (thread <= 0) continue;
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)parent, thread);
    length = add_listed(path, length);
  }
  closedir(threads);
  return length;
}

static pid_t parent_of(long process) {
  char path[64], text[512];
  snprintf(path, sizeof path, "/proc/%ld/stat", process);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t count = read(fd, text, sizeof text - 1);
  close(fd);
  if (count <= 0) return -1;
  text[count] = '\0';
  const char *name_end = strrchr(text, ')');
  if (name_end == NULL || strlen(name_end) < 5) return -1;
  return (pid_t)strtol(name_end + 4, NULL, 10);
}

/* For kernels without `children` files: direct children only, which is enough to end a tree. */
static size_t add_children_by_search(size_t length) {
  DIR *processes = opendir("/proc");
  if (processes == NULL) return length;
  struct dirent *entry;
  while ((entry = readdir(processes)) != NULL) {
    long process = strtol(entry->d_name, NULL, 10);
    if (process > 0 && room_after(length) > 0 && parent_of(process) == getpid())
      queue[length++] = (pid_t)process;
  }
  closedir(processes);
  return length;
}

static size_t own_children(void) {
  static int has_lists = -1;
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
  if (has_lists < 0) has_lists = access(path, R_OK) == 0;
  return has_lists ? add_listed(path, 0) : add_children_by_search(0);
}

void tree_watch_session(pid_t leader) { (void)leader; }
#else
static pid_t session;

void tree_watch_session(pid_t leader) { session = leader; }

/* Those of the command's session; a daemon that left it is found only below its parent. */
static size_t own_children(void) {
  int bytes = proc_listallpids(queue, (int)sizeof queue);
  size_t found = 0;
  for (int index = 0; index < bytes; index++)
    if (queue[index] != getpid() && getsid(queue[index]) == session) queue[found++] = queue[index];
  return found;
}

static size_t add_children(pid_t parent, size_t length) {
  int count = proc_listchildpids(
      parent, queue + length, (int)((QUEUE_ROOM - length) * sizeof *queue));
  return count > 0 ? length + (size_t)count : length;
}
#endif

/* Lists the tree, parents first, and sends each process a signal (0: none) as it is found. */
static size_t walk(int number) {
  size_t length = own_children();
  for (size_t index = 0; index < length; index++) {
    if (number != 0) kill(queue[index], number);
    length = add_children(queue[index], length);
  }
  return length;
}

size_t tree_count(void) { return walk(0); }

size_t tree_kill(void) { return walk(SIGKILL); }

static bool is_frozen(pid_t process, size_t count) {
  for (size_t index = 0; index < count; index++)
    if (frozen[index] == process) return true;
  return false;
}

/* The first child of a process; 0 for none. */
static pid_t only_child(pid_t parent) {
  size_t length = add_children(parent, 0);
  return length > 0 ? queue[0] : 0;
}

pid_t tree_wrapped(pid_t wrapper) {
  pid_t first = only_child(wrapper);
  pid_t command = first > 0 ? only_child(first) : 0;
  return command > 0 ? command : wrapper;
}

/* The tree is stopped before it gets TERM: otherwise a shell that ends at once hides its children
 * from the search, one that lives on a moment starts the next command of its script, and what a
 * handler starts in order to tidy up would be ended too. */
void tree_terminate(pid_t wrapper) {
  size_t count = 0;
  const pid_t first = wrapper > 0 ? only_child(wrapper) : 0;
  for (int round = 0; round < 16; round++) {
    size_t length = walk(0), before = count;
    for (size_t index = 0; index < length && count < QUEUE_ROOM; index++) {
      if (is_frozen(queue[index], before)) continue;
      if (wrapper > 0 && (queue[index] == wrapper || queue[index] == first)) continue;
      kill(queue[index], SIGSTOP);
      frozen[count++] = queue[index];
    }
    if (count == before) break;
  }
  for (size_t index = 0; index < count; index++) kill(frozen[index], SIGTERM);
  for (size_t index = 0; index < count; index++) kill(frozen[index], SIGCONT);
}

/* A group is signalled in one step that no fork can slip through. In a session of which this process
 * is the leader, and in those that began below it, all groups hold descendants only, but for its own;
 * started by hand it may be in the session of a shell, and then it keeps off groups. */
size_t tree_kill_children(void) {
  const pid_t own = getpgrp();
  const bool leads = getsid(0) == getpid();
  size_t length = own_children();
  pid_t last = 0;
  for (size_t index = 0; index < length; index++) {
    kill(queue[index], SIGKILL);
    if (!leads) continue;
    pid_t group = getpgid(queue[index]);
    /* Once is enough: the thousands of a fork bomb share a group. */
    if (group > 1 && group != own && group != last) kill(-group, SIGKILL);
    last = group;
  }
  return length;
}
