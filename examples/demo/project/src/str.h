#ifndef POCKET_STR_H
#define POCKET_STR_H

#include <stddef.h>

/* Copies src into dst, which holds size bytes, and always ends it with a NUL.
   Returns the length of src: the copy was cut short when that is >= size. */
size_t str_copy(char *dst, const char *src, size_t size);

/* Whether text begins with prefix. */
int str_starts(const char *text, const char *prefix);

#endif
