/*
 * The shelf: editions whose digests are kept, and what they hold for it. A text that one of them
 * has printed stays in the store, so that it can be printed again to the same bytes. An edition
 * goes in steps, each of which can be repeated:
 *
 *     kept     its digests are there, or will be
 *     leaving  older than digests are kept: no page leads to it, its digests are being removed
 *     left     they have been removed
 *     gone     its texts are the store's alone, its pictures have been given up
 */
#ifndef DIURNA_STORE_SHELF_H
#define DIURNA_STORE_SHELF_H

#include "core/config.h"
#include "store/store.h"

/* What an edition that was just closed has printed belongs to it. In the caller's transaction. */
enum status shelf_put(struct store *store, int64_t edition_id);
/*
 * Editions that are older than they are kept are to leave, but never the newest. A clock that is
 * wrong once takes nothing away: the age is what the edition before says as well.
 */
enum status shelf_sort_out(struct store *store, const struct config *config, int64_t now);
/* The digests of all that are leaving have been removed. */
enum status shelf_removed(struct store *store);
/* One edition that has left lets go of its texts and pictures. *is_done: there was none. */
enum status shelf_let_go(struct store *store, bool *is_done);

/* Editions that are leaving, oldest first; the name is borrowed for the call. */
enum status shelf_leaving(struct store *store,
	void (*on_edition)(void *context, int64_t id, const char *name), void *context);

/*
 * Files of pictures that nobody shows any more, at most `most` of them: on_file removes one,
 * "ab/ab12….jpg" below the folder of pictures, false: it could not. *count: those that went.
 */
enum status shelf_remove_images(struct store *store, int most,
	bool (*on_file)(void *context, const char *path), void *context, int64_t *count);

#endif
