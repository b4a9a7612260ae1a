#include "ring.h"
#include "check.h"

int main(void)
{
    struct ring r;
    ring_init(&r);
    CHECK(ring_pop(&r) == -1);
    for (int i = 0; i < RING_SIZE; i++)
        CHECK(ring_push(&r, (unsigned char)i) == 0);
    CHECK(ring_push(&r, 99) == -1);
    CHECK(ring_pop(&r) == 0);
    CHECK(ring_push(&r, 99) == 0);
    CHECK(ring_pop(&r) == 1);

    return check_done("ring");
}
