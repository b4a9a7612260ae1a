#ifndef UET_CLIBGIT2_SHIM_H
#define UET_CLIBGIT2_SHIM_H

#include <errno.h>
#include <git2.h>

#if defined(__linux__)
#include <sys/syscall.h>
/* Declared here: the system's headers would bring their macros into Swift a second time. */
long syscall(long number, ...);
/* For GNU programs only; in the C library since 2.34. */
#include <spawn.h>
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
#else
int renamex_np(const char *from, const char *to, unsigned int flags);
#endif

/* What this was written and tested for. The release after 1.9 has a larger git_oid under the same names, with
   which every object id would read as zero, without an error; its development calls itself 1.9 as well. */

#if LIBGIT2_VER_MAJOR != 1 || LIBGIT2_VER_MINOR < 5 || LIBGIT2_VER_MINOR > 9
#error "libgit2 1.5 to 1.9 is needed"
#endif
_Static_assert(sizeof(git_oid) == 20, "this libgit2 has another git_oid; 1.5 to 1.9 without SHA-256 is needed");

/* Whether the library that is linked fills a git_oid as the headers say: the name of the empty blob. */

static inline int uet_oids_are_known(void) {
  static const unsigned char expected[20] = {0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6, 0x43, 0x4b, 0x8b,
                                             0x29, 0xae, 0x77, 0x5a, 0xd8, 0xc2, 0xe4, 0x8c, 0x53, 0x91};
  union {
    git_oid oid;
    unsigned char bytes[128]; /* a larger one must not write beyond it */
  } result = {.bytes = {0}};
  if (git_odb_hash(&result.oid, "", 0, GIT_OBJECT_BLOB) != 0) return 0;
  for (int i = 0; i < 20; i++) {
    if (result.bytes[i] != expected[i]) return 0;
  }
  return 1;
}

/* git_libgit2_opts is variadic, which Swift cannot call: one wrapper for each use. */

static inline int uet_enable_fsync(int enabled) {
  return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, enabled);
}

static inline int uet_set_extensions(const char **names, size_t count) {
  return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, names, count);
}

/* How much of a pack is mapped at once, and of all packs together. */

static inline int uet_limit_windows(size_t window, size_t all) {
  int failed = git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, window);
  return failed ? failed : git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, all);
}

/* Gives freed memory back to the system, now and from now on, where the C library keeps it. */

#if defined(__GLIBC__)
int mallopt(int option, int value);
int malloc_trim(size_t padding);
static inline void uet_give_memory_back(void) {
  mallopt(-1, 128 * 1024); /* M_TRIM_THRESHOLD, which would grow by itself */
  mallopt(-8, 2);          /* M_ARENA_MAX: one a thread otherwise */
  malloc_trim(0);
}
#else
static inline void uet_give_memory_back(void) {}
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

/* rename(2) that never replaces anything: EEXIST then, EINVAL where it cannot tell. */

static inline int uet_rename_exclusive(const char *from, const char *to) {
#if defined(__linux__)
  return (int)syscall(SYS_renameat2, -100, from, -100, to, 1u);
#else
  return renamex_np(from, to, 0x4u);
#endif
}

#endif
