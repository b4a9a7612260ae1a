#include "ring.h"

void ring_init(struct ring *r)
{
    r->head = 0;
    r->count = 0;
}

int ring_push(struct ring *r, unsigned char byte)
{
    if (r->count == RING_SIZE)
        return -1;
    r->bytes[(r->head + r->count) % RING_SIZE] = byte;
    r->count++;
    return 0;
}

int ring_pop(struct ring *r)
{
    if (r->count == 0)
        return -1;
    int byte = r->bytes[r->head];
    r->head = (r->head + 1) % RING_SIZE;
    r->count--;
    return byte;
}
