/*
 * Feeds whose hub tells of news (WebSub): what was asked of the hub, until when it was granted, and
 * what came. A row a feed; the feed itself knows until when it may be polled rarely.
 */
#ifndef DIURNA_STORE_PUSH_H
#define DIURNA_STORE_PUSH_H

#include "store/feeds.h"

enum { PUSH_TOKEN_CHARS = 43, PUSH_HASH_BYTES = 32 };

enum push_state {
	PUSH_WANTED,  /* to be asked for */
	PUSH_ASKED,   /* the hub has yet to ask back */
	PUSH_ACTIVE,  /* it tells */
	PUSH_DENIED,  /* it does not want to; asked again later */
	PUSH_LEAVING, /* to be cancelled */
};

/* Strings are to be freed with push_row_finish. */
struct push_row {
	int64_t feed_id;
	char *feed_url; /* as subscribed */
	bool is_polled; /* the feed is still wanted */
	char *hub, *topic;
	char *token;  /* of the callback's address: nobody can guess it */
	char *secret; /* by which deliveries are signed */
	enum push_state state;
	int32_t tries; /* requests since the hub granted one */
	int64_t due_at;
	uint8_t last_hash[PUSH_HASH_BYTES]; /* of the last delivery; zeros: none */
};

void push_row_finish(struct push_row *row);

/* STATUS_NOT_FOUND: there is none. token: any text. */
enum status push_find(struct store *store, const char *token, struct push_row *row);
/* The first of those that are due: on_due gets the row to keep (it finishes it). */
enum status push_due(struct store *store, int64_t now,
	void (*on_due)(void *context, struct push_row *row), void *context);
/* When the next is due; INT64_MAX: none. */
int64_t push_next_at(struct store *store);

/* All below: in the caller's transaction. */

/*
 * The hub was asked, at asked_at, and has answered. callback: where it is to tell; NULL: it did not
 * take the request. What it has not granted at due_at is asked for again.
 */
enum status push_tried(struct store *store, int64_t feed_id, int64_t asked_at, int64_t due_at,
	const char *callback, const char *error);
/* The hub has asked back and grants it until then; it is renewed at due_at. */
enum status push_granted(
	struct store *store, int64_t feed_id, int64_t at, int64_t until, int64_t due_at);
/* The hub says no; the feed is polled as before. *next_at: when. */
enum status push_denied(struct store *store, int64_t feed_id, int64_t at, const char *reason,
	int64_t due_at, int64_t *next_at);
enum status push_drop(struct store *store, int64_t feed_id);
/*
 * Feeds that left, subscriptions with another callback and those that a clock that was ahead has
 * asked for are due; callback NULL: all are dropped.
 */
enum status push_sync(struct store *store, const char *callback, int64_t at);
/* The clock was set back by so many seconds: all that was asked and granted is so much older. */
enum status push_set_back(struct store *store, int64_t seconds);
/* A delivery was not believed; *times: so many by now. */
enum status push_rejected(struct store *store, int64_t feed_id, int64_t *times);

struct push_delivery {
	int64_t feed_id;
	int64_t at;
	int64_t bytes;
	const uint8_t *hash;           /* of the body, PUSH_HASH_BYTES */
	const struct feed_doc *doc;    /* NULL: it was no feed */
	uint8_t pattern[FEED_PATTERN]; /* of the feed, the document counted */
};

/* Record a document that the hub brought, as poll_record does one that was fetched. */
enum status push_deliver(struct store *store, const struct config *config,
	const struct push_delivery *delivery, struct poll_reply *reply);

struct poll;
/* A poll has recorded its document: does its feed name a hub, and did the hub tell of what it had?
 */
enum status push_look(struct poll *poll);

#endif
