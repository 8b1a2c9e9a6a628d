#include "core/buf.h"
#include "core/config.h"
#include "core/mem.h"
#include "store/copies.h"
#include "store/items.h"
#include "store/labels.h"
#include "store/ready.h"
#include "store/shelf.h"
#include "store/sites.h"
#include "store/sql.h"
#include "store/stories.h"

#include <stdlib.h>
#include <string.h>

enum {
	EXPIRE_BATCH = 250,  /* items a call, half a second: others wait for the store meanwhile */
	LOOK_ITEMS = 20000,  /* looked at a call, about as long */
	MERGE_PAGES = 1000,  /* of the full-text index that are written for it a call */
	VACUUM_PAGES = 2000, /* given back to the system a call */
	SPARE_PERCENT =
		5, /* below its largest size the store is brought, when it has grown to it */
	WAIT_S = 8 * 24 * 3600, /* for the edition that prints a text: it may come once a week */
};

/* What goes in one call. */
struct expiry {
	struct store *store;
	int64_t now;
	int64_t ids[EXPIRE_BATCH];
	size_t count;
	size_t held;      /* of these, the last ones: editions have printed them */
	int64_t free_seq; /* what arrived after this waits for its edition */
	int looks;        /* that are left */
	bool is_full;     /* the store has its largest size */
};

/* Items that are kept by one rule. */
struct scope {
	const struct keep *keep;
	struct buf from;   /* item, the index that has them by seq or nearly, and a condition */
	struct buf others; /* a condition: the age of these others decide */
};

/* Starred and labelled items keep everything; identity, title and sightings stay of all. */
static enum status expire_body(struct store *store, int64_t id)
{
	static const char *const steps[] = {
		"DELETE FROM item_body WHERE item_id = ?1",
		/* what an edition has printed can be printed again */
		("DELETE FROM revision WHERE item_id = ?1 AND n NOT IN "
		 "(SELECT revision FROM edition_item WHERE item_id = ?1 UNION ALL "
		 "SELECT revision FROM edition_update WHERE item_id = ?1)"),
		/* a row that only becomes shorter frees no page: it goes, and comes back short */
		("INSERT OR REPLACE INTO article (item_id, title, words, quality, source, byline, "
		 "site, excerpt, image, language, section, is_truncated, reason, fetched_at, "
		 "final_url) SELECT item_id, title, words, quality, source, byline, site, excerpt, "
		 "image, language, section, is_truncated, reason, fetched_at, final_url "
		 "FROM article WHERE item_id = ?1"),
		"UPDATE item SET has_body = 0 WHERE id = ?1",
	};
	enum status status = item_unindex(store, id);

	for (size_t i = 0; i < ARRAY_LEN(steps) && status == STATUS_OK; i++)
		status = sql_run(store, steps[i], "i", id);
	return status == STATUS_OK ? item_index(store, id) : status;
}

/* A text goes to print first. For a while: a store need not have editions. What was dropped behind
 * all arrivals waits for none. */
static enum status find_free(struct expiry *expiry)
{
	return sql_int(expiry->store,
		"SELECT max((SELECT coalesce(min(closed_seq), 0) FROM section WHERE is_current = 1), "
		"coalesce((SELECT seq - 1 FROM arrival WHERE at >= ?1 ORDER BY at, seq LIMIT 1), "
		"9223372036854775807))",
		&expiry->free_seq, "i", expiry->now - WAIT_S);
}

/* Too old and one too many is one. */
static void add(struct expiry *expiry, int64_t id)
{
	for (size_t i = 0; i < expiry->count; i++)
		if (expiry->ids[i] == id)
			return;
	expiry->ids[expiry->count++] = id;
}

static enum status open_items(struct expiry *expiry, char *sql, sqlite3_stmt **s)
{
	enum status status =
		sql_status(sqlite3_prepare_v2(store_db(expiry->store), sql, -1, s, NULL));

	free(sql);
	return status;
}

/* The latest item behind those that are kept by number or size; 0: there are not more. */
static enum status find_surplus(
	struct expiry *expiry, const struct scope *scope, int64_t *surplus_seq)
{
	const struct keep *keep = scope->keep;
	int64_t items = 0, bytes = 0;
	sqlite3_stmt *s = NULL;
	enum status status = STATUS_OK;

	*surplus_seq = 0;
	if (keep->items <= 0 && keep->bytes <= 0)
		return STATUS_OK;
	status = open_items(expiry,
		xasprintf("SELECT seq, body_bytes FROM %s AND has_body = 1 AND NOT " ITEM_IS_KEPT
			  " "
			  "ORDER BY seq DESC",
			buf_text(&scope->from)),
		&s);
	while (status == STATUS_OK && *surplus_seq == 0 && sqlite3_step(s) == SQLITE_ROW) {
		items++;
		bytes += sqlite3_column_int64(s, 1);
		if ((keep->items > 0 && items > keep->items) ||
			(keep->bytes > 0 && bytes > keep->bytes))
			*surplus_seq = sqlite3_column_int64(s, 0);
	}
	if (sqlite3_finalize(s) != SQLITE_OK && status == STATUS_OK)
		status = sql_status(sqlite3_errcode(store_db(expiry->store)));
	return status;
}

/* The latest item that is too old; 0: there is none. */
static enum status find_old(struct expiry *expiry, const struct scope *scope, int64_t *old_seq)
{
	*old_seq = 0;
	if (scope->keep->age_s <= 0)
		return STATUS_OK;
	return sql_int(expiry->store,
		"SELECT seq FROM arrival WHERE at < ?1 ORDER BY at DESC, seq DESC LIMIT 1", old_seq,
		"i", expiry->now - scope->keep->age_s);
}

/*
 * Take what goes among the items of a scope behind *seq, oldest first; *seq is the last that was
 * looked at, and 0 when all were.
 */
static enum status take(struct expiry *expiry, const struct scope *scope, int64_t old_seq,
	int64_t surplus_seq, int64_t *seq)
{
	sqlite3_stmt *s = NULL;
	int64_t to_seq = old_seq > surplus_seq ? old_seq : surplus_seq;
	enum status status = STATUS_OK;
	int result = SQLITE_DONE;

	if (to_seq > expiry->free_seq)
		to_seq = expiry->free_seq;
	if (to_seq > *seq)
		status = open_items(expiry,
			xasprintf(
				"SELECT seq, id, has_body = 1 AND NOT " ITEM_IS_KEPT " AND "
				"(seq <= %lld OR NOT (%s)) FROM %s AND seq > %lld AND seq <= %lld ORDER BY seq",
				(long long)surplus_seq, buf_text(&scope->others),
				buf_text(&scope->from), (long long)*seq, (long long)to_seq),
			&s);
	while (s && expiry->count < EXPIRE_BATCH && expiry->looks > 0 &&
		(result = sqlite3_step(s)) == SQLITE_ROW) {
		*seq = sqlite3_column_int64(s, 0);
		expiry->looks--;
		if (sqlite3_column_int(s, 2))
			add(expiry, sqlite3_column_int64(s, 1));
	}
	if (result == SQLITE_DONE)
		*seq = 0;
	sqlite3_finalize(s);
	return status == STATUS_OK && result != SQLITE_DONE && result != SQLITE_ROW
		       ? sql_status(result)
		       : status;
}

static void put_name(struct buf *to, const char *name)
{
	char *quoted = sqlite3_mprintf("%Q", name);

	buf_puts(to, quoted);
	sqlite3_free(quoted);
}

/* Feeds and sections that say themselves how long the texts of theirs are kept. */
static void put_feeds_with_age(struct buf *to, const struct config *config)
{
	buf_puts(to, "feed_id IN (SELECT id FROM feed WHERE url IN (''");
	for (size_t i = 0; i < config->feed_count; i++)
		if (config->feeds[i].keep.age_s > 0) {
			buf_puts(to, ", ");
			put_name(to, config->feeds[i].url);
		}
	buf_puts(to, "))");
}

static void put_sections_with_age(struct buf *to, const struct config *config)
{
	buf_puts(to, "section_id IN (SELECT id FROM section WHERE title IN (''");
	for (size_t i = 0; i < config->section_count; i++)
		if (config->sections[i].keep.age_s > 0) {
			buf_puts(to, ", ");
			put_name(to, config->sections[i].title);
		}
	buf_puts(to, "))");
}

/*
 * A feed's word counts for the age of its items, else its section's, else the store's. False: there
 * is no such scope.
 */
static bool scope_get(const struct config *config, size_t i, struct scope *scope)
{
	buf_clear(&scope->from);
	buf_clear(&scope->others);
	if (i < config->feed_count) {
		scope->keep = &config->feeds[i].keep;
		buf_puts(&scope->from, "item INDEXED BY item_feed WHERE feed_id = "
				       "(SELECT id FROM feed WHERE url = ");
		put_name(&scope->from, config->feeds[i].url);
		buf_puts(&scope->from, ")");
		buf_puts(&scope->others, "0");
		return true;
	}
	i -= config->feed_count;
	put_feeds_with_age(&scope->others, config);
	if (i < config->section_count) {
		scope->keep = &config->sections[i].keep;
		buf_puts(&scope->from, "item INDEXED BY item_section WHERE section_id = "
				       "(SELECT id FROM section WHERE title = ");
		put_name(&scope->from, config->sections[i].title);
		buf_puts(&scope->from, ")");
		return true;
	}
	scope->keep = &config->keep;
	buf_puts(&scope->others, " OR ");
	put_sections_with_age(&scope->others, config);
	buf_puts(&scope->from, "item INDEXED BY item_body_seq WHERE has_body = 1");
	return i == config->section_count;
}

/*
 * Scope by scope, from where the last call ended. What goes is found anew each time: meanwhile the
 * configuration may be another.
 */
static enum status choose_bodies(
	struct expiry *expiry, const struct config *config, struct expired *expired)
{
	struct scope scope = {.keep = NULL};
	enum status status = STATUS_OK;
	bool has_scope = true;

	while (status == STATUS_OK && expiry->count < EXPIRE_BATCH && expiry->looks > 0 &&
		(has_scope = scope_get(config, expired->scope, &scope))) {
		int64_t old_seq, surplus_seq = 0;

		expiry->looks--;
		status = find_old(expiry, &scope, &old_seq);
		if (status == STATUS_OK)
			status = find_surplus(expiry, &scope, &surplus_seq);
		if (status == STATUS_OK)
			status = take(expiry, &scope, old_seq, surplus_seq, &expired->seq);
		if (expired->seq == 0)
			expired->scope++;
	}
	expired->is_more = has_scope;
	buf_finish(&scope.from);
	buf_finish(&scope.others);
	return status;
}

static int64_t pragma(struct store *store, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t value = 0;

	if (sqlite3_prepare_v2(store_db(store), sql, -1, &s, NULL) == SQLITE_OK &&
		sqlite3_step(s) == SQLITE_ROW)
		value = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return value;
}

enum { FREE = 1, HELD = 2 }; /* item.has_body */

/* The oldest texts, until there are so many bytes less, which *bytes becomes by. */
static enum status take_oldest(struct expiry *expiry, int body, int64_t *bytes)
{
	sqlite3_stmt *s = NULL;
	enum status status = open_items(expiry,
		xasprintf("SELECT id, body_bytes FROM item INDEXED BY %s WHERE has_body = %d "
			  "AND seq <= %lld AND NOT " ITEM_IS_KEPT " ORDER BY seq",
			body == HELD ? "item_held_seq" : "item_body_seq", body,
			(long long)expiry->free_seq),
		&s);

	while (status == STATUS_OK && *bytes > 0 && expiry->count < EXPIRE_BATCH &&
		sqlite3_step(s) == SQLITE_ROW) {
		add(expiry, sqlite3_column_int64(s, 0));
		/* with a text goes its part of the full-text index, about half as much */
		*bytes -= sqlite3_column_int64(s, 1) * 3 / 2;
	}
	if (sqlite3_finalize(s) != SQLITE_OK && status == STATUS_OK)
		status = sql_status(sqlite3_errcode(store_db(expiry->store)));
	return status;
}

/*
 * A store that has grown to its largest size loses its oldest texts, until there is some room:
 * those that no edition holds, and only then those of the oldest editions.
 */
static enum status make_room(struct expiry *expiry, const struct config *config)
{
	int64_t page = pragma(expiry->store, "PRAGMA page_size");
	int64_t used = page * (pragma(expiry->store, "PRAGMA page_count") -
				      pragma(expiry->store, "PRAGMA freelist_count"));
	int64_t most = config->max_store_bytes - config->max_store_bytes / 100 * SPARE_PERCENT;
	int64_t wanted = used - most;
	size_t from;
	enum status status;

	if (config->max_store_bytes <= 0 || wanted <= 0 || expiry->count == EXPIRE_BATCH)
		return STATUS_OK;
	expiry->is_full = true;
	status = take_oldest(expiry, FREE, &wanted);
	from = expiry->count;
	if (status == STATUS_OK)
		status = take_oldest(expiry, HELD, &wanted);
	expiry->held = expiry->count - from;
	return status;
}

/* Pages that are free go back to the system; nothing happens in a store that was not made for it.
 */
static enum status give_back(struct expiry *expiry, int64_t *pages)
{
	char *sql = xasprintf("PRAGMA incremental_vacuum(%d)", VACUUM_PAGES);
	int64_t before = pragma(expiry->store, "PRAGMA page_count");
	enum status status = STATUS_OK;

	*pages = 0;
	if (pragma(expiry->store, "PRAGMA freelist_count") > 0) {
		status = sql_script(expiry->store, sql, NULL);
		*pages = before - pragma(expiry->store, "PRAGMA page_count");
	}
	free(sql);
	return status;
}

enum status items_expire(
	struct store *store, const struct config *config, int64_t now, struct expired *expired)
{
	struct expiry expiry = {.store = store, .now = now, .looks = LOOK_ITEMS};
	int64_t copies = 0, words = 0;
	bool is_done = false;
	enum status status = site_blocks_expire(store, now);

	expired->pages = 0;
	if (status == STATUS_OK)
		status = copies_expire(store, now, &copies);
	if (status == STATUS_OK)
		status = stories_expire(store, now, &words);
	expired->rows = copies + words;
	if (status == STATUS_OK)
		status = shelf_let_go(store, &is_done);
	expired->editions = !is_done;
	if (status == STATUS_OK)
		status = find_free(&expiry);
	if (status == STATUS_OK)
		status = choose_bodies(&expiry, config, expired);
	if (status == STATUS_OK && !expired->is_more)
		status = make_room(&expiry, config);
	for (size_t i = 0; i < expiry.count && status == STATUS_OK; i++)
		status = expire_body(store, expiry.ids[i]);
	expired->bodies = (int64_t)expiry.count;
	expired->printed = (int64_t)expiry.held;
	expired->is_short = expiry.is_full && expiry.count == 0;
	/* The full-text index takes in what was deleted: until then it has become larger by it.
	 * Where room is needed all of it does (a number below zero), not only what came last. */
	if (status == STATUS_OK && expiry.count)
		status =
			sql_run(store, "INSERT INTO item_fts (item_fts, rank) VALUES ('merge', ?1)",
				"i", (int64_t)(expiry.is_full ? -MERGE_PAGES : MERGE_PAGES));
	/* while more goes, what becomes free is used again */
	if (status == STATUS_OK && expiry.count == 0 && expired->rows == 0 && !expired->is_more)
		status = give_back(&expiry, &expired->pages);
	expired->is_more |= expired->bodies > 0 || expired->rows > 0 || expired->pages > 0 ||
			    expired->editions > 0;
	return status;
}
