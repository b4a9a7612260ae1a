/* libgit2 needs twenty libraries more, which take longer to load than git itself takes for small commands; most hooks
   and many commands never read an object. So each of its functions is a jump here to where it was found when it was
   first asked for. Elsewhere than on Linux the library is linked as any other. */

#include "libgit2_loader.h"

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include <dlfcn.h>
#include <git2/version.h>
#include <stdio.h>
#include <unistd.h>

#if defined(__x86_64__)
#define JUMP(name) "jmpq *uet_place_of_" #name "(%rip)\n"
#else
#define JUMP(name)                    \
  "adrp x16, uet_place_of_" #name "\n" \
  "ldr x16, [x16, :lo12:uet_place_of_" #name "]\n" \
  "br x16\n"
#endif

/* Hidden, so that the library itself keeps calling its own. */
#define USED(name)                                         \
  __attribute__((visibility("hidden"))) void *uet_place_of_##name; \
  __asm__(".section .text." #name ",\"ax\",@progbits\n"    \
          ".p2align 4\n"                                   \
          ".globl " #name "\n"                             \
          ".hidden " #name "\n"                            \
          ".type " #name ", @function\n" #name ":\n" JUMP(name) \
          ".size " #name ", . - " #name "\n"               \
          ".text\n");
#include "names.h"
#undef USED

static const struct {
  const char *name;
  void **place;
} used[] = {
#define USED(name) {#name, &uet_place_of_##name},
#include "names.h"
#undef USED
};

void uet_load_libgit2(void) {
  void *library = dlopen("libgit2.so." LIBGIT2_SOVERSION, RTLD_LAZY | RTLD_LOCAL);
  int found = library != NULL;
  for (unsigned long i = 0; found && i < sizeof used / sizeof *used; i++) {
    *used[i].place = dlsym(library, used[i].name);
    found = *used[i].place != NULL;
  }
  if (found) return;
  const char *why = dlerror();
  fprintf(stderr, "error: libgit2 cannot be loaded: %s\nhint: install libgit2 " LIBGIT2_SOVERSION "\n",
          why ? why : "unknown");
  _exit(127);
}

/* The library reads the certificates of the system as soon as it starts, which takes longer than all the rest of that.
   Nothing is asked of a network through it: that is git's own. */
__attribute__((visibility("default"), used)) int mbedtls_x509_crt_parse_file(void *chain, const char *path) {
  (void)chain, (void)path;
  return 0;
}

#else

void uet_load_libgit2(void) {}

#endif
