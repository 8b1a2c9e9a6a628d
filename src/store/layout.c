#include "store/layout.h"

#include "core/buf.h"
#include "core/mem.h"
#include "store/fts.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>

struct layout {
	sqlite3 *model; /* an empty store, as it should be */
	struct store *store;
	void (*on_line)(void *context, const char *line);
	void *context;
	bool *is_fine;
};

/* What columns of each declared type hold, as typeof() calls it; its first letter tells them. */
static const struct {
	const char *type, *kinds, *meant;
} held[] = {
	{"INTEGER", "'integer', 'null'", "whole numbers"},
	{"REAL", "'real', 'integer', 'null'", "numbers"},
	{"TEXT", "'text', 'null'", "texts"},
	{"BLOB", "'blob', 'null'", "bytes"},
};

static enum status open_model(sqlite3 **model)
{
	enum status status = sql_status(sqlite3_open(":memory:", model));

	if (status == STATUS_OK)
		status = fts_register(*model);
	if (status == STATUS_OK)
		status = sql_status(sqlite3_exec(*model, schema_sql, NULL, NULL, NULL));
	if (status == STATUS_OK)
		status = sql_status(sqlite3_exec(*model, views_sql, NULL, NULL, NULL));
	return status;
}

static void say(struct layout *layout, char *line)
{
	*layout->is_fine = false;
	layout->on_line(layout->context, line);
	free(line);
}

/* Rows of the model, for each of which the store is looked at. */
static enum status each_of_model(struct layout *layout, const char *sql,
	enum status (*look)(struct layout *layout, sqlite3_stmt *row))
{
	sqlite3_stmt *rows = NULL;
	enum status status = sql_status(sqlite3_prepare_v2(layout->model, sql, -1, &rows, NULL));

	while (status == STATUS_OK && sqlite3_step(rows) == SQLITE_ROW)
		status = look(layout, rows);
	sqlite3_finalize(rows);
	return status;
}

/* type, name */
static enum status look_for(struct layout *layout, sqlite3_stmt *row)
{
	const char *type = sql_text(row, 0), *name = sql_text(row, 1);
	int64_t count;
	enum status status = sql_int(layout->store,
		"SELECT count(*) FROM sqlite_schema WHERE type = ?1 AND name = ?2", &count, "ss",
		type, name);

	if (status == STATUS_OK && count == 0)
		say(layout, xasprintf("the %s %s is not there", type, name));
	return status;
}

/* table, column; those of a table that is not there are not named */
static enum status look_for_column(struct layout *layout, sqlite3_stmt *row)
{
	const char *table = sql_text(row, 0), *name = sql_text(row, 1);
	int64_t count;
	enum status status = sql_int(layout->store,
		"SELECT EXISTS (SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2) "
		"OR NOT EXISTS (SELECT 1 FROM pragma_table_info(?1))",
		&count, "ss", table, name);

	if (status == STATUS_OK && count == 0)
		say(layout, xasprintf("the column %s.%s is not there", table, name));
	return status;
}

static size_t type_of(const char *declared)
{
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(held) && strcmp(held[i].type, declared) != 0)
		i++;
	return i;
}

/* One way through the table, of whose values only the types are read. */
static enum status count_values(struct layout *layout, const char *table, sqlite3_stmt *columns)
{
	struct buf sql = {0};
	sqlite3_stmt *counts = NULL;
	enum status status;
	int i;

	while (sqlite3_step(columns) == SQLITE_ROW)
		buf_printf(&sql, "%s sum(typeof(\"%s\") NOT IN (%s))", sql.len ? "," : "SELECT",
			sql_text(columns, 0), held[type_of(sql_text(columns, 1))].kinds);
	buf_printf(&sql, " FROM \"%s\"", table);
	status = sql_status(
		sqlite3_prepare_v2(store_db(layout->store), buf_text(&sql), -1, &counts, NULL));
	if (status == STATUS_OK && sqlite3_step(counts) != SQLITE_ROW)
		status = sql_status(sqlite3_errcode(store_db(layout->store)));
	sqlite3_reset(columns);
	for (i = 0; status == STATUS_OK && sqlite3_step(columns) == SQLITE_ROW; i++)
		if (sqlite3_column_int64(counts, i))
			say(layout, xasprintf("values of %s.%s are no %s (%lld)", table,
					    sql_text(columns, 0),
					    held[type_of(sql_text(columns, 1))].meant,
					    (long long)sqlite3_column_int64(counts, i)));
	sqlite3_reset(columns);
	sqlite3_finalize(counts);
	buf_finish(&sql);
	return status;
}

static enum status look_into(struct layout *layout, sqlite3_stmt *row)
{
	sqlite3_stmt *columns = NULL;
	enum status status = sql_status(sqlite3_prepare_v2(layout->model,
		"SELECT name, type FROM pragma_table_info(?1) ORDER BY cid", -1, &columns, NULL));

	if (status == STATUS_OK) {
		sqlite3_bind_text(columns, 1, sql_text(row, 0), -1, SQLITE_STATIC);
		status = count_values(layout, sql_text(row, 0), columns);
	}
	sqlite3_finalize(columns);
	return status;
}

/* How long an expression in brackets is; s stands behind the first. None has brackets in texts. */
static size_t expression_len(const char *s)
{
	size_t len = 0;

	for (int depth = 1; s[len]; len++) {
		depth += (s[len] == '(') - (s[len] == ')');
		if (depth == 0)
			break;
	}
	return len;
}

/* name, sql; SQLite itself looks at these rules only where it may write. */
static enum status look_at_rules(struct layout *layout, sqlite3_stmt *row)
{
	static const char word[] = "CHECK (";
	const char *rule = sql_text(row, 1);
	enum status status = STATUS_OK;

	while (status == STATUS_OK && (rule = strstr(rule, word))) {
		sqlite3_stmt *count = NULL;
		int len;
		char *sql;

		rule += strlen(word);
		len = (int)expression_len(rule);
		sql = xasprintf("SELECT count(*) FROM \"%s\" WHERE NOT (%.*s)", sql_text(row, 0),
			len, rule);
		status = sql_status(
			sqlite3_prepare_v2(store_db(layout->store), sql, -1, &count, NULL));
		if (status == STATUS_OK && sqlite3_step(count) != SQLITE_ROW)
			status = sql_status(sqlite3_errcode(store_db(layout->store)));
		if (status == STATUS_OK && sqlite3_column_int64(count, 0))
			say(layout, xasprintf("rows of %s are against the rule %.*s (%lld)",
					    sql_text(row, 0), len, rule,
					    (long long)sqlite3_column_int64(count, 0)));
		sqlite3_finalize(count);
		free(sql);
	}
	return status;
}

#define TABLES                                                                 \
	"pragma_table_list AS t WHERE t.schema = 'main' AND t.type = 'table' " \
	"AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"

enum status layout_check(struct store *store, void (*on_line)(void *context, const char *line),
	void *context, bool *is_fine)
{
	struct layout layout = {
		.store = store, .on_line = on_line, .context = context, .is_fine = is_fine};
	bool was_fine = *is_fine;
	enum status status = open_model(&layout.model);

	*is_fine = true;
	if (status == STATUS_OK)
		status = each_of_model(&layout,
			"SELECT 'table', t.name FROM " TABLES " UNION ALL SELECT 'table', name "
			"FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL%'",
			look_for);
	if (status == STATUS_OK)
		status = each_of_model(&layout,
			"SELECT t.name, c.name FROM pragma_table_info(t.name) AS c, " TABLES,
			look_for_column);
	if (status == STATUS_OK && !*is_fine)
		status = STATUS_CORRUPT;
	if (status == STATUS_OK)
		status = each_of_model(&layout,
			"SELECT type, name FROM sqlite_schema WHERE type <> 'table' AND sql NOT NULL",
			look_for);
	if (status == STATUS_OK)
		status = each_of_model(&layout, "SELECT t.name FROM " TABLES, look_into);
	if (status == STATUS_OK)
		status = each_of_model(&layout,
			"SELECT name, sql FROM sqlite_schema WHERE sql LIKE '%CHECK (%'",
			look_at_rules);
	sqlite3_close(layout.model);
	*is_fine = *is_fine && was_fine;
	return status;
}
