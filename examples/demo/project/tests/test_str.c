#include "str.h"
#include "check.h"

#include <string.h>

int main(void)
{
    char small[4];
    CHECK(str_copy(small, "abc", sizeof small) == 3);
    CHECK(strcmp(small, "abc") == 0);
    CHECK(str_copy(small, "abcdef", sizeof small) == 6);
    CHECK(strcmp(small, "abc") == 0);
    CHECK(str_starts("pocket", "pock"));
    CHECK(!str_starts("pocket", "pack"));

    return check_done("str");
}
