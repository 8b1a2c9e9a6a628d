/* Questions to the store: which items, one item whole. For the command; only reads. */
#ifndef DIURNA_STORE_QUERY_H
#define DIURNA_STORE_QUERY_H

#include "core/arena.h"
#include "core/doc.h"
#include "store/store.h"

enum item_order {
	ITEM_ORDER_NEWEST,    /* latest arrival first */
	ITEM_ORDER_ARRIVAL,   /* as they arrived: for cursors */
	ITEM_ORDER_PUBLISHED, /* latest published first; those without a date by when they came */
	ITEM_ORDER_RELEVANCE, /* best match first; without match as ITEM_ORDER_NEWEST */
	/* with match the last two sort the latest 750 matches, not all that there ever were */
};

/* All zeros asks for every item that is ready. Strings are borrowed. */
struct item_query {
	const char *section; /* title or slug, case aside; NULL: all */
	const char *feed;    /* number, URL, or a part of its title; NULL: all */
	const char *edition; /* name, or date for all of that day; NULL: any or none */
	const char *label;   /* what a reader gave it; NULL: all */
	int64_t story;       /* its number, or that of one of its items; 0: not asked */
	const char *match;   /* full-text query, as it was typed; NULL: all */
	int64_t since;       /* arrived at or after; 0: not asked */
	int64_t until;       /* arrived before; 0: not asked */
	int64_t after_seq;   /* arrivals above this */
	int64_t until_seq;   /* arrivals up to and with this; 0: not asked */
	int64_t limit;       /* at most so many lines; 0: all */
	enum item_order order;
	bool only_starred;
	bool want_dropped; /* only what a rule dropped */
	bool want_changes; /* an item that changed stands at its latest arrival, not its first */
	bool no_backlog;   /* without the old entries that a new feed brought along */
	bool want_text;    /* text and html are filled */
};

/* One item of an answer. Strings live until the callback returns; NULL: not known. */
struct item_line {
	int64_t id;
	int64_t story; /* number of its first item; 0: it stands alone */
	int64_t seq;   /* of its arrival; 0: dropped before it arrived */
	const char *title;
	const char *url;
	const char *feed;     /* title of the feed that showed it first, else its URL */
	const char *feed_url; /* as subscribed */
	const char *section;  /* title */
	const char *author;
	const char *language;
	const char *site;    /* name of the site */
	const char *image;   /* URL */
	const char *excerpt; /* plain text */
	const char *snippet; /* where match was found, "[" and "]" around the words */
	const char *text;    /* want_text */
	const char *html;    /* want_text */
	const char *edition; /* name of the edition that printed it */
	const char *labels;  /* a JSON list of what a reader gave it; NULL: none */
	int64_t published;   /* epoch seconds or DATE_NONE */
	int64_t arrived;     /* epoch seconds */
	int32_t words;
	double quality;   /* 0 to 1 */
	int32_t revision; /* 0: as first seen */
	bool is_starred;
	bool is_dropped;
	bool is_change; /* this arrival is a change */
	bool is_backlog;
};

/*
 * Run a query; on_item returns false to stop. STATUS_SYNTAX: match is no full-text query.
 * STATUS_NOT_FOUND: there is no such section, feed or edition. *why, where not NULL, gets a
 * sentence for people, to be freed.
 */
enum status item_query_run(struct store *store, const struct item_query *query,
	bool (*on_item)(void *context, const struct item_line *line), void *context, char **why);

/* The latest arrival there is; 0: none. */
enum status arrivals_last(struct store *store, int64_t *seq);

/* One feed's view of an item. */
struct item_sighting {
	const char *feed; /* title, else URL */
	const char *guid;
	const char *url; /* as the entry gave it */
	const char *title;
	int64_t first_seen_at;
};

/* Another report of the same event. */
struct item_report {
	int64_t id;
	const char *feed; /* title, else URL */
	const char *title;
	int64_t arrived;
};

/* An earlier text of an item. */
struct item_revision {
	int32_t n;  /* from 0 */
	int64_t at; /* when it was replaced */
	const char *title;
	const char *html;
	const char *text;
};

/* An item whole. Everything lives in the arena given. */
struct item_detail {
	struct item_line line;  /* with text and html */
	const char *source;     /* where the text is from: "page", "feed", ...; NULL: no text */
	const char *reason;     /* why the text is poor; NULL: fine */
	const char *page_error; /* why the page could not be read; NULL: it could, or none asked */
	const char *rule;       /* name of the rule that decided; NULL: none */
	const char *comments;   /* URL */
	const char *details;    /* a JSON object of what the feed says besides; NULL: nothing */
	const char *const *categories;
	size_t category_count;
	const struct doc_enclosure *enclosures;
	size_t enclosure_count;
	const struct item_sighting *sightings; /* earliest first */
	size_t sighting_count;
	const struct item_report *reports; /* other items of its story, earliest first */
	size_t report_count;
	const struct item_revision *revisions; /* earliest first */
	size_t revision_count;
};

/* STATUS_NOT_FOUND: no such item (expired ones are there, without text). */
enum status item_detail_get(
	struct store *store, int64_t id, struct arena *arena, struct item_detail *detail);

#endif
