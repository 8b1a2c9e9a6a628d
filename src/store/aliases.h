/* Canonical URLs as identity. For the files of this layer only. */
#ifndef DIURNA_STORE_ALIASES_H
#define DIURNA_STORE_ALIASES_H

#include "core/arena.h"
#include "store/store.h"

/* The canonical form of a URL that can stand for an article; NULL: it is the page of a site. */
char *canonical_identity(const char *url, struct arena *arena);
/* The item with this URL, 0: none. *is_own (may be NULL): its own link, not a further one. */
enum status canonical_find(struct store *store, const char *canonical, int64_t *id, bool *is_own);
/*
 * A rule that dropped an item for one feed says nothing of another that shows it: an item dropped
 * for another feed than this gives up what it is known by, and *id is 0. Else nothing happens.
 */
enum status dropped_step_aside(struct store *store, int64_t feed_id, int64_t *id);
/* An item has this title, or a long text like this. */
enum status canonical_agrees(struct store *store, int64_t id, const char *title, uint64_t simhash,
	int64_t words, bool *agrees);
/* A further URL of an item; nothing happens when it is known. */
enum status alias_put(struct store *store, const char *canonical, int64_t id);

#endif
