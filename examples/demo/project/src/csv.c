#include "csv.h"

#include <string.h>

int csv_field(const char *line, size_t index, char *out, size_t size)
{
    const char *start = line;
    while (index > 0) {
        start = strchr(start, ',');
        if (!start)
            return -1;
        start++;
        index--;
    }
    size_t length = strcspn(start, ",\r\n");
    if (length >= size)
        return -1;
    memcpy(out, start, length);
    out[length] = '\0';
    return 0;
}
