/*
 * What readers of other programs see of items, and what they mark: read and starred. Items that
 * arrived more than READING_DAYS ago count as read.
 */
#ifndef DIURNA_STORE_READING_H
#define DIURNA_STORE_READING_H

#include "store/store.h"

#include <stddef.h>
#include <stdint.h>

enum { READING_DAYS = 30 };

/*
 * Which items. All zeros: all that have arrived, newest first. Those of feeds that are no longer
 * subscribed are found by their number, star or label alone. Strings are borrowed.
 */
struct reading_query {
	int64_t feed_id;      /* 0: any */
	const char *feed_url; /* as subscribed; NULL: any */
	const char *label;    /* a section by its title, or what a reader labelled so; NULL: any */
	const int64_t *ids;   /* these; id_count 0: not asked */
	size_t id_count;
	bool only_starred, only_unstarred, only_read, only_unread;
	int64_t since, until; /* arrived at or after, before; 0: not asked */
	int64_t before_seq;   /* arrivals below this, or above with is_oldest_first; 0: not asked */
	bool is_oldest_first;
	int64_t limit; /* 0: all */
	bool want_text;
};

/* Strings live until the callback returns. */
struct reading_item {
	int64_t id, seq, arrived_at, published_at; /* published_at: DATE_NONE where not known */
	int64_t feed_id;
	const char *title, *url, *author, *section;
	const char *feed_title, *feed_url, *site_url;
	const char *html;       /* want_text; NULL: none */
	const char *enclosures; /* want_text: JSON, [{"url", "type", "length"}]; NULL: none */
	const char *labels;     /* JSON, ["..."], without the section; NULL: none */
	bool is_read, is_starred;
};

enum status reading_items(struct store *store, const struct reading_query *query, int64_t now,
	void (*on_item)(void *context, const struct reading_item *item), void *context);

/* Feeds; with_unread: and what is unread of them, which is a look at all arrivals of a month. */
struct reading_feed {
	int64_t id;
	const char *title, *url, *site_url, *section; /* section never NULL */
	int64_t unread, newest_at; /* arrival of the newest unread one; 0: none */
};
enum status reading_feeds(struct store *store, int64_t now, bool with_unread,
	void (*on_feed)(void *context, const struct reading_feed *feed), void *context);

/* Whether there is an item of that number. */
enum status reading_has(struct store *store, int64_t id, bool *is_there);

enum reading_mark { MARK_READ, MARK_UNREAD, MARK_STARRED, MARK_UNSTARRED, MARK_NONE };

/* In the caller's transaction. An unread mark on what is older than READING_DAYS does nothing. */
enum status reading_mark(
	struct store *store, const int64_t *ids, size_t count, enum reading_mark mark, int64_t now);
/* All that the query finds, text and bounds aside, is read. */
enum status reading_mark_all(struct store *store, const struct reading_query *query, int64_t now);

#endif
