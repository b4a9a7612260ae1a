#ifndef POCKET_INI_H
#define POCKET_INI_H

#include <stddef.h>

/* Finds key in the INI text and copies its value to out, which holds size bytes.
   Returns 0, or -1 when there is no such key or the value does not fit. */
int ini_get(const char *text, const char *key, char *out, size_t size);

#endif
