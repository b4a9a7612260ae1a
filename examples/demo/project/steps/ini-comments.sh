. ./steps/lib.sh
think 1
swap 'up to the line'"'"'s end, without' 'up to a comment or the line'"'"'s end, without' src/ini.c
swap 'size_t length = strcspn(text, "\r\n");' 'size_t length = strcspn(text, ";#\r\n");' src/ini.c
above '    return check_done' tests/test_ini.c <<'END'
    CHECK(ini_get("name = pocket ; the name\n", "name", value, sizeof value) == 0);
    CHECK(strcmp(value, "pocket") == 0);
    CHECK(ini_get("# name = no\nname = yes# really\n", "name", value, sizeof value) == 0);
    CHECK(strcmp(value, "yes") == 0);

END
