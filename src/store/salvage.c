#include "store/salvage.h"

#include "core/buf.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"
#include "store/leaves.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_EVERY = 500 /* rows */ };

struct column {
	char kind;      /* first letter of INTEGER, TEXT, REAL, BLOB; 'K': the rowid */
	bool is_needed; /* also in a key, where SQLite itself would let null pass */
};

struct target {
	char *name;
	bool is_keyed, is_wanted;
	int count, least; /* a row of an older store lacks columns that were added at the end */
	struct column columns[LEAF_COLUMNS];
	sqlite3_stmt *insert;
};

struct salvage {
	sqlite3 *to;
	struct target *targets;
	size_t count, space;
	int64_t rows, looked_at;
	const struct watching *watching;
};

/* In the order in which they stand in a row: a table without rowid begins with its key. */
static void read_columns(struct salvage *s, struct target *target)
{
	static const char sql[] =
		"SELECT name, type, \"notnull\" OR pk, pk AND NOT ?2 AND "
		"(SELECT sum(pk > 0) FROM pragma_table_info(?1)) = 1, dflt_value "
		"FROM pragma_table_info(?1) ORDER BY CASE WHEN ?2 AND pk THEN pk ELSE 1000 + cid END";
	struct buf names = {0}, marks = {0};
	sqlite3_stmt *rows = NULL;
	struct column *column;
	const char *preset;
	char *insert;

	sqlite3_prepare_v2(s->to, sql, -1, &rows, NULL);
	sqlite3_bind_text(rows, 1, target->name, -1, SQLITE_STATIC);
	sqlite3_bind_int(rows, 2, target->is_keyed);
	while (sqlite3_step(rows) == SQLITE_ROW && target->count < LEAF_COLUMNS) {
		column = &target->columns[target->count++];
		column->kind = str_eq(sql_text(rows, 1), "INTEGER") && sqlite3_column_int(rows, 3)
				       ? 'K'
				       : *sql_text(rows, 1);
		column->is_needed = sqlite3_column_int(rows, 2);
		preset = sql_text(rows, 4);
		if (column->is_needed && !preset)
			target->least = target->count;
		buf_printf(&names, "%s\"%s\"", names.len ? ", " : "", sql_text(rows, 0));
		buf_printf(&marks, "%scoalesce(?, %s)", marks.len ? ", " : "",
			preset ? preset : "NULL");
	}
	sqlite3_finalize(rows);
	insert = xasprintf("INSERT OR IGNORE INTO \"%s\" (%s) VALUES (%s)", target->name,
		buf_text(&names), buf_text(&marks));
	sqlite3_prepare_v2(s->to, insert, -1, &target->insert, NULL);
	free(insert);
	buf_finish(&names);
	buf_finish(&marks);
}

static void read_targets(struct salvage *s, const char *wanted)
{
	sqlite3_stmt *tables = NULL;

	sqlite3_prepare_v2(s->to,
		"SELECT name, wr, instr(coalesce(?1, ' ' || name || ' '), ' ' || name || ' ') "
		"AND type = 'table' FROM pragma_table_list WHERE schema = 'main' "
		"AND type IN ('table', 'shadow') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
		"AND (NOT wr OR ncol >= ?2)",
		-1, &tables, NULL);
	sqlite3_bind_text(tables, 1, wanted, -1, SQLITE_STATIC);
	sqlite3_bind_int(tables, 2, SALVAGE_KEYED_COLUMNS);
	while (sqlite3_step(tables) == SQLITE_ROW) {
		struct target *target;

		ARRAY_GROW(s->targets, s->count, s->space);
		target = &s->targets[s->count++];
		*target = (struct target){.name = sql_dup(tables, 0),
			.is_keyed = sqlite3_column_int(tables, 1),
			.is_wanted = sqlite3_column_int(tables, 2)};
		read_columns(s, target);
	}
	sqlite3_finalize(tables);
}

static bool fits_column(const struct column *column, const struct leaf_value *value)
{
	if (column->kind == 'K' || value->type == SQLITE_NULL)
		return value->type == SQLITE_NULL && (column->kind == 'K' || !column->is_needed);
	switch (column->kind) {
	case 'I': return value->type == SQLITE_INTEGER;
	case 'R': return value->type == SQLITE_FLOAT || value->type == SQLITE_INTEGER;
	case 'T': return value->type == SQLITE_TEXT && utf8_is_valid(value->data, value->len);
	default: return value->type == SQLITE_BLOB;
	}
}

static bool fits(const struct target *target, const struct leaf_row *row, bool is_whole)
{
	int i;

	if (target->is_keyed != row->is_keyed ||
		(is_whole ? row->count != target->count
			  : row->count < target->least || row->count >= target->count))
		return false;
	for (i = 0; i < row->count; i++) {
		if (!fits_column(&target->columns[i], &row->values[i]))
			return false;
	}
	return true;
}

static void bind(sqlite3_stmt *insert, int place, const struct column *column,
	const struct leaf_row *row, const struct leaf_value *value)
{
	if (column->kind == 'K')
		sqlite3_bind_int64(insert, place, row->rowid);
	else if (value->type == SQLITE_INTEGER)
		sqlite3_bind_int64(insert, place, value->number);
	else if (value->type == SQLITE_FLOAT)
		sqlite3_bind_double(insert, place, value->real);
	else if (value->type == SQLITE_TEXT)
		sqlite3_bind_text64(
			insert, place, value->data, value->len, SQLITE_STATIC, SQLITE_UTF8);
	else if (value->type == SQLITE_BLOB)
		sqlite3_bind_blob64(insert, place, value->data, value->len, SQLITE_STATIC);
}

/* NULL: none, or nobody can tell which. */
static struct target *target_of(struct salvage *s, const struct leaf_row *row, bool is_whole)
{
	struct target *target, *found = NULL;

	for (target = s->targets; target < s->targets + s->count; target++) {
		if (!fits(target, row, is_whole))
			continue;
		if (found)
			return NULL;
		found = target;
	}
	return found;
}

static void on_row(void *context, const struct leaf_row *row)
{
	struct salvage *s = context;
	struct target *found = target_of(s, row, true);
	int i;

	if (++s->looked_at % LOOK_EVERY == 0 && s->watching->watch)
		watch_tell(s->watching, row->share);
	if (!found)
		found = target_of(s, row, false);
	if (!found || !found->is_wanted)
		return;
	for (i = 0; i < row->count; i++)
		bind(found->insert, i + 1, &found->columns[i], row, &row->values[i]);
	if (sqlite3_step(found->insert) == SQLITE_DONE)
		s->rows += sqlite3_changes64(s->to);
	sqlite3_reset(found->insert);
	sqlite3_clear_bindings(found->insert);
}

enum status salvage(const char *path, sqlite3 *to, const char *tables, int64_t *rows,
	const struct watching *watching)
{
	struct salvage s = {.to = to, .watching = watching};
	enum status status;
	size_t i;

	read_targets(&s, tables);
	status = leaves_read(path, on_row, &s);
	for (i = 0; i < s.count; i++) {
		sqlite3_finalize(s.targets[i].insert);
		free(s.targets[i].name);
	}
	free(s.targets);
	*rows = s.rows;
	return status;
}
