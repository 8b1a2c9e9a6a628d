/*
 * The daemon's own walls: whoever takes it over by a fault in a library finds no file but its own
 * and the system's, no privilege to gain and few of the kernel's doors open.
 */
#ifndef DIURNA_DIURNAD_CONFINE_H
#define DIURNA_DIURNAD_CONFINE_H

#include "core/config.h"

#include <stdbool.h>

struct confinement {
	int landlock;      /* version of the kernel's interface; 0: none */
	bool has_filter;   /* of system calls */
	const char *lacks; /* for people: why there is less; NULL: nothing is missing */
};

/*
 * Raise the walls, for this thread and all that it starts: before any other thread. What the
 * configuration names may be read, its store, digests and socket written. A later configuration
 * cannot widen it. Where the kernel or the build has no walls, the configuration wants none, or
 * mail goes through a program that nobody knows, it runs without and says so.
 */
void confine(const struct config *config, struct confinement *confinement);

/* "Landlock 6, system calls filtered", or what is missing. */
void confine_text(const struct confinement *confinement, char text[100]);

#endif
