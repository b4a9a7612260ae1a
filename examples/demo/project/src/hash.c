#include "hash.h"

uint32_t hash_text(const char *text)
{
    uint32_t hash = 2166136261u;
    for (; *text; text++) {
        hash ^= (unsigned char)*text;
        hash *= 16777619u;
    }
    return hash;
}
