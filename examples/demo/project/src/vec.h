#ifndef POCKET_VEC_H
#define POCKET_VEC_H

#include <stddef.h>

/* A growable array of strings. It owns copies of what it holds. */
struct vec {
    char **items;
    size_t count;
    size_t room;
};

void vec_init(struct vec *v);

/* Adds a copy of text at the end. Returns 0, or -1 when out of memory. */
int vec_add(struct vec *v, const char *text);

void vec_free(struct vec *v);

#endif
