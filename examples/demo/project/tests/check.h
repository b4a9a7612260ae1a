#ifndef POCKET_CHECK_H
#define POCKET_CHECK_H

#include <stdio.h>

static int check_failures;
static int check_count;

/* Counts a failure and says where, and goes on. */
#define CHECK(condition)                                                      \
    do {                                                                      \
        check_count++;                                                        \
        if (!(condition)) {                                                   \
            check_failures++;                                                 \
            printf("%s:%d: failed: %s\n", __FILE__, __LINE__, #condition);    \
        }                                                                     \
    } while (0)

static inline int check_done(const char *suite)
{
    printf("%-10s %d checks, %d failed\n", suite, check_count, check_failures);
    return check_failures != 0;
}

#endif
