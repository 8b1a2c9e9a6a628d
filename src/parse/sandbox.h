/* The walls around a parser process. */
#ifndef DIURNA_PARSE_SANDBOX_H
#define DIURNA_PARSE_SANDBOX_H

#include "core/status.h"

/*
 * Give up everything but computing and the one open socket: rlimits, no new privileges, Landlock
 * where the kernel has it, seccomp with an allow-list whose default is EPERM. Call it after what
 * must be opened is open. STATUS_REFUSED: a wall could not be raised, with errno.
 */
enum status sandbox_enter(void);

#endif
