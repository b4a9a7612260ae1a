#ifndef UET_LIBGIT2_LOADER_H
#define UET_LIBGIT2_LOADER_H

/* Loads libgit2, which must come before any of its functions is called. Where it cannot be had this is said, and
   the process ends with status 127, as the system's own loader has it. */
void uet_load_libgit2(void);

#endif
