. ./steps/lib.sh
think 2
cat > src/csv_write.h <<'END'
#ifndef POCKET_CSV_WRITE_H
#define POCKET_CSV_WRITE_H

#include <stddef.h>

/* Writes text to out, which holds size bytes, as one field, quoted where that is needed.
   Returns 0, or -1 when it does not fit. */
int csv_write_field(const char *text, char *out, size_t size);

#endif
END
cat > src/csv_write.c <<'END'
#include "csv_write.h"

#include <string.h>

int csv_write_field(const char *text, char *out, size_t size)
{
    int quoted = text[strcspn(text, ",\"\r\n")] != '\0';
    size_t need = strlen(text) + 1 + (quoted ? 2 : 0);
    for (const char *p = text; *p; p++)
        need += *p == '"';
    if (need > size)
        return -1;
    if (quoted)
        *out++ = '"';
    for (; *text; text++) {
        if (*text == '"')
            *out++ = '"';
        *out++ = *text;
    }
    if (quoted)
        *out++ = '"';
    *out = '\0';
    return 0;
}
END
cat > tests/test_csv_write.c <<'END'
#include "csv.h"
#include "csv_write.h"
#include "check.h"

#include <string.h>

static int survives(const char *text)
{
    char written[32], back[32];
    return csv_write_field(text, written, sizeof written) == 0
        && csv_field(written, 0, back, sizeof back) == 0 && strcmp(back, text) == 0;
}

int main(void)
{
    char out[8];
    CHECK(csv_write_field("plain", out, sizeof out) == 0);
    CHECK(strcmp(out, "plain") == 0);
    CHECK(csv_write_field("a,b", out, sizeof out) == 0);
    CHECK(strcmp(out, "\"a,b\"") == 0);
    CHECK(csv_write_field("12345678", out, sizeof out) == -1);
    CHECK(survives(""));
    CHECK(survives("one, two"));
    CHECK(survives("say \"hi\""));

    return check_done("csv_write");
}
END
