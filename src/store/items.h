/* Items: pages to fetch, articles that came, sites' memory. */
#ifndef DIURNA_STORE_ITEMS_H
#define DIURNA_STORE_ITEMS_H

#include "core/config.h"
#include "core/doc.h"
#include "store/feeds.h"
#include "store/store.h"

enum page_outcome {
	PAGE_OK,      /* read */
	PAGE_RETRY,   /* failed for now; due_at says when again */
	PAGE_FAILED,  /* given up: the feed's own text has to do */
	PAGE_REFUSED, /* robots.txt or our guard forbids it */
};

/* The end of one try at an item's page. */
struct page_result {
	int64_t item_id;
	int64_t at;
	enum page_outcome outcome;
	int http_status;
	const char *error;             /* for people; NULL: none */
	const char *final_url;         /* after redirects; NULL: not reached */
	const struct article *article; /* NULL: none */
	int64_t due_at;                /* PAGE_RETRY */
};

struct page_reply {
	bool is_ready;       /* the item has arrived: it can be read */
	int64_t merged_into; /* it was an item known already (by canonical URL or content); 0: no */
};

/*
 * Record what came of a page: the article or the feed's own text, identity by rel=canonical, final
 * URL and content hash, the item's section and rules, its arrival. In the caller's transaction.
 */
enum status page_record(struct store *store, const struct config *config,
	const struct page_result *result, struct page_reply *reply);

/* Pages that wait, soonest first: after a start, everything that was not done. */
enum status pages_pending(struct store *store, struct page_task **tasks, size_t *count);

/* What the parser is told of the entry behind a page. Strings live in arena. */
struct entry_hints {
	const char *title;
	const char *summary; /* HTML */
	const char *content; /* HTML */
	const char *author;
	const char *language;
	int64_t published;
};
enum status item_hints(
	struct store *store, int64_t item_id, struct arena *arena, struct entry_hints *hints);

/* Blocks that recur on a site, for the parser. In arena. */
enum status site_blocks(struct store *store, const char *url, struct arena *arena,
	const uint64_t **hashes, size_t *count);

/* What went in one call of items_expire. Zeroed before the first. */
struct expired {
	int64_t bodies;   /* of items */
	int64_t printed;  /* of these, that a kept edition had printed: there was no other room */
	int64_t editions; /* that let go of texts and pictures */
	bool is_short;    /* larger than it may be, and nothing more may go */
	int64_t rows;     /* that copies and stories were found by */
	int64_t pages;    /* of the file, given back to the system */
	bool is_more;     /* to be looked at: call again */
	size_t scope;     /* where that goes on: feed or section of the configuration, */
	int64_t seq;      /* and the last of its items that was looked at */
};

/*
 * Bodies that are older, or more, than the configuration keeps go, unless a kept edition has
 * printed them or they wait to be printed; while the store is larger than it may be, the oldest of
 * all that were printed. Identity stays. So do what copies and stories are found by, after some
 * weeks or days, and free pages of the file. A portion a call, each in a transaction of its own,
 * until expired says that there is no more.
 */
enum status items_expire(
	struct store *store, const struct config *config, int64_t now, struct expired *expired);

#endif
