#ifndef POCKET_VERSION_H
#define POCKET_VERSION_H

#define POCKET_VERSION "1.0.0"

#endif
