#include "store/reading.h"

#include "core/buf.h"
#include "core/date.h"
#include "store/labels.h"
#include "store/sections.h"
#include "store/sql.h"
#include "store/woven.h"

#include <string.h>

enum { DAY_S = 86400 };

/* Conditions of a query; the parameters have numbers, so that each is bound once. */
enum {
	PARAM_NOW_LIMIT = 1, /* what arrived before this is read */
	PARAM_FEED,
	PARAM_LABEL,
	PARAM_SINCE,
	PARAM_UNTIL,
	PARAM_SEQ,
	PARAM_LIMIT,
	PARAM_FEED_URL,
};

#define IS_READ "(read_mark.item_id IS NOT NULL OR arrival.at < ?1)"

/*
 * A section of that title and items that were labelled so are one: readers have no other names for
 * sections. Of a label alone the way is by its index, not through all arrivals.
 */
static enum status put_label(struct store *store, const char *label, struct buf *sql)
{
	int64_t is_section;
	enum status status =
		sql_int(store, "SELECT ?1 = ?2 OR EXISTS (SELECT 1 FROM section WHERE title = ?1)",
			&is_section, "ss", label, SECTION_OTHER);

	if (is_section)
		buf_printf(sql,
			" AND ((feed.state <> 'unsubscribed' AND coalesce(section.title, '%s') = "
			"?3) OR EXISTS (SELECT 1 FROM item_label WHERE item_label.item_id = "
			"item.id AND label = ?3))",
			SECTION_OTHER);
	else
		buf_puts(sql,
			" AND arrival.item_id IN (SELECT item_id FROM item_label WHERE label = ?3)");
	return status;
}

static enum status put_from(struct store *store, const struct reading_query *query, struct buf *sql)
{
	enum status status = STATUS_OK;
	size_t i;

	buf_puts(sql, " FROM arrival JOIN item ON item.id = arrival.item_id "
		      "JOIN feed ON feed.id = item.feed_id "
		      "LEFT JOIN section ON section.id = item.section_id "
		      "LEFT JOIN article ON article.item_id = item.id "
		      "LEFT JOIN read_mark ON read_mark.item_id = item.id "
		      "WHERE arrival.kind = 0 AND item.state = 'ready'");
	if (query->feed_id)
		buf_puts(sql, " AND item.feed_id = ?2");
	if (query->feed_url)
		buf_puts(sql, " AND feed.url = ?8");
	if (!query->id_count && !query->only_starred && !query->label)
		buf_puts(sql, " AND feed.state <> 'unsubscribed'");
	if (query->label)
		status = put_label(store, query->label, sql);
	if (query->since)
		buf_puts(sql, " AND arrival.at >= ?4");
	if (query->until)
		buf_puts(sql, " AND arrival.at < ?5");
	if (query->before_seq)
		buf_printf(sql, " AND arrival.seq %s ?6", query->is_oldest_first ? ">" : "<");
	if (query->only_starred)
		buf_puts(sql, " AND item.starred");
	if (query->only_unstarred)
		buf_puts(sql, " AND NOT item.starred");
	if (query->only_read)
		buf_puts(sql, " AND " IS_READ);
	if (query->only_unread)
		buf_puts(sql, " AND NOT " IS_READ);
	for (i = 0; i < query->id_count; i++)
		buf_printf(sql, "%s%lld", i ? ", " : " AND item.id IN (", (long long)query->ids[i]);
	if (query->id_count)
		buf_putc(sql, ')');
	return status;
}

/* Not kept like constant statements: its text is made. */
static enum status prepare(struct store *store, const struct reading_query *query,
	const struct buf *sql, int64_t now, sqlite3_stmt **s)
{
	if (sqlite3_prepare_v2(store_db(store), buf_text(sql), -1, s, NULL) != SQLITE_OK)
		return sql_status(sqlite3_errcode(store_db(store)));
	/* Parameters that the text does not have are out of range, which is no harm. */
	sqlite3_bind_int64(*s, PARAM_NOW_LIMIT, now - (int64_t)READING_DAYS * DAY_S);
	sqlite3_bind_int64(*s, PARAM_FEED, query->feed_id);
	sqlite3_bind_text(*s, PARAM_FEED_URL, query->feed_url, -1, SQLITE_STATIC);
	sqlite3_bind_text(*s, PARAM_LABEL, query->label, -1, SQLITE_STATIC);
	sqlite3_bind_int64(*s, PARAM_SINCE, query->since);
	sqlite3_bind_int64(*s, PARAM_UNTIL, query->until);
	sqlite3_bind_int64(*s, PARAM_SEQ, query->before_seq);
	sqlite3_bind_int64(*s, PARAM_LIMIT, query->limit ? query->limit : -1);
	return STATUS_OK;
}

static void give(
	sqlite3_stmt *s, void (*on_item)(void *, const struct reading_item *), void *context)
{
	const struct reading_item item = {
		.id = sqlite3_column_int64(s, 0),
		.seq = sqlite3_column_int64(s, 1),
		.arrived_at = sqlite3_column_int64(s, 2),
		.published_at = sql_time(s, 3),
		.feed_id = sqlite3_column_int64(s, 4),
		.title = sql_text(s, 5),
		.url = sql_text(s, 6),
		.author = sql_text(s, 7),
		.section = sql_text(s, 8),
		.feed_title = sql_text(s, 9),
		.feed_url = sql_text(s, 10),
		.site_url = sql_text(s, 11),
		.is_starred = sqlite3_column_int(s, 12),
		.is_read = sqlite3_column_int(s, 13),
		.labels = sql_text(s, 14),
		.html = sql_text(s, 15),
		.enclosures = sql_text(s, 16),
	};

	on_item(context, &item);
}

enum status reading_items(struct store *store, const struct reading_query *query, int64_t now,
	void (*on_item)(void *context, const struct reading_item *item), void *context)
{
	struct buf sql = {0};
	sqlite3_stmt *s = NULL;
	enum status status;
	int result = SQLITE_DONE;

	buf_printf(&sql,
		"SELECT item.id, arrival.seq, arrival.at, item.published_at, feed.id, item.title, "
		"item.url, item.author, coalesce(section.title, '%s'), "
		"coalesce(feed.name, feed.title, feed.url), feed.url, feed.site_url, item.starred, " IS_READ
		", " ITEM_LABELS ", %s",
		SECTION_OTHER,
		query->want_text
			? "coalesce(" WOVEN_HTML("article") ", article.excerpt), item.enclosures"
			: "NULL, NULL");
	status = put_from(store, query, &sql);
	buf_printf(
		&sql, " ORDER BY arrival.seq %s LIMIT ?7", query->is_oldest_first ? "ASC" : "DESC");
	if (status == STATUS_OK)
		status = prepare(store, query, &sql, now, &s);
	while (status == STATUS_OK && (result = sqlite3_step(s)) == SQLITE_ROW)
		give(s, on_item, context);
	if (status == STATUS_OK && result != SQLITE_DONE)
		status = sql_status(result);
	sqlite3_finalize(s);
	buf_finish(&sql);
	return status;
}

enum status reading_feeds(struct store *store, int64_t now, bool with_unread,
	void (*on_feed)(void *context, const struct reading_feed *feed), void *context)
{
	sqlite3_stmt *s;
	/* CROSS: by time of arrival, not through all items feed by feed */
	enum status status = sql_open(store,
		"WITH unread AS (SELECT item.feed_id AS feed_id, count(*) AS n, max(arrival.at) AS at "
		"FROM arrival CROSS JOIN item ON item.id = arrival.item_id "
		"LEFT JOIN read_mark ON read_mark.item_id = item.id "
		"WHERE arrival.at >= ?1 AND arrival.kind = 0 AND item.state = 'ready' "
		"AND read_mark.item_id IS NULL GROUP BY 1) "
		"SELECT feed.id, coalesce(feed.name, feed.title, feed.url), feed.url, feed.site_url, "
		"coalesce(section.title, ?2), coalesce(unread.n, 0), coalesce(unread.at, 0) "
		"FROM feed LEFT JOIN section ON section.id = feed.section_id "
		"LEFT JOIN unread ON unread.feed_id = feed.id WHERE feed.state <> 'unsubscribed' "
		"ORDER BY section.position, 2 COLLATE NOCASE",
		&s, "is", with_unread ? now - (int64_t)READING_DAYS * DAY_S : INT64_MAX,
		SECTION_OTHER);

	while (status == STATUS_OK && sql_next(store, s, &status)) {
		const struct reading_feed feed = {sqlite3_column_int64(s, 0), sql_text(s, 1),
			sql_text(s, 2), sql_text(s, 3), sql_text(s, 4), sqlite3_column_int64(s, 5),
			sqlite3_column_int64(s, 6)};

		on_feed(context, &feed);
	}
	return status;
}

enum status reading_has(struct store *store, int64_t id, bool *is_there)
{
	int64_t found;
	enum status status =
		sql_int(store, "SELECT EXISTS (SELECT 1 FROM item WHERE id = ?1)", &found, "i", id);

	*is_there = found != 0;
	return status;
}

static enum status mark_one(struct store *store, int64_t id, enum reading_mark mark, int64_t now)
{
	switch (mark) {
	case MARK_READ:
		return sql_run(store,
			"INSERT OR IGNORE INTO read_mark (item_id, at) "
			"SELECT id, ?2 FROM item WHERE id = ?1",
			"ii", id, now);
	case MARK_UNREAD:
		return sql_run(store, "DELETE FROM read_mark WHERE item_id = ?1", "i", id);
	case MARK_STARRED:
		return sql_run(store, "UPDATE item SET starred = 1 WHERE id = ?1", "i", id);
	case MARK_UNSTARRED:
		return sql_run(store, "UPDATE item SET starred = 0 WHERE id = ?1", "i", id);
	case MARK_NONE: break;
	}
	return STATUS_OK;
}

enum status reading_mark(
	struct store *store, const int64_t *ids, size_t count, enum reading_mark mark, int64_t now)
{
	enum status status = STATUS_OK;
	size_t i;

	for (i = 0; status == STATUS_OK && i < count; i++)
		status = mark_one(store, ids[i], mark, now);
	return status;
}

enum status reading_mark_all(struct store *store, const struct reading_query *query, int64_t now)
{
	struct buf sql = {0};
	sqlite3_stmt *s = NULL;
	enum status status;
	int result;

	buf_printf(&sql, "INSERT OR IGNORE INTO read_mark (item_id, at) SELECT item.id, %lld",
		(long long)now);
	status = put_from(store, query, &sql);
	if (status == STATUS_OK)
		status = prepare(store, query, &sql, now, &s);
	if (status == STATUS_OK && (result = sqlite3_step(s)) != SQLITE_DONE)
		status = sql_status(result);
	sqlite3_finalize(s);
	buf_finish(&sql);
	return status;
}
