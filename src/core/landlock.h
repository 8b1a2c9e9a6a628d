/*
 * Landlock: a process gives up what it does not need of the file system, for itself and for all
 * that it starts. By system call, since the C library has no functions for it. Source: the kernel's
 * Documentation/userspace-api/landlock.rst.
 */
#ifndef DIURNA_CORE_LANDLOCK_H
#define DIURNA_CORE_LANDLOCK_H

#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/* What may be done with a file or all below a folder; bits. */
enum landlock_right {
	LANDLOCK_READ = 1,
	LANDLOCK_WRITE = 2, /* and make, rename, remove */
	LANDLOCK_EXECUTE = 4,
};

struct landlock {
	int version;      /* of the kernel's interface; 0: it has none */
	int fd;           /* of the rules; -1: none */
	uint64_t handled; /* rights that are gone where no rule gives them */
};

/*
 * Begin with no right at all. is_closed: the network (TCP) goes too, and signals and abstract
 * sockets of processes outside, as far as the kernel knows these. STATUS_UNSUPPORTED: a kernel or a
 * build without; the other functions do nothing then.
 */
enum status landlock_begin(struct landlock *landlock, bool is_closed);
/* What is not there is passed over. */
void landlock_allow(struct landlock *landlock, const char *path, unsigned rights);
/*
 * From now on, for this thread and what it starts. No new privileges (prctl) must be set before.
 * STATUS_REFUSED: errno.
 */
enum status landlock_enforce(struct landlock *landlock);

#endif
