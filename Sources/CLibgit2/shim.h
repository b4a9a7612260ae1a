#ifndef UET_CLIBGIT2_SHIM_H
#define UET_CLIBGIT2_SHIM_H

#include <errno.h>
#include <git2.h>

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

/* How much of a pack is mapped at once, and of all packs together; how many packs are open. */

static inline int uet_limit_windows(size_t window, size_t all, size_t files) {
  int failed = git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, window);
  if (!failed) failed = git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, all);
  return failed ? failed : git_libgit2_opts(GIT_OPT_SET_MWINDOW_FILE_LIMIT, files);
}

/* Gives freed memory back to the system, now and from now on: on Linux, where the C library keeps it; elsewhere
   nothing is to be done. */

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

#endif
