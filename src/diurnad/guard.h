/* Where we never connect: no private address unless the configuration allows its network. */
#ifndef DIURNA_DIURNAD_GUARD_H
#define DIURNA_DIURNAD_GUARD_H

#include "core/config.h"

#include <stdbool.h>
#include <sys/socket.h>

struct guard;

/* The networks allowed in the configuration. */
struct guard *guard_new(const struct config *config);
void guard_free(struct guard *guard);

/*
 * May this address be connected to? Loopback, private, link-local, CGNAT, multicast, reserved,
 * metadata, and their IPv4-mapped, 6to4, NAT64 and Teredo forms may not, unless allowed.
 * why: a phrase for people, set when not. Source: IANA special-purpose address registries, RFC
 * 6890.
 */
bool guard_allows(const struct guard *guard, const struct sockaddr *address, const char **why);

/*
 * May this host be asked, as far as its name tells? An address in any spelling (2130706433, 0x7f.1,
 * ::ffff:127.0.0.1, without brackets) and localhost are judged at once, also where a proxy would
 * make the connection; any other name is allowed here and its address looked at when connecting.
 */
bool guard_allows_host(const struct guard *guard, const char *host, const char **why);

#endif
