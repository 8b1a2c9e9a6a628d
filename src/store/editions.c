#include "store/editions.h"

#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"
#include "store/feeds.h"
#include "store/sections.h"
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

#define EDITION_COLUMNS \
	"id, name, from_seq, to_seq, window_from, window_to, timezone, item_count, published_at"

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
}

/* The row of a statement that was just opened. */
static enum status row_of(
	struct store *store, sqlite3_stmt *s, enum status status, struct edition_row *row)
{
	(void)store;
	memset(row, 0, sizeof(*row));
	if (status != STATUS_OK)
		return status;
	if (!s)
		return STATUS_NOT_FOUND;
	row_read(s, row);
	sqlite3_reset(s);
	return STATUS_OK;
}

enum status edition_get(struct store *store, const char *name, struct edition_row *row)
{
	sqlite3_stmt *s;
	enum status status = sql_row(store,
		"SELECT " EDITION_COLUMNS " FROM edition "
		"WHERE ?1 IS NULL OR name = ?1 OR local_date = ?1 "
		"ORDER BY name = ?1 AND local_date <> ?1 DESC, id DESC LIMIT 1",
		&s, "s", name);

	return row_of(store, s, status, row);
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
	enum status status = sql_row(store,
		"SELECT " EDITION_COLUMNS
		" FROM edition WHERE published_at = 0 ORDER BY id LIMIT 1",
		&s, "");

	return row_of(store, s, status, row);
}

/* Where the one before ended, and up to where this one goes. */
static enum status find_window(struct store *store, struct edition_row *row, int64_t now)
{
	sqlite3_stmt *s;
	enum status status = sql_row(
		store, "SELECT to_seq, window_to FROM edition ORDER BY id DESC LIMIT 1", &s, "");

	row->window_to = now;
	if (s) {
		row->from_seq = sqlite3_column_int64(s, 0);
		row->window_from = sqlite3_column_int64(s, 1);
		sqlite3_reset(s);
	} else if (status == STATUS_OK) {
		status = sql_int(store, "SELECT at FROM arrival ORDER BY seq LIMIT 1",
			&row->window_from, "");
		if (row->window_from == 0 || row->window_from > now)
			row->window_from = now;
	}
	if (status == STATUS_OK)
		status = sql_int(store, "SELECT max(seq) FROM arrival", &row->to_seq, "");
	if (row->to_seq < row->from_seq)
		row->to_seq = row->from_seq;
	return status;
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

/* The primary key of edition_item is the item: whatever happens, it is printed once. */
static enum status put_items(struct store *store, struct edition_row *row, int64_t *count)
{
	int64_t updates = 0;
	enum status status = sql_run(store,
		"INSERT INTO edition_item (item_id, edition_id, section_id, position, revision) "
		"SELECT item.id, ?1, item.section_id, "
		"row_number() OVER (PARTITION BY item.section_id ORDER BY min(arrival.seq)), "
		"item.revision FROM arrival JOIN item ON item.id = arrival.item_id "
		"WHERE arrival.seq > ?2 AND arrival.seq <= ?3 AND item.state = 'ready' "
		"AND item.is_backlog = 0 AND NOT EXISTS "
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
			"AND printed.edition_id <> ?1 AND item.state = 'ready' GROUP BY item.id",
			"iii", row->id, row->from_seq, row->to_seq);
		updates = sqlite3_changes64(store_db(store));
	}
	*count += updates;
	return status;
}

struct notes {
	struct store *store;
	int64_t edition_id;
	int64_t position;
	enum status status;
};

static void note_put(struct notes *notes, int64_t section_id, const char *text)
{
	if (notes->status == STATUS_OK)
		notes->status = sql_run(notes->store,
			"INSERT INTO edition_note (edition_id, section_id, position, text) "
			"VALUES (?1, ?2, ?3, ?4)",
			"izis", notes->edition_id, section_id, ++notes->position, text);
}

/* Feeds that fail, with since when and why: a reader would miss what they would have brought. */
static void note_failing(struct notes *notes)
{
	char date[DATE_TEXT_BYTES];
	sqlite3_stmt *s;

	notes->status = sql_open(notes->store,
		"SELECT section_id, coalesce(name, title, url), failing_since, error, outcome "
		"FROM feed WHERE (failing_since > 0 AND state = 'active') OR state = 'gone' "
		"ORDER BY section_id, failing_since, id",
		&s, "");
	while (sql_next(notes->store, s, &notes->status)) {
		const char *why = sql_text(s, 3);
		char *text;

		date_format(sqlite3_column_int64(s, 2), date);
		date[strcspn(date, "T")] = '\0';
		text = xasprintf("%s could not be read since %s: %s", sql_text(s, 1), date,
			why ? why : sql_text(s, 4));
		note_put(notes, sqlite3_column_int64(s, 0), text);
		free(text);
	}
}

/* Numbers by section, with a sentence each. */
static const struct {
	const char *sql; /* section, number; window as ?1, ?2; moments as ?3, ?4 */
	const char *one;
	const char *many;
} counted[] = {
	{"SELECT item.section_id, count(*) FROM arrival JOIN item ON item.id = arrival.item_id "
	 "WHERE arrival.seq > ?1 AND arrival.seq <= ?2 AND arrival.kind = 0 "
	 "AND item.is_backlog = 1 AND ?3 <= ?4 GROUP BY 1 ORDER BY 1",
		"%lld older entry of a new feed is stored and not printed",
		"%lld older entries of new feeds are stored and not printed"},
	{"SELECT section_id, count(*) FROM item WHERE state = 'dropped' AND first_seen_at > ?3 "
	 "AND first_seen_at <= ?4 AND ?1 <= ?2 GROUP BY 1 ORDER BY 1",
		"%lld item was left out by your rules", "%lld items were left out by your rules"},
	{"SELECT item.section_id, count(*) FROM arrival JOIN item ON item.id = arrival.item_id "
	 "WHERE arrival.seq > ?1 AND arrival.seq <= ?2 AND arrival.kind = 0 "
	 "AND item.page_state IN ('failed', 'refused') AND ?3 <= ?4 GROUP BY 1 ORDER BY 1",
		"The page of %lld article could not be read; it has the feed's own text",
		"The pages of %lld articles could not be read; they have the feed's own text"},
};

static void note_counts(struct notes *notes, const struct edition_row *row)
{
	sqlite3_stmt *s;

	for (size_t i = 0; i < ARRAY_LEN(counted) && notes->status == STATUS_OK; i++) {
		notes->status = sql_open(notes->store, counted[i].sql, &s, "iiii", row->from_seq,
			row->to_seq, row->window_from, row->window_to);
		while (sql_next(notes->store, s, &notes->status)) {
			long long n = sqlite3_column_int64(s, 1);
			const char *before = n == 1 ? counted[i].one : counted[i].many;
			const char *number = strstr(before, "%lld");
			char *text = xasprintf("%.*s%lld%s", (int)(number - before), before, n,
				number + strlen("%lld"));

			note_put(notes, sqlite3_column_int64(s, 0), text);
			free(text);
		}
	}
}

enum status edition_close(struct store *store, const struct config *config, int64_t now,
	const char *local_date, struct edition_row *row)
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
		status = put_items(store, row, &count);
	if (status == STATUS_OK && count == 0 && !config->prints_empty) {
		/* the window stays open: its arrivals, if any, belong to no edition */
		status = sql_run(store, "DELETE FROM edition WHERE id = ?1", "i", row->id);
		edition_row_finish(row);
		return status == STATUS_OK ? STATUS_NOT_FOUND : status;
	}
	if (status == STATUS_OK)
		status = sql_run(store, "UPDATE edition SET item_count = ?2 WHERE id = ?1", "ii",
			row->id, count);
	row->item_count = (int32_t)count;
	row->timezone = config->timezone ? xstrdup(config->timezone) : NULL;
	notes.edition_id = row->id;
	notes.status = status;
	if (status == STATUS_OK)
		note_failing(&notes);
	note_counts(&notes, row);
	if (notes.status != STATUS_OK)
		edition_row_finish(row);
	return notes.status;
}
