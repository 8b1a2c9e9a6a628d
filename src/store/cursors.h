/*
 * Cursors: how far a named reader has come in the stream of arrivals. With the marks of `diurna
 * mark` all of the store that the command writes.
 */
#ifndef DIURNA_STORE_CURSORS_H
#define DIURNA_STORE_CURSORS_H

#include "store/store.h"

/* Longest name; letters, digits and . _ - @ : are allowed. */
enum { CURSOR_NAME_BYTES = 64 };

bool cursor_name_is_good(const char *name);
/* 0 for a name that was never set. STATUS_SYNTAX: no good name. */
enum status cursor_get(struct store *store, const char *name, int64_t *seq);
/*
 * In a short transaction of its own; the store may be open for reading. expected: where the cursor
 * was read to be; STATUS_BUSY when another run of the same reader moved it meanwhile, or when the
 * daemon held the store too long. -1: set it whatever it was.
 */
enum status cursor_set(
	struct store *store, const char *name, int64_t expected, int64_t seq, int64_t now);
/* STATUS_NOT_FOUND: there is none of that name. */
enum status cursor_remove(struct store *store, const char *name);
enum status cursors_list(struct store *store,
	void (*on_cursor)(void *context, const char *name, int64_t seq, int64_t at), void *context);

#endif
