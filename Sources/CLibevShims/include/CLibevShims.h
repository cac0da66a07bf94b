#ifndef CLIBEVSHIMS_H
#define CLIBEVSHIMS_H

#include <ev.h>

#endif
