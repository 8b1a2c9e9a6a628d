/*
 * The daemon's own walls: whoever takes it over by a fault in a library finds no file but its own
 * and the system's, no privilege to gain and few of the kernel's doors open.
 */
#ifndef DIURNA_DIURNAD_CONFINE_H
#define DIURNA_DIURNAD_CONFINE_H

#include "core/config.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A file, or a folder and all below it. What bears its name later is another one. */
struct confine_place {
	dev_t device;
	ino_t inode;
	unsigned rights; /* enum landlock_right */
};

struct confinement {
	int landlock;                 /* version of the kernel's interface; 0: none */
	bool has_filter;              /* of system calls */
	const char *lacks;            /* for people: why there is less; NULL: nothing is missing */
	struct confine_place *places; /* that are open; of no use where landlock is 0 */
	size_t place_count;
};

/*
 * Raise the walls, for this thread and all that it starts: before any other thread. What the
 * configuration names may be read, its store, digests and socket written. A later configuration
 * cannot widen it. Where the kernel or the build has no walls, the configuration wants none, or
 * mail goes through a program that nobody knows, it runs without and says so.
 */
void confine(const struct config *config, struct confinement *confinement);

void confinement_finish(struct confinement *confinement);

/*
 * Whether the walls leave this path open for what rights say (enum landlock_right). A folder that
 * was removed and made anew, or that something was mounted on, is not what was opened. True where
 * there are no walls, and for what is no absolute path.
 */
bool confine_reaches(const struct confinement *confinement, const char *path, unsigned rights);

/* Each folder or file that another configuration needs and the walls do not leave open. */
void confine_missing(const struct confinement *confinement, const struct config *config,
	void (*on_path)(void *context, const char *path), void *context);

/* "Landlock 6, system calls filtered", or what is missing. */
void confine_text(const struct confinement *confinement, char text[100]);

#endif
