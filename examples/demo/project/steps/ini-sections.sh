. ./steps/lib.sh
think 2
above '#endif' src/ini.h <<'END'
/* As ini_get, but looks only at the lines below "[section]". */
int ini_get_in(const char *text, const char *section, const char *key, char *out, size_t size);

END
# The body of the loop of ini_get becomes a function, which both use.
awk '/^int ini_get\(/ { exit } { print }' src/ini.c > src/ini.c.new
cat src/ini.c.new > src/ini.c
rm src/ini.c.new
cat >> src/ini.c <<'END'
enum { FOUND = 0, TOO_LONG = -1, OTHER_LINE = 1 };

/* Copies the value out of the line at line, where its key is key. */
static int read_line(const char *line, const char *key, char *out, size_t size)
{
    size_t key_length = strlen(key);
    line += skip_blanks(line);
    if (strncmp(line, key, key_length) != 0)
        return OTHER_LINE;
    line += key_length;
    line += skip_blanks(line);
    if (*line != '=')
        return OTHER_LINE;
    line++;
    line += skip_blanks(line);
    size_t length = value_length(line);
    if (length >= size)
        return TOO_LONG;
    memcpy(out, line, length);
    out[length] = '\0';
    return FOUND;
}

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return *line ? line + 1 : line;
}

int ini_get(const char *text, const char *key, char *out, size_t size)
{
    for (const char *line = text; *line; line = next_line(line)) {
        int result = read_line(line, key, out, size);
        if (result != OTHER_LINE)
            return result;
    }
    return -1;
}

int ini_get_in(const char *text, const char *section, const char *key, char *out, size_t size)
{
    size_t length = strlen(section);
    int inside = 0;
    for (const char *line = text; *line; line = next_line(line)) {
        if (*line == '[') {
            inside = strncmp(line + 1, section, length) == 0 && line[length + 1] == ']';
        } else if (inside) {
            int result = read_line(line, key, out, size);
            if (result != OTHER_LINE)
                return result;
        }
    }
    return -1;
}
END
above '    return check_done' tests/test_ini.c <<'END'
    const char *two = "[a]\nx = 1\n[b]\nx = 2\n\ny = 3\n";
    CHECK(ini_get_in(two, "b", "x", value, sizeof value) == 0);
    CHECK(strcmp(value, "2") == 0);
    CHECK(ini_get_in(two, "a", "y", value, sizeof value) == -1);
    CHECK(ini_get_in(two, "c", "x", value, sizeof value) == -1);

END
