#include "vec.h"
#include "check.h"

#include <string.h>

int main(void)
{
    struct vec v;
    vec_init(&v);
    for (int i = 0; i < 9; i++)
        CHECK(vec_add(&v, i % 2 ? "odd" : "even") == 0);
    CHECK(v.count == 9);
    CHECK(strcmp(v.items[8], "even") == 0);
    vec_free(&v);
    CHECK(v.count == 0);

    return check_done("vec");
}
