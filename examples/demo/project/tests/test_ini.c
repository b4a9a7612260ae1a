#include "ini.h"
#include "check.h"

#include <string.h>

int main(void)
{
    char value[16];
    CHECK(ini_get("name = pocket\n", "name", value, sizeof value) == 0);
    CHECK(strcmp(value, "pocket") == 0);
    CHECK(ini_get("a=1\n\n b = 2 \n", "b", value, sizeof value) == 0);
    CHECK(strcmp(value, "2") == 0);
    CHECK(ini_get("a=1\n", "c", value, sizeof value) == -1);
    CHECK(ini_get("a=1234567890123456\n", "a", value, sizeof value) == -1);

    return check_done("ini");
}
