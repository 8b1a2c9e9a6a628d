/*
 * Asking a running daemon: one line of JSON goes to its socket, lines of JSON come back. What they
 * say stands in diurna-json(5).
 */
#ifndef DIURNA_CORE_CONTROL_H
#define DIURNA_CORE_CONTROL_H

#include "core/status.h"

#include <stdbool.h>

/*
 * Send a request and hand every line of the answer to on_line, until that returns false.
 *
 * path      the daemon's socket
 * request   one line of JSON, without its end
 * quiet_ms  how long the daemon may be silent; -1: for ever
 *
 * STATUS_NOT_FOUND: no daemon is there. STATUS_REFUSED: the socket is not for this user.
 * STATUS_TIMEOUT: silent for too long. STATUS_CRASHED: it hung up before the answer's end.
 * STATUS_LIMIT: a line that is too long. STATUS_IO: anything else, errno tells.
 */
enum status control_ask(const char *path, const char *request, int quiet_ms,
	bool (*on_line)(void *context, const char *line), void *context);

#endif
