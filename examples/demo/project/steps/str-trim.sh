. ./steps/lib.sh
think 2
above '#endif' src/str.h <<'END'
/* Removes blanks, tabs and line ends from both ends of text, in place. Returns text. */
char *str_trim(char *text);

END
cat >> src/str.c <<'END'

char *str_trim(char *text)
{
    size_t front = strspn(text, " \t\r\n");
    size_t length = strlen(text + front);
    while (length > 0 && strchr(" \t\r\n", text[front + length - 1]))
        length--;
    memmove(text, text + front, length);
    text[length] = '\0';
    return text;
}
END
above '    return check_done' tests/test_str.c <<'END'
    char padded[] = "  \t two words \r\n";
    CHECK(strcmp(str_trim(padded), "two words") == 0);
    char blank[] = " \n ";
    CHECK(strcmp(str_trim(blank), "") == 0);

END
