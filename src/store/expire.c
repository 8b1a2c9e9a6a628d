#include "core/buf.h"
#include "core/config.h"
#include "core/mem.h"
#include "store/copies.h"
#include "store/items.h"
#include "store/ready.h"
#include "store/shelf.h"
#include "store/sites.h"
#include "store/sql.h"
#include "store/stories.h"

#include <stdlib.h>
#include <string.h>

enum {
	EXPIRE_BATCH = 250,  /* items a call, half a second: others wait for the store meanwhile */
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
	bool is_full;     /* the store has its largest size */
};

/* Starred items keep everything; identity, title and sightings stay of all. */
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

/* A text goes to print first. For a while: a store need not have editions. */
static enum status find_free(struct expiry *expiry)
{
	return sql_int(expiry->store,
		"SELECT max((SELECT coalesce(min(closed_seq), 0) FROM section WHERE is_current = 1), "
		"coalesce((SELECT seq FROM arrival WHERE at < ?1 ORDER BY at DESC, seq DESC LIMIT 1), "
		"0))",
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

enum { FREE = 1, HELD = 2 }; /* item.has_body */

/*
 * scope: a condition on item, with "'" around names doubled already. seq: the last that may go.
 * body: FREE, or those that editions hold.
 */
static enum status take(struct expiry *expiry, int body, const char *scope, int64_t seq)
{
	char *sql = xasprintf("SELECT id FROM item INDEXED BY %s WHERE has_body = %d "
			      "AND seq <= %lld AND starred = 0%s ORDER BY seq LIMIT %zu",
		body == HELD ? "item_held_seq" : "item_body_seq", body,
		(long long)(seq < expiry->free_seq ? seq : expiry->free_seq), scope,
		EXPIRE_BATCH - expiry->count);
	sqlite3_stmt *s = NULL;
	int result = sqlite3_prepare_v2(store_db(expiry->store), sql, -1, &s, NULL);

	while (result == SQLITE_OK && (result = sqlite3_step(s)) == SQLITE_ROW) {
		add(expiry, sqlite3_column_int64(s, 0));
		result = SQLITE_OK;
	}
	sqlite3_finalize(s);
	free(sql);
	return sql_status(result);
}

/* The seq behind which everything is kept by count; 0: there are not more. */
static enum status find_last(struct expiry *expiry, const char *scope, int items, int64_t *seq)
{
	char *sql = xasprintf("SELECT seq FROM item INDEXED BY item_body_seq WHERE has_body = 1 "
			      "AND starred = 0%s ORDER BY seq DESC LIMIT 1 OFFSET %d",
		scope, items);
	sqlite3_stmt *s = NULL;
	int result = sqlite3_prepare_v2(store_db(expiry->store), sql, -1, &s, NULL);

	*seq = 0;
	if (result == SQLITE_OK && (result = sqlite3_step(s)) == SQLITE_ROW)
		*seq = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	free(sql);
	return sql_status(result);
}

/* within: of items of this scope whose age others decide, too; by_age: without those. */
static enum status expire_scope(
	struct expiry *expiry, const struct keep *keep, const char *within, const char *by_age)
{
	enum status status = STATUS_OK;
	int64_t seq;

	if (keep->age_s > 0 && expiry->count < EXPIRE_BATCH) {
		status = sql_int(expiry->store,
			"SELECT seq FROM arrival WHERE at < ?1 ORDER BY at DESC, seq DESC LIMIT 1",
			&seq, "i", expiry->now - keep->age_s);
		if (status == STATUS_OK && seq)
			status = take(expiry, FREE, by_age, seq);
	}
	if (status == STATUS_OK && keep->items > 0 && expiry->count < EXPIRE_BATCH) {
		status = find_last(expiry, within, keep->items, &seq);
		if (status == STATUS_OK && seq)
			status = take(expiry, FREE, within, seq);
	}
	return status;
}

static void put_name(struct buf *to, const char *name)
{
	char *quoted = sqlite3_mprintf("%Q", name);

	buf_puts(to, quoted);
	sqlite3_free(quoted);
}

/* " AND feed_id NOT IN (...)": those that say themselves how long theirs are kept. */
static void put_others(struct buf *to, const struct config *config, bool with_sections)
{
	buf_puts(to, " AND feed_id NOT IN (SELECT id FROM feed WHERE url IN (''");
	for (size_t i = 0; i < config->feed_count; i++)
		if (config->feeds[i].keep.age_s > 0) {
			buf_puts(to, ", ");
			put_name(to, config->feeds[i].url);
		}
	buf_puts(to, "))");
	if (!with_sections)
		return;
	buf_puts(to, " AND section_id NOT IN (SELECT id FROM section WHERE title IN (''");
	for (size_t i = 0; i < config->section_count; i++)
		if (config->sections[i].keep.age_s > 0) {
			buf_puts(to, ", ");
			put_name(to, config->sections[i].title);
		}
	buf_puts(to, "))");
}

/* A feed's word counts for the age of its items, else its section's, else the store's. */
static enum status choose_bodies(struct expiry *expiry, const struct config *config)
{
	struct buf within = {0}, by_age = {0};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < config->feed_count && status == STATUS_OK; i++) {
		buf_clear(&within);
		buf_puts(&within, " AND feed_id = (SELECT id FROM feed WHERE url = ");
		put_name(&within, config->feeds[i].url);
		buf_putc(&within, ')');
		status = expire_scope(
			expiry, &config->feeds[i].keep, buf_text(&within), buf_text(&within));
	}
	for (size_t i = 0; i < config->section_count && status == STATUS_OK; i++) {
		buf_clear(&within);
		buf_clear(&by_age);
		buf_puts(&within, " AND section_id = (SELECT id FROM section WHERE title = ");
		put_name(&within, config->sections[i].title);
		buf_putc(&within, ')');
		buf_puts(&by_age, buf_text(&within));
		put_others(&by_age, config, false);
		status = expire_scope(
			expiry, &config->sections[i].keep, buf_text(&within), buf_text(&by_age));
	}
	buf_clear(&by_age);
	put_others(&by_age, config, true);
	if (status == STATUS_OK)
		status = expire_scope(expiry, &config->keep, "", buf_text(&by_age));
	buf_finish(&within);
	buf_finish(&by_age);
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

/* No more of those that were taken than it needs to free so many bytes, which become less. */
static enum status take_back(struct expiry *expiry, size_t from, int64_t *bytes)
{
	enum status status = STATUS_OK;
	size_t i;

	for (i = from; status == STATUS_OK && i < expiry->count; i++) {
		int64_t size;

		if (*bytes <= 0)
			break;
		status = sql_int(expiry->store,
			/* and about half of a text in the full-text index */
			"SELECT coalesce(length(CAST(coalesce(html, markup) AS BLOB)), 0) + "
			"length(CAST(text AS BLOB)) * 3 / 2 + (SELECT "
			"coalesce(length(CAST(summary AS BLOB)), 0) + "
			"coalesce(length(CAST(content AS BLOB)), 0) FROM item_body "
			"WHERE item_body.item_id = article.item_id) "
			"FROM article WHERE item_id = ?1",
			&size, "i", expiry->ids[i]);
		*bytes -= size;
	}
	expiry->count = i;
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
	size_t from = expiry->count;
	enum status status;

	if (config->max_store_bytes <= 0 || wanted <= 0 || expiry->count == EXPIRE_BATCH)
		return STATUS_OK;
	expiry->is_full = true;
	status = take(expiry, FREE, "", INT64_MAX);
	if (status == STATUS_OK)
		status = take_back(expiry, from, &wanted);
	from = expiry->count;
	if (status == STATUS_OK && wanted > 0 && from < EXPIRE_BATCH) {
		status = take(expiry, HELD, "", INT64_MAX);
		if (status == STATUS_OK)
			status = take_back(expiry, from, &wanted);
		expiry->held = expiry->count - from;
	}
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
	struct expiry expiry = {.store = store, .now = now};
	int64_t copies = 0, words = 0;
	bool is_done = false;
	enum status status = site_blocks_expire(store, now);

	memset(expired, 0, sizeof(*expired));
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
		status = choose_bodies(&expiry, config);
	if (status == STATUS_OK)
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
	if (status == STATUS_OK && expiry.count == 0 && expired->rows == 0)
		status = give_back(&expiry, &expired->pages);
	return status;
}
