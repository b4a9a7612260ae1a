/* Loaded before the C library: counts the syncs of one process and the time they take, and adds both to the
   file that UET_SYNCS names when the process ends, as "COUNT MICROSECONDS". What it starts is not counted. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static atomic_long count, nanoseconds;

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000L + time.tv_nsec;
}

static int measured(const char *name, int file) {
  int (*call)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  long start = now();
  int result = call(file);
  nanoseconds += now() - start;
  count += 1;
  return result;
}

int fsync(int file) { return measured("fsync", file); }
int fdatasync(int file) { return measured("fdatasync", file); }

__attribute__((constructor)) static void begin(void) { unsetenv("LD_PRELOAD"); }

__attribute__((destructor)) static void end(void) {
  const char *path = getenv("UET_SYNCS");
  FILE *file = path && count ? fopen(path, "a") : NULL;
  if (!file) return;
  fprintf(file, "%ld %ld\n", (long)count, nanoseconds / 1000);
  fclose(file);
}
