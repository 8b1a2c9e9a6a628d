/* Feeds in the store: what is subscribed, how each does, when each is due. */
#ifndef DIURNA_STORE_FEEDS_H
#define DIURNA_STORE_FEEDS_H

#include "core/config.h"
#include "core/doc.h"
#include "store/store.h"

enum feed_state {
	FEED_ACTIVE,       /* polled */
	FEED_GONE,         /* answered 410: not polled until a person says so */
	FEED_UNSUBSCRIBED, /* no longer in the configuration; its items stay */
};

/* Why a poll ended as it did. Names are stable: they stand in the log, the views and JSON. */
enum poll_outcome {
	POLL_OK,           /* 200 and a feed */
	POLL_NOT_MODIFIED, /* 304, or the same body again */
	POLL_HTTP_ERROR,   /* another status; http_status tells */
	POLL_GONE,         /* 410 */
	POLL_LIMITED,      /* 429, 503 with Retry-After */
	POLL_NOT_A_FEED,   /* 200, but something else */
	POLL_CHALLENGE,    /* a page that wants to see a browser */
	POLL_DNS_ERROR,
	POLL_CONNECT_ERROR,
	POLL_TLS_ERROR,
	POLL_TIMEOUT,
	POLL_TRANSFER_ERROR, /* reset, truncated, bad encoding */
	POLL_TOO_LARGE,
	POLL_REDIRECT_ERROR, /* loops, too many, to where we do not go */
	POLL_REFUSED,        /* our own guard: a private address, a scheme */
	POLL_PARSER_FAILED,  /* the parser died or took too long */
	POLL_OUTCOMES
};

/* "ok", "not-modified", "http-error", ... */
const char *poll_outcome_name(enum poll_outcome outcome);
/* "HTTP 503", "the name does not resolve", ...: for people. http_status may be 0. */
const char *poll_outcome_text(enum poll_outcome outcome, int http_status, char text[64]);

/* "active", "gone", "unsubscribed". */
const char *feed_state_name(enum feed_state state);

enum { FEED_PATTERN = 24 + 7 }; /* counts of entries by hour of the day and by day of the week */

/* What the loop needs to know of a feed. Strings are the caller's to free with feed_row_finish.
 */
struct feed_row {
	int64_t id;
	char *url;       /* as subscribed */
	char *fetch_url; /* where it is polled: url, or where it moved for good */
	char *title;
	char *etag; /* validators: as received, for fetch_url, one set with the last body */
	char *last_modified;
	char *validators_url;        /* that gave them, after redirects; NULL: fetch_url */
	uint32_t validators_variant; /* what the request for them was like; 0: not known */
	enum feed_state state;
	int64_t next_at;    /* due, epoch seconds; 0: never polled */
	int64_t interval_s; /* learned */
	int64_t last_poll_at;
	int64_t last_ok_at;        /* last 200 or 304 */
	int64_t last_new_at;       /* last time something new was there */
	int64_t failing_since;     /* 0: not failing */
	int32_t failures;          /* in a row */
	int32_t http_status;       /* of the last poll */
	enum poll_outcome outcome; /* of the last poll */
	char *error;               /* of the last poll, NULL: none */
	int64_t max_age_s;         /* freshness that the stored answer gave; 0: none */
	uint8_t body_hash[32];     /* of the last body; zeros: none */
	int64_t ttl_s;             /* the larger of ttl and sy: */
	uint32_t skip_hours;
	uint8_t skip_days;
	double entries_week; /* rhythm */
	uint8_t pattern[FEED_PATTERN];
	int64_t moved_since; /* permanent redirect first seen; 0: none */
	int32_t moved_polls; /* polls that saw it in a row */
	char *moved_to;
	char *hub;          /* WebSub */
	int64_t push_until; /* it tells of news until then; 0: it does not */
};

void feed_row_finish(struct feed_row *row);

/*
 * Make the store's subscriptions those of subs: new ones are added (due at once), missing ones
 * marked unsubscribed, returning ones active again with all they had. Sections are added as the
 * configuration names them.
 */
enum status feeds_sync(struct store *store, const struct config *config,
	const struct subscriptions *subs, int64_t now);

/* What a schedule of very many feeds has to know of each. Strings: until the next one comes. */
struct feed_brief {
	int64_t id;
	const char *url, *fetch_url; /* as in feed_row */
	int64_t last_poll_at, next_at;
};

/* Every active feed, by id. */
enum status feeds_load(struct store *store,
	void (*on_feed)(void *context, const struct feed_brief *feed), void *context);
/* The number of an address as subscribed; 0: there is none. */
enum status feed_find_url(struct store *store, const char *url, int64_t *id);
enum status feed_get(struct store *store, int64_t id, struct feed_row *row);
/* Its next poll is not before at. */
enum status feed_postpone(struct store *store, int64_t id, int64_t at);

struct entry_draft;

/* The end of one poll: everything the loop decided. */
struct poll_result {
	int64_t feed_id;
	int64_t at;          /* when it ended */
	int64_t previous_at; /* when the feed was read before; 0: never */
	int64_t normal_at;   /* next_at, had it no hub */
	bool was_pushed;     /* its hub tells of news */
	const char *hub;     /* that it names; NULL: none, or it is not asked */
	const char *topic;   /* what it calls itself there */
	bool is_twin;        /* another feed of the same place had this document too */
	enum poll_outcome outcome;
	bool is_repeat;  /* not modified, as by the poll before: counted, not written to the log */
	int http_status; /* 0: none */
	const char *error; /* for people; NULL: none */
	int64_t bytes;     /* as received */
	int64_t duration_ms;
	bool has_validators; /* the four below replace the stored set (NULL removes one) */
	const char *etag;
	const char *last_modified;
	const char *validators_url; /* NULL: fetch_url */
	uint32_t validators_variant;
	const uint8_t *body_hash; /* 32 bytes; NULL: keep */
	int64_t max_age_s;        /* -1: keep */
	int64_t next_at;
	int64_t interval_s;
	int32_t failures; /* in a row, this one counted */
	int64_t failing_since;
	enum feed_state state;
	const char *fetch_url; /* NULL: keep */
	const char *moved_to;  /* permanent redirect seen by this poll; NULL: none */
	int64_t moved_since;
	int32_t moved_polls;
	const char *final_url;            /* after redirects: base of the document */
	const struct feed_doc *doc;       /* NULL: no document */
	const struct entry_draft *drafts; /* of its entries; NULL: not worked out yet */
	uint8_t pattern[FEED_PATTERN];    /* with a document: of the feed, this one counted */
};

/* A page to fetch. */
struct page_task {
	int64_t item_id;
	int64_t feed_id;
	char *url;     /* of the page */
	int32_t tries; /* so far */
	int64_t due_at;
};

struct poll_reply {
	int32_t new_items;       /* stored by this poll */
	int32_t revised;         /* changed by this poll */
	int32_t sightings;       /* of items that were there */
	int64_t bytes;           /* of what was added to the store, but for pages; about */
	struct page_task *tasks; /* pages of new or changed items, to be fetched now */
	size_t task_count, task_space;
	bool is_gap;        /* none of its entries is known: some in between may be missing */
	bool walks;         /* older documents are to be read now: walks.h */
	bool pushes;        /* its hub is to be asked: push.h */
	bool is_hub_silent; /* it has not told of what was new: next_at is normal_at */
	char *why;          /* of a gap: it cannot be filled; NULL: it is tried */
};

void poll_reply_finish(struct poll_reply *reply);

/*
 * What a document's entries are known by, in arena, and with are_new all that a new item says of
 * itself: recording works out what it needs, but another thread can do that before.
 */
const struct entry_draft *poll_drafts(
	const struct feed_doc *doc, bool are_new, struct arena *arena);

/*
 * Record a poll: validators, health, and every entry of its document, in the caller's transaction
 * (promise 1: never one without the other). What is new is decided here and nowhere else.
 * config: which feeds want pages, rules, sections.
 */
enum status poll_record(struct store *store, const struct config *config,
	const struct poll_result *result, struct poll_reply *reply);

/*
 * What the store took of a feed since then, of what it still has: *bytes as poll_reply counts them,
 * *from: when the first came; 0: nothing did. Of changes only those of items that came since then.
 */
enum status poll_brought(
	struct store *store, int64_t feed_id, int64_t since, int64_t *from, int64_t *bytes);

/* Per-host state that outlives a restart. */
struct host_row {
	char *name;           /* lower case */
	int64_t paused_until; /* 0: not */
	int32_t strikes;      /* 429s in a row */
};
enum status hosts_load(struct store *store, int64_t now,
	void (*on_host)(void *context, const struct host_row *row), void *context);
enum status host_record(struct store *store, const struct host_row *row);

/* robots.txt of an authority ("https://example.org"). body NULL: none needed; status: HTTP's. */
enum status robots_get(struct store *store, const char *authority, int *http_status, char **body,
	int64_t *fetched_at);
enum status robots_record(struct store *store, const char *authority, int http_status,
	const char *body, int64_t fetched_at);

#endif
