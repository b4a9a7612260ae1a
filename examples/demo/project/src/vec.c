#include "vec.h"

#include <stdlib.h>
#include <string.h>

void vec_init(struct vec *v)
{
    v->items = NULL;
    v->count = 0;
    v->room = 0;
}

int vec_add(struct vec *v, const char *text)
{
    if (v->count == v->room) {
        size_t room = v->room ? v->room * 2 : 4;
        char **items = realloc(v->items, room * sizeof *items);
        if (!items)
            return -1;
        v->items = items;
        v->room = room;
    }
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (!copy)
        return -1;
    memcpy(copy, text, size);
    v->items[v->count++] = copy;
    return 0;
}

void vec_free(struct vec *v)
{
    for (size_t i = 0; i < v->count; i++)
        free(v->items[i]);
    free(v->items);
    vec_init(v);
}
