#ifndef POCKET_HASH_H
#define POCKET_HASH_H

#include <stdint.h>

/* 32-bit FNV-1a of the bytes of text. */
uint32_t hash_text(const char *text);

#endif
