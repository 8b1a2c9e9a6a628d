/* Where browsers, other readers and hubs reach the daemon: by a path or a port of loopback. */
#ifndef DIURNA_DIURNAD_WEB_LISTEN_H
#define DIURNA_DIURNAD_WEB_LISTEN_H

#include <stdbool.h>

/*
 * A socket that listens. One that systemd handed over for this name ("web", "websub") goes before
 * where: a path, or an address with its port, checked by the configuration; NULL: only that one.
 * is_ours: it was made here. -1: errno says why not, or nobody has asked for one.
 */
int web_listen(const char *name, const char *where, bool *is_ours);
bool web_is_unix_socket(int fd);

#endif
