#include "store/editions.h"

#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"
#include "store/feeds.h"
#include "store/sections.h"
#include "store/settle.h"
#include "store/shelf.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>

void edition_row_finish(struct edition_row *row)
{
	if (!row)
		return;
	free(row->name);
	free(row->timezone);
	memset(row, 0, sizeof(*row));
}

#define EDITION_COLUMNS                                                                            \
	"id, name, from_seq, to_seq, window_from, window_to, timezone, item_count, published_at, " \
	"state = 'kept'"

static void row_read(sqlite3_stmt *s, struct edition_row *row)
{
	memset(row, 0, sizeof(*row));
	row->id = sqlite3_column_int64(s, 0);
	row->name = sql_dup(s, 1);
	row->from_seq = sqlite3_column_int64(s, 2);
	row->to_seq = sqlite3_column_int64(s, 3);
	row->window_from = sqlite3_column_int64(s, 4);
	row->window_to = sqlite3_column_int64(s, 5);
	row->timezone = sql_dup(s, 6);
	row->item_count = sqlite3_column_int(s, 7);
	row->published_at = sqlite3_column_int64(s, 8);
	row->is_kept = sqlite3_column_int(s, 9) != 0;
}

/* The row of a statement that was just opened. */
static enum status row_of(sqlite3_stmt *s, enum status status, struct edition_row *row)
{
	memset(row, 0, sizeof(*row));
	if (status != STATUS_OK)
		return status;
	row_read(s, row);
	sqlite3_reset(s);
	return STATUS_OK;
}

enum status edition_get(struct store *store, const char *name, struct edition_row *row)
{
	sqlite3_stmt *s;
	enum status status = sql_one(store,
		"SELECT " EDITION_COLUMNS " FROM edition "
		"WHERE ?1 IS NULL OR name = ?1 OR local_date = ?1 "
		"OR (name = local_date AND name || '-1' = ?1) "
		"ORDER BY name = ?1 AND local_date <> ?1 DESC, id DESC LIMIT 1",
		&s, "s", name);

	return row_of(s, status, row);
}

enum status edition_by_id(struct store *store, int64_t id, struct edition_row *row)
{
	sqlite3_stmt *s;
	enum status status = sql_one(
		store, "SELECT " EDITION_COLUMNS " FROM edition WHERE id = ?1", &s, "i", id);

	return row_of(s, status, row);
}

enum status editions_load(struct store *store,
	void (*on_edition)(void *context, const struct edition_row *row), void *context)
{
	sqlite3_stmt *s;
	struct edition_row row;
	enum status status =
		sql_open(store, "SELECT " EDITION_COLUMNS " FROM edition ORDER BY id DESC", &s, "");

	while (sql_next(store, s, &status)) {
		row_read(s, &row);
		on_edition(context, &row);
		edition_row_finish(&row);
	}
	return status;
}

enum status edition_published(struct store *store, int64_t id, int64_t at)
{
	return sql_run(store, "UPDATE edition SET published_at = ?2 WHERE id = ?1", "ii", id, at);
}

enum status edition_unpublished(struct store *store, struct edition_row *row)
{
	sqlite3_stmt *s;
	enum status status = sql_one(store,
		"SELECT " EDITION_COLUMNS
		" FROM edition WHERE published_at = 0 ORDER BY id LIMIT 1",
		&s, "");

	return row_of(s, status, row);
}

enum status section_closings(struct store *store,
	void (*on_section)(void *context, const struct section_closing *closing), void *context)
{
	struct section_closing closing;
	sqlite3_stmt *s;
	enum status status =
		sql_open(store, "SELECT id, slug, closed_at FROM section ORDER BY id", &s, "");

	while (sql_next(store, s, &status)) {
		closing.id = sqlite3_column_int64(s, 0);
		closing.slug = sql_text(s, 1);
		closing.closed_at = sqlite3_column_int64(s, 2);
		on_section(context, &closing);
	}
	return status;
}

/* Of sections that were in no edition yet: the window of an edition is never without beginning. */
static enum status first_arrival(struct store *store, int64_t now, int64_t *at)
{
	enum status status = sql_int(store, "SELECT at FROM arrival ORDER BY seq LIMIT 1", at, "");

	if (status == STATUS_OK && (*at == 0 || *at > now))
		*at = now;
	return status;
}

/* Up to where this edition goes, and from where on something may not be printed yet. */
static enum status find_window(struct store *store, struct edition_row *row, int64_t now)
{
	enum status status = sql_int(store, "SELECT max(seq) FROM arrival", &row->to_seq, "");

	row->window_from = row->window_to = now;
	/* An item may have moved here from any section, so the one that lags most decides. */
	if (status == STATUS_OK)
		status = sql_int(store, "SELECT min(closed_seq) FROM section", &row->from_seq, "");
	if (row->to_seq < row->from_seq)
		row->to_seq = row->from_seq;
	return status;
}

/* The sections of an edition, with the windows that they have not had yet. */
static enum status put_sections(
	struct store *store, const int64_t *sections, size_t count, struct edition_row *row)
{
	int64_t first = row->window_to;
	enum status status = first_arrival(store, row->window_to, &first);
	size_t i;

	/* A section that closed for the first time closed with the others before. */
	if (status == STATUS_OK)
		status = sql_int(store,
			"SELECT coalesce(max(closed_at), ?1) FROM section WHERE closed_at > 0",
			&first, "i", first);
	for (i = 0; status == STATUS_OK && i < (sections ? count : 1); i++)
		status = sql_run(store,
			"INSERT INTO edition_section (edition_id, section_id, from_seq, "
			"window_from) SELECT ?1, id, closed_seq, min(?2, iif(closed_at > 0, closed_at, "
			"?3)) FROM section WHERE ?4 = 0 OR id = ?4",
			"iiii", row->id, row->window_to, first,
			sections ? sections[i] : (int64_t)0);
	if (status == STATUS_OK)
		status = sql_int(store,
			"SELECT min(window_from) FROM edition_section WHERE edition_id = ?1",
			&row->window_from, "i", row->id);
	return status;
}

/* Printed or empty, what arrived until now was looked at. */
static enum status mark_closed(struct store *store, const struct edition_row *row)
{
	return sql_run(store,
		"UPDATE section SET closed_at = ?2, closed_seq = ?3 WHERE id IN "
		"(SELECT section_id FROM edition_section WHERE edition_id = ?1)",
		"iii", row->id, row->window_to, row->to_seq);
}

/* "2026-11-22", or "2026-11-22-2" when the day has one already. */
static enum status find_name(struct store *store, const char *local_date, char **name)
{
	int64_t taken = 0;
	enum status status;
	int n = 1;

	*name = NULL;
	do {
		free(*name);
		*name = n == 1 ? xstrdup(local_date) : xasprintf("%s-%d", local_date, n);
		n++;
		status = sql_int(
			store, "SELECT count(*) FROM edition WHERE name = ?1", &taken, "s", *name);
	} while (status == STATUS_OK && taken);
	return status;
}

#define IS_ITS_TIME "IN (SELECT section_id FROM edition_section WHERE edition_id = ?1) "

/*
 * What feeds of several sections have shown is in the first of these, in the order of the
 * configuration, not in that of the feed that was read first; unless a rule has put it elsewhere.
 */
static enum status settle_sections(struct store *store, const struct edition_row *row)
{
	return sql_run(store,
		"UPDATE item SET section_id = (SELECT section.id FROM sighting "
		"JOIN feed ON feed.id = sighting.feed_id AND feed.state = 'active' "
		"JOIN section ON section.id = feed.section_id WHERE sighting.item_id = item.id "
		"ORDER BY section.position, section.id LIMIT 1) WHERE id IN "
		"(SELECT arrival.item_id FROM arrival JOIN item AS shown ON shown.id = "
		"arrival.item_id JOIN feed AS first ON first.id = shown.feed_id AND "
		"first.section_id = shown.section_id AND first.state = 'active' "
		"JOIN sighting ON sighting.item_id = shown.id AND sighting.feed_id <> shown.feed_id "
		"JOIN feed AS other ON other.id = sighting.feed_id AND other.state = 'active' "
		"AND other.section_id <> shown.section_id "
		"WHERE arrival.seq > ?1 AND arrival.seq <= ?2 AND arrival.kind = 0 AND NOT EXISTS "
		"(SELECT 1 FROM edition_item WHERE edition_item.item_id = shown.id))",
		"ii", row->from_seq, row->to_seq);
}

/* The primary key of edition_item is the item: whatever happens, it is printed once. */
static enum status put_items(struct store *store, struct edition_row *row, int64_t *count)
{
	enum status status = sql_run(store,
		"INSERT INTO edition_item (item_id, edition_id, section_id, position, revision) "
		"SELECT item.id, ?1, item.section_id, "
		"row_number() OVER (PARTITION BY item.section_id ORDER BY min(arrival.seq)), "
		"item.revision FROM arrival JOIN item ON item.id = arrival.item_id "
		"WHERE arrival.seq > ?2 AND arrival.seq <= ?3 AND item.state = 'ready' "
		"AND item.is_backlog = 0 AND item.section_id " IS_ITS_TIME "AND NOT EXISTS "
		"(SELECT 1 FROM edition_item AS printed WHERE printed.item_id = item.id) "
		"GROUP BY item.id",
		"iii", row->id, row->from_seq, row->to_seq);

	*count = sqlite3_changes64(store_db(store));
	if (status == STATUS_OK) {
		status = sql_run(store,
			"INSERT INTO edition_update (edition_id, item_id, section_id, position, "
			"revision) SELECT ?1, item.id, printed.section_id, "
			"row_number() OVER (PARTITION BY printed.section_id "
			"ORDER BY max(arrival.seq)), item.revision "
			"FROM arrival JOIN item ON item.id = arrival.item_id "
			"JOIN edition_item AS printed ON printed.item_id = item.id "
			"WHERE arrival.seq > ?2 AND arrival.seq <= ?3 AND arrival.kind = 1 "
			"AND printed.edition_id <> ?1 AND item.state = 'ready' "
			"AND printed.section_id " IS_ITS_TIME
			"AND item.revision > coalesce((SELECT max(revision) FROM edition_update "
			"AS told WHERE told.item_id = item.id), printed.revision) GROUP BY item.id",
			"iii", row->id, row->from_seq, row->to_seq);
		*count += sqlite3_changes64(store_db(store));
	}
	return status;
}

struct notes {
	struct store *store;
	int64_t edition_id;
	int64_t position;
	enum status status;
};

/* at 0, subject and detail NULL: it says nothing of that. */
static void note_put(struct notes *notes, int64_t section_id, const char *text, const char *kind,
	const char *subject, int64_t number, int64_t at, const char *detail)
{
	if (notes->status == STATUS_OK)
		notes->status = sql_run(notes->store,
			"INSERT INTO edition_note (edition_id, section_id, position, text, kind, "
			"subject, number, at, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
			"izisssizs", notes->edition_id, section_id, ++notes->position, text, kind,
			subject, number, at, detail);
}

enum status edition_fact_put(struct store *store, int64_t edition_id, int64_t section_id,
	const char *kind, const char *subject, int64_t number, const char *text)
{
	struct notes notes = {.store = store, .edition_id = edition_id};

	notes.status = sql_int(store,
		"SELECT coalesce(max(position), 0) FROM edition_note WHERE edition_id = ?1",
		&notes.position, "i", edition_id);
	note_put(&notes, section_id, text, kind, subject, number, 0, NULL);
	return notes.status;
}

/* Feeds that fail, with since when and why: a reader would miss what they would have brought. */
static void note_failing(struct notes *notes)
{
	char date[DATE_TEXT_BYTES];
	sqlite3_stmt *s;

	notes->status = sql_open(notes->store,
		"SELECT section_id, coalesce(name, title, url), failing_since, "
		"coalesce(error, outcome) FROM feed "
		"WHERE ((failing_since > 0 AND state = 'active') OR state = 'gone') "
		"AND section_id " IS_ITS_TIME "ORDER BY section_id, failing_since, id",
		&s, "i", notes->edition_id);
	while (sql_next(notes->store, s, &notes->status)) {
		const char *name = sql_text(s, 1), *why = sql_text(s, 3);
		int64_t since = sqlite3_column_int64(s, 2);
		char *text;

		date_format(since, date);
		date[strcspn(date, "T")] = '\0';
		text = xasprintf("%s could not be read since %s: %s", name, date, why);
		note_put(notes, sqlite3_column_int64(s, 0), text, "failing", name, 0, since, why);
		free(text);
	}
}

/*
 * Feeds that answer and have brought nothing for much longer than they used to: three times their
 * mean distance, 60 days at least. One note a section, with the first names.
 */
static void note_silent(struct notes *notes, int64_t now)
{
	sqlite3_stmt *s;

	notes->status = sql_open(notes->store,
		"SELECT section_id, group_concat(name, ', '), max(number) FROM (SELECT section_id, "
		"coalesce(name, title, url) AS name, "
		"row_number() OVER (PARTITION BY section_id ORDER BY last_new_at, id) AS place, "
		"count(*) OVER (PARTITION BY section_id) AS number FROM feed "
		"WHERE state = 'active' AND failing_since = 0 AND last_new_at > 0 "
		"AND last_new_at < ?2 - 60 * 86400 "
		"AND last_new_at < ?2 - 3 * (last_new_at - subscribed_at) / max(items, 1) "
		"AND section_id " IS_ITS_TIME ") WHERE place <= 5 GROUP BY 1 ORDER BY 1",
		&s, "ii", notes->edition_id, now);
	while (sql_next(notes->store, s, &notes->status)) {
		const char *names = sql_text(s, 1);
		long long n = sqlite3_column_int64(s, 2);
		char *text = xasprintf("%lld feed%s brought nothing for 60 days or more: %s%s", n,
			n == 1 ? " has" : "s have", names, n > 5 ? ", \xE2\x80\xA6" : "");

		note_put(notes, sqlite3_column_int64(s, 0), text, "silent", names, n, 0, NULL);
		free(text);
	}
}

/* Feeds between whose polls entries came and went, as far as that was seen in this window. */
static void note_gaps(struct notes *notes, const struct edition_row *row)
{
	sqlite3_stmt *s;

	notes->status = sql_open(notes->store,
		"SELECT feed.section_id, coalesce(feed.name, feed.title, feed.url) FROM walk "
		"JOIN feed ON feed.id = walk.feed_id AND feed.state = 'active' "
		"JOIN edition_section AS part ON part.edition_id = ?1 "
		"AND part.section_id = feed.section_id AND walk.ended_at > part.window_from "
		"WHERE walk.state = 'open' AND walk.ended_at <= ?2 ORDER BY 1, feed.id",
		&s, "ii", row->id, row->window_to);
	while (sql_next(notes->store, s, &notes->status)) {
		const char *name = sql_text(s, 1);
		char *text = xasprintf("%s showed nothing known when it was read: entries in "
				       "between may be missing",
			name);

		note_put(notes, sqlite3_column_int64(s, 0), text, "gap", name, 0, 0, NULL);
		free(text);
	}
}

enum { MOVED_FEEDS = 20 }; /* told in one edition; the others in the next */

/*
 * Feeds that are read elsewhere than subscribed, each move once. From http to https of the same
 * place is none.
 */
static void note_moved(struct notes *notes)
{
	sqlite3_stmt *s;

	notes->status = sql_open(notes->store,
		"SELECT section_id, coalesce(name, title, url), id, fetch_url FROM feed "
		"WHERE state = 'active' AND fetch_url IS NOT NULL "
		"AND substr(fetch_url, instr(fetch_url, ':')) <> substr(url, instr(url, ':')) "
		"AND section_id " IS_ITS_TIME "AND (id, fetch_url) NOT IN (SELECT number, detail "
		"FROM edition_note WHERE kind = 'moved') ORDER BY section_id, id LIMIT ?2",
		&s, "ii", notes->edition_id, (int64_t)MOVED_FEEDS);
	while (sql_next(notes->store, s, &notes->status)) {
		const char *name = sql_text(s, 1);
		char *text = xasprintf("%s has moved", name);

		note_put(notes, sqlite3_column_int64(s, 0), text, "moved", name,
			sqlite3_column_int64(s, 2), 0, sql_text(s, 3));
		free(text);
	}
}

/* Numbers by section, with a sentence each. */
static const struct {
	const char *sql; /* section, number; edition as ?1, to_seq and window_to as ?2, ?3 */
	const char *kind;
	const char *one;
	const char *many;
} counted[] = {
	{"SELECT item.section_id, count(*) FROM edition_section AS part "
	 "JOIN arrival ON arrival.seq > part.from_seq AND arrival.seq <= ?2 "
	 "JOIN item ON item.id = arrival.item_id AND item.section_id = part.section_id "
	 "WHERE part.edition_id = ?1 AND arrival.kind = 0 AND item.is_backlog = 1 AND ?3 > 0 "
	 "GROUP BY 1 ORDER BY 1",
		"backlog", "%lld older entry of a new feed is stored and not printed",
		"%lld older entries of new feeds are stored and not printed"},
	{"SELECT item.section_id, count(*) FROM edition_section AS part "
	 "JOIN item ON item.section_id = part.section_id AND item.state = 'dropped' "
	 "AND first_seen_at > part.window_from AND first_seen_at <= ?3 "
	 "WHERE part.edition_id = ?1 AND ?2 >= 0 GROUP BY 1 ORDER BY 1",
		"dropped", "%lld item was left out by your rules",
		"%lld items were left out by your rules"},
	{"SELECT item.section_id, count(*) FROM edition_section AS part "
	 "JOIN arrival ON arrival.seq > part.from_seq AND arrival.seq <= ?2 "
	 "JOIN item ON item.id = arrival.item_id AND item.section_id = part.section_id "
	 "WHERE part.edition_id = ?1 AND arrival.kind = 0 AND ?3 > 0 "
	 "AND item.page_state IN ('failed', 'refused') GROUP BY 1 ORDER BY 1",
		"unread", "The page of %lld article could not be read; it has the feed's own text",
		"The pages of %lld articles could not be read; they have the feed's own text"},
	{"SELECT printed.section_id, count(*) FROM edition_item AS printed "
	 "JOIN article ON article.item_id = printed.item_id "
	 "WHERE printed.edition_id = ?1 AND ?2 >= 0 AND ?3 > 0 AND "
	 "article.reason = 'behind a wall: only the beginning is there' " /* REASON_WALL */
	 "GROUP BY 1 ORDER BY 1",
		"walled", "%lld article is behind a wall: only its beginning is here",
		"%lld articles are behind a wall: only their beginnings are here"},
};

static void note_counts(struct notes *notes, const struct edition_row *row)
{
	sqlite3_stmt *s;

	for (size_t i = 0; i < ARRAY_LEN(counted) && notes->status == STATUS_OK; i++) {
		notes->status = sql_open(notes->store, counted[i].sql, &s, "iii", row->id,
			row->to_seq, row->window_to);
		while (sql_next(notes->store, s, &notes->status)) {
			long long n = sqlite3_column_int64(s, 1);
			const char *before = n == 1 ? counted[i].one : counted[i].many;
			const char *number = strstr(before, "%lld");
			char *text = xasprintf("%.*s%lld%s", (int)(number - before), before, n,
				number + strlen("%lld"));

			note_put(notes, sqlite3_column_int64(s, 0), text, counted[i].kind, NULL, n,
				0, NULL);
			free(text);
		}
	}
}

/* Nothing to print: the edition never was, but its sections had their time. */
static enum status leave_out(struct store *store, struct edition_row *row)
{
	enum status status =
		sql_run(store, "DELETE FROM edition_section WHERE edition_id = ?1", "i", row->id);

	if (status == STATUS_OK)
		status = sql_run(store, "DELETE FROM edition WHERE id = ?1", "i", row->id);
	edition_row_finish(row);
	return status == STATUS_OK ? STATUS_NOT_FOUND : status;
}

/* An empty page tells of a day, not that somebody asked once too often. */
static bool is_second(const struct edition_row *row, const char *local_date)
{
	return !str_eq(row->name, local_date);
}

enum status edition_close(struct store *store, const struct config *config, int64_t now,
	const char *local_date, const int64_t *sections, size_t section_count,
	struct edition_row *row)
{
	struct notes notes = {.store = store};
	int64_t count = 0;
	enum status status;

	memset(row, 0, sizeof(*row));
	status = find_window(store, row, now);
	if (status == STATUS_OK)
		status = find_name(store, local_date, &row->name);
	if (status == STATUS_OK)
		status = sql_int(store,
			"INSERT INTO edition (name, local_date, from_seq, to_seq, window_from, "
			"window_to, timezone, item_count) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0) "
			"RETURNING id",
			&row->id, "ssiiiis", row->name, local_date, row->from_seq, row->to_seq,
			row->window_from, row->window_to, config->timezone);
	if (status == STATUS_OK)
		status = put_sections(store, sections, section_count, row);
	if (status == STATUS_OK)
		status = mark_closed(store, row);
	if (status == STATUS_OK)
		status = settle_sections(store, row);
	if (status == STATUS_OK)
		status = put_items(store, row, &count);
	if (status == STATUS_OK && count)
		status = stories_settle(store, row->id, row->from_seq, row->to_seq, now);
	if (status == STATUS_OK)
		status = shelf_put(store, row->id);
	if (status == STATUS_OK && count == 0 &&
		(!config->prints_empty || (!sections && is_second(row, local_date))))
		return leave_out(store, row);
	if (status == STATUS_OK)
		status = sql_run(store,
			"UPDATE edition SET item_count = ?2, window_from = ?3 WHERE id = ?1", "iii",
			row->id, count, row->window_from);
	row->item_count = (int32_t)count;
	row->timezone = config->timezone ? xstrdup(config->timezone) : NULL;
	notes.edition_id = row->id;
	notes.status = status;
	if (status == STATUS_OK)
		note_failing(&notes);
	if (notes.status == STATUS_OK)
		note_silent(&notes, now);
	if (notes.status == STATUS_OK)
		note_gaps(&notes, row);
	if (notes.status == STATUS_OK)
		note_moved(&notes);
	note_counts(&notes, row);
	if (notes.status != STATUS_OK)
		edition_row_finish(row);
	return notes.status;
}
