/*
 * The way back through a feed's older documents (RFC 5005): where it is, and how it ended. A feed
 * that is new is walked for its history; one none of whose entries is known, for those in between.
 */
#ifndef DIURNA_STORE_WALKS_H
#define DIURNA_STORE_WALKS_H

#include "store/feeds.h"

/* A walk that waits for its next document. Strings are to be freed with walk_row_finish. */
struct walk_row {
	int64_t feed_id;
	char *feed_url; /* as subscribed */
	char *url;      /* of the document */
	int32_t tries;  /* of it, so far */
	int64_t due_at;
};

void walk_row_finish(struct walk_row *row);

/* Every walk of an active feed that waits. on_walk gets the row to keep (it finishes it). */
enum status walks_waiting(
	struct store *store, void (*on_walk)(void *context, struct walk_row *row), void *context);
/* STATUS_NOT_FOUND: there is none, or its feed is not polled any more. */
enum status walk_get(struct store *store, int64_t feed_id, struct walk_row *row);

/* One document was read, or could not be. */
struct walk_result {
	int64_t feed_id;
	int64_t at;
	const char *url;            /* as asked for */
	const char *final_url;      /* after redirects; NULL: none came */
	const struct feed_doc *doc; /* NULL: none came */
	const char *error;          /* why; NULL with a document */
	int64_t retry_at;           /* without a document: when to ask again; 0: it is given up */
};

struct walk_reply {
	struct poll_reply entries; /* what was in the document */
	bool is_gap;               /* why it is walked; else at the subscription */
	bool goes_on;              /* at due_at */
	bool is_open;              /* it has ended, and the gap is still there */
	int64_t due_at;
	int64_t documents, items; /* of the whole walk: read; new */
	char *why;                /* it ended early; NULL: it did not */
};

void walk_reply_finish(struct walk_reply *reply);

/*
 * Record a document with all its entries and the place of the next, in the caller's transaction.
 * STATUS_NOT_FOUND: the walk does not wait for this document any more.
 */
enum status walk_record(struct store *store, const struct config *config,
	const struct walk_result *result, struct walk_reply *reply);

struct poll;
/* A poll has recorded its entries: is there a gap, or a history, and a way back? */
enum status walk_begin(struct poll *poll);

#endif
