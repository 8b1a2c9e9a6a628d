#include "store/recover_rows.h"

#include "core/buf.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"
#include "store/sql.h"
#include "store/watch.h"

#include <stdlib.h>

/* A table, as both stores have it. */
struct table {
	const char *name; /* into the new store's answer */
	bool has_rowid;
	struct buf columns; /* "a, b, c": those that both know */
	struct buf marks;   /* "?, ?, coalesce(?, 0)": with what stands for none */
	struct buf kinds;   /* "ITR": first letters of their types */
	struct buf key;     /* "a, b": the primary key */
	struct buf key_down;
	int count; /* of columns */
};

int64_t recover_number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t value = 0;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW)
		value = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return value;
}

/* Pages of the old file that its rows fill, measured with a store of tests/bench/bench_store. */
#define ROWS_SHARE 0.7

enum { LOOK_EVERY = 500 }; /* rows */

/* How large the new store is, of what the old one has: without the index, which comes later. */
static void tell_rows(struct recover *r)
{
	double share;

	if (++r->rows % LOOK_EVERY || !r->watching.watch || r->pages == 0)
		return;
	share = (double)recover_number(r->to, "PRAGMA page_count") /
		((double)r->pages * ROWS_SHARE);
	watch_tell(&r->watching, share < 1 ? share : 1);
}

/* Does it belong into a column of that kind? SQLite itself takes nearly everything. */
static bool is_of_kind(sqlite3_stmt *row, int column, char kind)
{
	int type = sqlite3_column_type(row, column);

	switch (kind) {
	case 'I': return type == SQLITE_INTEGER;
	case 'R': return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
	case 'T':
		return type == SQLITE_TEXT && utf8_is_valid(sql_text(row, column),
						      (size_t)sqlite3_column_bytes(row, column));
	default: return type == SQLITE_BLOB;
	}
}

/* A row of the damaged store, its columns from the second on: the first is the rowid, or 0. */
static void put_row(struct recover *r, sqlite3_stmt *row, const struct table *table)
{
	int i;

	for (i = 0; i < table->count; i++) {
		if (is_of_kind(row, i + 1, table->kinds.data[i]))
			sqlite3_bind_value(r->insert, i + 1, sqlite3_column_value(row, i + 1));
	}
	/* What its own rules refuse is no row of ours. */
	sqlite3_step(r->insert);
	sqlite3_reset(r->insert);
	sqlite3_clear_bindings(r->insert);
	tell_rows(r);
}

/*
 * All rows of a query until its end or the first that cannot be read. *last: rowid of the last
 * one. False: it ended before its end.
 */
static bool copy_rows(struct recover *r, const struct table *table, const char *where,
	const char *order, const int64_t *bounds, int64_t *last)
{
	char *sql = xasprintf("SELECT %s, %s FROM \"%s\" %s ORDER BY %s",
		table->has_rowid ? "rowid" : "0", buf_text(&table->columns), table->name, where,
		order);
	sqlite3_stmt *rows = NULL;
	int result = sqlite3_prepare_v2(r->from, sql, -1, &rows, NULL), i;
	int64_t before_last = last ? *last : 0;

	for (i = 0; bounds && i < sqlite3_bind_parameter_count(rows); i++)
		sqlite3_bind_int64(rows, i + 1, bounds[i]);
	while (result == SQLITE_OK || result == SQLITE_ROW) {
		result = sqlite3_step(rows);
		if (result != SQLITE_ROW)
			break;
		/* Numbers out of order: a page that is another's, or the one before was wrong. */
		if (last && sqlite3_column_int64(rows, 0) <= *last) {
			*last = before_last;
			result = SQLITE_CORRUPT;
			break;
		}
		if (last) {
			before_last = *last;
			*last = sqlite3_column_int64(rows, 0);
		}
		put_row(r, rows, table);
	}
	sqlite3_finalize(rows);
	free(sql);
	return result == SQLITE_DONE;
}

/*
 * By number, over every place that cannot be read: jumps of growing width find the next row that
 * can, and from there the way back what the jump left out.
 */
static void copy_by_rowid(struct recover *r, const struct table *table)
{
	const int64_t furthest = INT64_C(1) << 40;
	int64_t bounds[2] = {INT64_MIN, INT64_MAX}, last = INT64_MIN, gap;

	while (!copy_rows(r, table, "WHERE rowid > ?1", "rowid", bounds, &last)) {
		int64_t before = last > 0 ? last : 0;

		r->report->places++;
		for (gap = 1; gap < furthest && before < INT64_MAX - gap; gap *= 2) {
			bounds[0] = last = before + gap;
			copy_rows(r, table, "WHERE rowid > ?1", "rowid LIMIT 1", bounds, &last);
			if (last > bounds[0])
				break;
		}
		if (last <= bounds[0])
			break;
		bounds[0] = before;
		bounds[1] = last;
		copy_rows(r, table, "WHERE rowid > ?1 AND rowid < ?2", "rowid DESC", bounds, NULL);
		bounds[0] = last;
	}
}

/* A sighting lost brings its entry back as a new one: feed by feed, from both ends. */
static void copy_sightings(struct recover *r, const struct table *table)
{
	sqlite3_stmt *feeds = NULL;
	int64_t id;

	sqlite3_prepare_v2(r->to, "SELECT id FROM feed", -1, &feeds, NULL);
	while (sqlite3_step(feeds) == SQLITE_ROW) {
		id = sqlite3_column_int64(feeds, 0);
		if (!copy_rows(r, table, "WHERE feed_id = ?1", "guid", &id, NULL))
			copy_rows(r, table, "WHERE feed_id = ?1", "guid DESC", &id, NULL);
	}
	sqlite3_finalize(feeds);
}

static void copy_by_key(struct recover *r, const struct table *table)
{
	if (copy_rows(r, table, "", buf_text(&table->key), NULL, NULL))
		return;
	r->report->places++;
	if (str_eq(table->name, "sighting"))
		copy_sightings(r, table);
	else
		copy_rows(r, table, "", buf_text(&table->key_down), NULL, NULL);
}

static void add_name(struct buf *list, const char *name, const char *ending)
{
	buf_printf(list, "%s\"%s\"%s", list->len ? ", " : "", name, ending);
}

/* Columns that both stores have: an older one has fewer. False: nobody can tell. */
static bool read_columns(struct recover *r, struct table *table)
{
	static const char sql[] = "SELECT name, pk, type, dflt_value "
				  "FROM pragma_table_info(?1) ORDER BY pk, cid";
	sqlite3_stmt *ours = NULL, *theirs = NULL;
	bool is_readable;

	sqlite3_prepare_v2(r->to, sql, -1, &ours, NULL);
	is_readable = sqlite3_prepare_v2(r->from,
			      "SELECT count(*) FROM pragma_table_info(?1) WHERE name = ?2", -1,
			      &theirs, NULL) == SQLITE_OK;
	sqlite3_bind_text(ours, 1, table->name, -1, SQLITE_STATIC);
	sqlite3_bind_text(theirs, 1, table->name, -1, SQLITE_STATIC);
	while (theirs && sqlite3_step(ours) == SQLITE_ROW) {
		const char *name = sql_text(ours, 0), *preset = sql_text(ours, 3);

		sqlite3_bind_text(theirs, 2, name, -1, SQLITE_TRANSIENT);
		if (sqlite3_step(theirs) == SQLITE_ROW && sqlite3_column_int(theirs, 0)) {
			add_name(&table->columns, name, "");
			buf_printf(&table->marks, "%scoalesce(?, %s)", table->count++ ? ", " : "",
				preset ? preset : "NULL");
			buf_putc(&table->kinds, *sql_text(ours, 2));
		}
		sqlite3_reset(theirs);
		if (sqlite3_column_int(ours, 1)) {
			add_name(&table->key, name, "");
			add_name(&table->key_down, name, " DESC");
		}
	}
	sqlite3_finalize(ours);
	sqlite3_finalize(theirs);
	return is_readable;
}

static void copy_table(struct recover *r, const char *name, bool has_rowid)
{
	struct table table = {.name = name, .has_rowid = has_rowid};
	int64_t places = r->report->places;
	char *sql;

	/* An older store lacks some tables; else what the schema said of it is damaged. */
	if (!read_columns(r, &table) ||
		(table.count == 0 &&
			recover_number(r->from, "PRAGMA user_version") >= SCHEMA_VERSION))
		r->report->places++;
	if (table.count > 0) {
		sql = xasprintf("INSERT OR IGNORE INTO \"%s\" (%s) VALUES (%s)", name,
			buf_text(&table.columns), buf_text(&table.marks));
		sqlite3_prepare_v2(r->to, sql, -1, &r->insert, NULL);
		if (has_rowid)
			copy_by_rowid(r, &table);
		else
			copy_by_key(r, &table);
		sqlite3_finalize(r->insert);
		free(sql);
	}
	if (r->report->places > places)
		buf_printf(&r->damaged, " %s ", name);
	buf_finish(&table.columns);
	buf_finish(&table.marks);
	buf_finish(&table.kinds);
	buf_finish(&table.key);
	buf_finish(&table.key_down);
}

/* Ordinary tables of the new store, feeds before what refers to them. */
static const char tables_sql[] =
	"SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
	"AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name <> 'feed', name";

void recover_rows(struct recover *r)
{
	sqlite3_stmt *tables = NULL;

	sqlite3_prepare_v2(r->to, tables_sql, -1, &tables, NULL);
	while (sqlite3_step(tables) == SQLITE_ROW)
		copy_table(r, sql_text(tables, 0), !sqlite3_column_int(tables, 1));
	sqlite3_finalize(tables);
}
