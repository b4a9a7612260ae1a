#ifndef UET_CZLIB_SHIM_H
#define UET_CZLIB_SHIM_H

#include <zlib.h>

#endif
