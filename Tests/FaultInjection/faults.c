/*
 * A library to preload (LD_PRELOAD) into a program under test. It counts the system calls that change
 * files below one folder, writes them down, and makes the one with a given number fail, or end the
 * process, as a full disk, a broken one, or a kill at that very moment would.
 *
 * UET_FAULT=KIND:NUMBER:STICKY:FOLDER arms it from the start; the program may do so by itself through
 * uet_fault_arm, which it finds with dlsym. UET_FAULT_TRACE names a file for the list of calls.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { KILL = -9, COUNT = 0 };

static char root[PATH_MAX];
static size_t root_length;
static int kind;
static long target;
static int sticky;
static atomic_int armed;
static atomic_long seen;
static atomic_int fired;
static int trace = -1;

static int (*real_open)(const char *, int, ...);
static ssize_t (*real_write)(int, const void *, size_t);

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

void uet_fault_arm(const char *folder, int what, long number, int stays);
long uet_fault_disarm(void);
int uet_fault_fired(void);

void uet_fault_arm(const char *folder, int what, long number, int stays) {
  snprintf(root, sizeof root, "%s", folder);
  root_length = strlen(root);
  kind = what;
  target = number;
  sticky = stays;
  atomic_store(&seen, 0);
  atomic_store(&fired, 0);
  atomic_store(&armed, 1);
}

/* Gives the number of calls since it was armed. */
long uet_fault_disarm(void) {
  atomic_store(&armed, 0);
  return atomic_load(&seen);
}

int uet_fault_fired(void) { return atomic_load(&fired); }

__attribute__((constructor)) static void start(void) {
  real_open = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
  real_write = REAL(write);
  const char *list = getenv("UET_FAULT_TRACE");
  if (list) trace = real_open(list, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const char *order = getenv("UET_FAULT");
  char folder[PATH_MAX];
  int what, stays;
  long number;
  if (order && sscanf(order, "%d:%ld:%d:%4095[^\n]", &what, &number, &stays, folder) == 4)
    uet_fault_arm(folder, what, number, stays);
}

/* Whether the call on this path is to fail; sets errno then. */
static int strike(const char *call, const char *path) {
  char full[PATH_MAX * 2];
  if (!path) return 0;
  if (path[0] != '/') {
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here)) return 0;
    snprintf(full, sizeof full, "%s/%s", here, path);
    path = full;
  }
  if (trace >= 0) {
    char line[PATH_MAX * 2 + 64];
    int length = snprintf(line, sizeof line, "%s %s\n", call, path);
    if (length > 0) (void)!real_write(trace, line, (size_t)length);
  }
  if (!atomic_load(&armed) || strncmp(path, root, root_length) != 0) return 0;
  /* A full disk takes nothing, but gives. */
  if (kind == ENOSPC && strcmp(call, "unlink") == 0) return 0;
  long number = atomic_fetch_add(&seen, 1) + 1;
  if (kind == COUNT || number < target || (number > target && !sticky)) return 0;
  atomic_store(&fired, 1);
  if (kind == KILL) kill(getpid(), SIGKILL);
  errno = kind;
  return 1;
}

static int strike_file(const char *call, int file) {
  char name[64], path[PATH_MAX];
  struct stat facts;
  int before = errno;
  if (fstat(file, &facts) != 0 || !(S_ISREG(facts.st_mode) || S_ISDIR(facts.st_mode))) {
    errno = before;
    return 0;
  }
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  ssize_t length = readlink(name, path, sizeof path - 1);
  errno = before;
  if (length <= 0) return 0;
  path[length] = 0;
  return strike(call, path);
}

static int changes(int flags) { return (flags & (O_CREAT | O_WRONLY | O_RDWR | O_TRUNC)) != 0; }

static mode_t mode_of(int flags, va_list words) {
  return (flags & (O_CREAT | O_TMPFILE)) ? (mode_t)va_arg(words, int) : 0;
}

#define OPEN(name)                                                              \
  int name(const char *path, int flags, ...) {                                  \
    va_list words;                                                              \
    va_start(words, flags);                                                     \
    mode_t mode = mode_of(flags, words);                                        \
    va_end(words);                                                              \
    if (changes(flags) && strike("open", path)) return -1;                      \
    return ((int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #name))(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                            \
  int name(int folder, const char *path, int flags, ...) {                      \
    va_list words;                                                              \
    va_start(words, flags);                                                     \
    mode_t mode = mode_of(flags, words);                                        \
    va_end(words);                                                              \
    if (changes(flags) && strike("open", path)) return -1;                      \
    return ((int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, #name))(     \
        folder, path, flags, mode);                                             \
  }
OPENAT(openat)
OPENAT(openat64)

int creat(const char *path, mode_t mode) {
  return strike("open", path) ? -1 : REAL(creat)(path, mode);
}
int mkstemp(char *path) { return strike("open", path) ? -1 : REAL(mkstemp)(path); }
int mkstemp64(char *path) { return strike("open", path) ? -1 : REAL(mkstemp64)(path); }
int mkostemp(char *path, int flags) {
  return strike("open", path) ? -1 : REAL(mkostemp)(path, flags);
}

/* A disk that fills up takes the first half of what it is given. */
static size_t portion(size_t count) {
  return kind == ENOSPC && sticky && atomic_load(&seen) == target ? count / 2 : 0;
}

/* Notes what the program under test says, in the order of its calls; its children are not followed. */
static void note_word(int file, const void *bytes, size_t count) {
  char line[64] = "say ";
  if (trace < 0 || file != 1 || count > sizeof line - 8) return;
  memcpy(line + 4, bytes, count);
  (void)!real_write(trace, line, count + 4);
}

ssize_t write(int file, const void *bytes, size_t count) {
  note_word(file, bytes, count);
  if (!strike_file("write", file)) return real_write(file, bytes, count);
  size_t part = portion(count);
  return part > 0 ? real_write(file, bytes, part) : -1;
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t place) {
  return strike_file("write", file) ? -1 : REAL(pwrite)(file, bytes, count, place);
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t place) {
  return strike_file("write", file) ? -1 : REAL(pwrite64)(file, bytes, count, place);
}
ssize_t writev(int file, const struct iovec *parts, int count) {
  return strike_file("write", file) ? -1 : REAL(writev)(file, parts, count);
}
int fsync(int file) { return strike_file("sync", file) ? -1 : REAL(fsync)(file); }
int fdatasync(int file) { return strike_file("sync", file) ? -1 : REAL(fdatasync)(file); }
int ftruncate(int file, off_t size) {
  return strike_file("truncate", file) ? -1 : REAL(ftruncate)(file, size);
}
int ftruncate64(int file, off64_t size) {
  return strike_file("truncate", file) ? -1 : REAL(ftruncate64)(file, size);
}
int rename(const char *path, const char *to) {
  return strike("rename", to) ? -1 : REAL(rename)(path, to);
}
int renameat(int from, const char *path, int folder, const char *to) {
  return strike("rename", to) ? -1 : REAL(renameat)(from, path, folder, to);
}
int renameat2(int from, const char *path, int folder, const char *to, unsigned flags) {
  return strike("rename", to) ? -1 : REAL(renameat2)(from, path, folder, to, flags);
}
int link(const char *path, const char *to) {
  return strike("link", to) ? -1 : REAL(link)(path, to);
}
int unlink(const char *path) { return strike("unlink", path) ? -1 : REAL(unlink)(path); }
int mkdir(const char *path, mode_t mode) {
  return strike("mkdir", path) ? -1 : REAL(mkdir)(path, mode);
}
