#include "ini.h"

#include <string.h>

static size_t skip_blanks(const char *text)
{
    return strspn(text, " \t");
}

/* The length of the value that begins at text: up to the line's end, without trailing blanks. */
static size_t value_length(const char *text)
{
    size_t length = strcspn(text, "\r\n");
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    return length;
}

int ini_get(const char *text, const char *key, char *out, size_t size)
{
    size_t key_length = strlen(key);
    for (const char *line = text; *line; line += strspn(line, "\n")) {
        const char *at = line + skip_blanks(line);
        line += strcspn(line, "\n");
        if (strncmp(at, key, key_length) != 0)
            continue;
        at += key_length;
        at += skip_blanks(at);
        if (*at != '=')
            continue;
        at++;
        at += skip_blanks(at);
        size_t length = value_length(at);
        if (length >= size)
            return -1;
        memcpy(out, at, length);
        out[length] = '\0';
        return 0;
    }
    return -1;
}
