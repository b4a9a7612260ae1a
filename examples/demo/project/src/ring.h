#ifndef POCKET_RING_H
#define POCKET_RING_H

#include <stddef.h>

#define RING_SIZE 16

/* A ring buffer of bytes: first in, first out. */
struct ring {
    unsigned char bytes[RING_SIZE];
    size_t head;
    size_t count;
};

void ring_init(struct ring *r);

/* Adds one byte. Returns 0, or -1 when the ring is full. */
int ring_push(struct ring *r, unsigned char byte);

/* Takes the oldest byte. Returns it, or -1 when the ring is empty. */
int ring_pop(struct ring *r);

#endif
