. ./steps/lib.sh
think 3
cat > src/csv.c <<'END'
#include "csv.h"

/* Reads one field from *at on, without its quotes, and leaves *at behind it. Returns its
   length; only the first size bytes are stored. */
static size_t read_field(const char **at, char *out, size_t size)
{
    const char *p = *at;
    size_t length = 0;
    int quoted = *p == '"';
    if (quoted)
        p++;
    for (; *p; p++) {
        if (quoted && p[0] == '"') {
            if (p[1] != '"') {
                quoted = 0;
                continue;
            }
            p++;
        } else if (!quoted && (*p == ',' || *p == '\r' || *p == '\n')) {
            break;
        }
        if (length < size)
            out[length] = *p;
        length++;
    }
    *at = p;
    return length;
}

int csv_field(const char *line, size_t index, char *out, size_t size)
{
    for (;; index--) {
        size_t length = read_field(&line, out, size);
        if (index == 0) {
            if (length >= size)
                return -1;
            out[length] = '\0';
            return 0;
        }
        if (*line != ',')
            return -1;
        line++;
    }
}
END
above '    return check_done' tests/test_csv.c <<'END'
    CHECK(csv_field("a,\"b,c\",d", 1, field, sizeof field) == 0);
    CHECK(strcmp(field, "b,c") == 0);
    CHECK(csv_field("a,\"b,c\",d", 2, field, sizeof field) == 0);
    CHECK(strcmp(field, "d") == 0);
    CHECK(csv_field("\"say \"\"hi\"\"\"", 0, field, sizeof field) == 0);
    CHECK(strcmp(field, "say \"hi\"") == 0);
    CHECK(csv_field("a,b", 2, field, sizeof field) == -1);

END
