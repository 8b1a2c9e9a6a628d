/* What can be had of a damaged store, in a new one at its place. */
#ifndef DIURNA_STORE_RECOVER_H
#define DIURNA_STORE_RECOVER_H

#include "core/status.h"
#include "store/store.h"

#include <stdint.h>

struct recovery {
	char *kept_as; /* where the damaged file is now; NULL: it was not moved */
	int64_t feeds; /* in the new store */
	int64_t items;
	int64_t editions;
	int64_t places; /* of the old file that could not be read */
	char *lost;     /* "article, edition": tables of which nothing could be read; NULL: none */
	int64_t mended; /* rows that had lost what they belong to */
	int64_t salvaged; /* rows of pages that no tree leads to */
};

void recovery_finish(struct recovery *recovery);

/*
 * Read all rows that can be read, make the rest consistent with them, and put the new store at
 * path; the damaged file stays beside it under another name, with its log. Feeds lose their
 * validators: the next poll brings what was lost and is still listed.
 *
 * STATUS_EXISTS: nothing is wrong with it, it is left alone. STATUS_BUSY: a daemon works on it.
 * STATUS_NOT_FOUND: no file. STATUS_CORRUPT: nothing can be had. STATUS_NEWER: a newer
 * diurna made it. *why: a sentence, to be freed. watch may be NULL.
 */
enum status store_recover(
	const char *path, struct recovery *recovery, char **why, const struct store_watch *watch);

#endif
