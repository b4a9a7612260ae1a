#ifndef UET_CSYSTEM_SHIM_H
#define UET_CSYSTEM_SHIM_H

/* Calls of the system that its headers hide from Swift. On Linux they are those of the kernel by their numbers;
   elsewhere what comes nearest, or the answer that there is none. */

#include <errno.h>

#if defined(__linux__)
#include <sys/syscall.h>
/* Declared here: the system's headers would bring their macros into Swift a second time. */
long syscall(long number, ...);
/* For GNU programs only; in the C library since 2.34. */
#include <spawn.h>
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
/* Likewise, and older. */
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *__restrict actions,
                                         const char *__restrict folder);
int pipe2(int ends[2], int flags);
#else
int renamex_np(const char *from, const char *to, unsigned int flags);
#endif

/* When a file was made, in seconds since 1970; 0 where that is not known. */

#if defined(__linux__)
static inline long long uet_birth_time(const char *path) {
  /* A struct statx: what is known at 0, the time at 80. */
  unsigned long long words[32] = {0};
  if (syscall(SYS_statx, -100, path, 0, 0x800u, words) != 0) return 0;
  return ((unsigned)words[0] & 0x800u) ? (long long)words[10] : 0;
}
#endif

/* On how many processors this process may run; 0 where that is not known. */

static inline int uet_usable_processors(void) {
#if defined(__linux__)
  unsigned long words[1024] = {0}; /* 65,536 processors */
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof words, words);
  int count = 0;
  for (long word = 0; word < bytes / (long)sizeof *words; word++) count += __builtin_popcountl(words[word]);
  return count;
#else
  return 0;
#endif
}

/* openat2(2): opens nothing that lies outside of `folder`, and follows no link on the way. ENOSYS where the
   kernel lacks it. */

static inline int uet_open_beneath(int folder, const char *path, int flags) {
#if defined(__linux__)
  struct {
    unsigned long long flags, mode, resolve;
  } how = {(unsigned long long)flags, 0, 0x08 | 0x04 | 0x02}; /* BENEATH, NO_SYMLINKS, NO_MAGICLINKS */
  return (int)syscall(437, folder, path, &how, sizeof how);
#else
  (void)folder, (void)path, (void)flags;
  errno = ENOSYS;
  return -1;
#endif
}

/* What this kernel's Landlock can do; 0 where there is none. */

static inline int uet_landlock_version(void) {
#if defined(__linux__)
  long version = syscall(444, (void *)0, 0L, 1L);
  return version > 0 ? (int)version : 0;
#else
  return 0;
#endif
}

/* rename(2) that never replaces anything: EEXIST then, EINVAL where it cannot tell. */

static inline int uet_rename_exclusive(const char *from, const char *to) {
#if defined(__linux__)
  return (int)syscall(SYS_renameat2, -100, from, -100, to, 1u);
#else
  return renamex_np(from, to, 0x4u);
#endif
}

#endif
