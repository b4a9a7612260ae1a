#include "str.h"

#include <string.h>

size_t str_copy(char *dst, const char *src, size_t size)
{
    size_t length = strlen(src);
    if (size > 0) {
        size_t keep = length < size - 1 ? length : size - 1;
        memcpy(dst, src, keep);
        dst[keep] = '\0';
    }
    return length;
}

int str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}
