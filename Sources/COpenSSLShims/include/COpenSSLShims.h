#ifndef COPENSSLSHIMS_H
#define COPENSSLSHIMS_H

#include <openssl/ssl.h>

#endif
