/* Names of hosts beyond ASCII. */
#ifndef DIURNA_CORE_IDN_H
#define DIURNA_CORE_IDN_H

#include "core/buf.h"

#include <stdbool.h>

/*
 * The ASCII form of a host name given in UTF-8, lower case and normalised: every label with other
 * characters becomes "xn--...". False: a label is too long or no UTF-8; nothing is written.
 * Source: RFC 3492.
 */
bool idn_to_ascii(const char *host, struct buf *to);

#endif
