#include "csv.h"
#include "check.h"

#include <string.h>

int main(void)
{
    char field[16];
    CHECK(csv_field("a,bc,d", 1, field, sizeof field) == 0);
    CHECK(strcmp(field, "bc") == 0);
    CHECK(csv_field("a,bc,d\r\n", 2, field, sizeof field) == 0);
    CHECK(strcmp(field, "d") == 0);
    CHECK(csv_field("a,bc", 2, field, sizeof field) == -1);
    CHECK(csv_field("", 0, field, sizeof field) == 0);
    CHECK(strcmp(field, "") == 0);

    return check_done("csv");
}
