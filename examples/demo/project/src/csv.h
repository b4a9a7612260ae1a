#ifndef POCKET_CSV_H
#define POCKET_CSV_H

#include <stddef.h>

/* Copies field number index (from 0) of the record in line to out, which holds
   size bytes. Returns 0, or -1 when there is no such field or it does not fit. */
int csv_field(const char *line, size_t index, char *out, size_t size);

#endif
