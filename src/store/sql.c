#include "store/sql.h"

#include "core/doc.h"
#include "core/mem.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

enum status sql_status(int result)
{
	switch (result & 0xFF) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE: return STATUS_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return STATUS_BUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: return STATUS_CORRUPT;
	case SQLITE_CONSTRAINT: return STATUS_EXISTS;
	case SQLITE_ERROR: return STATUS_SYNTAX;
	case SQLITE_TOOBIG: return STATUS_LIMIT;
	case SQLITE_INTERRUPT: return STATUS_TIMEOUT;
	default: return STATUS_IO;
	}
}

static int bind_one(sqlite3_stmt *statement, int index, char type, va_list *args)
{
	int64_t number;
	const char *text;
	const void *data;
	size_t len;

	switch (type) {
	case 's':
		text = va_arg(*args, const char *);
		return sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
	case 'd': return sqlite3_bind_double(statement, index, va_arg(*args, double));
	case 'b':
		data = va_arg(*args, const void *);
		len = va_arg(*args, size_t);
		return sqlite3_bind_blob64(statement, index, data, len, SQLITE_STATIC);
	default:
		number = va_arg(*args, int64_t);
		if ((type == 't' && number == DATE_NONE) || (type == 'z' && number == 0))
			return sqlite3_bind_null(statement, index);
		return sqlite3_bind_int64(statement, index, number);
	}
}

static enum status open_with(struct store *store, const char *sql, sqlite3_stmt **statement,
	const char *types, va_list *args)
{
	enum status status = store_statement(store, sql, statement);
	int result = SQLITE_OK;

	assert(status != STATUS_OK ||
		(size_t)sqlite3_bind_parameter_count(*statement) == strlen(types));
	for (int i = 0; status == STATUS_OK && types[i] && result == SQLITE_OK; i++)
		result = bind_one(*statement, i + 1, types[i], args);
	return status != STATUS_OK ? status : sql_status(result);
}

enum status sql_open(
	struct store *store, const char *sql, sqlite3_stmt **statement, const char *types, ...)
{
	enum status status;
	va_list args;

	va_start(args, types);
	status = open_with(store, sql, statement, types, &args);
	va_end(args);
	return status;
}

static enum status row_with(struct store *store, const char *sql, sqlite3_stmt **statement,
	const char *types, va_list *args)
{
	bool has_row = false;
	enum status status = open_with(store, sql, statement, types, args);

	if (status == STATUS_OK)
		status = store_step(store, *statement, &has_row);
	if (!has_row) {
		if (status == STATUS_OK)
			sqlite3_reset(*statement);
		*statement = NULL;
	}
	return status;
}

enum status sql_run(struct store *store, const char *sql, const char *types, ...)
{
	sqlite3_stmt *statement = NULL;
	enum status status;
	va_list args;

	va_start(args, types);
	status = row_with(store, sql, &statement, types, &args);
	va_end(args);
	if (statement)
		sqlite3_reset(statement);
	return status;
}

enum status sql_row(
	struct store *store, const char *sql, sqlite3_stmt **statement, const char *types, ...)
{
	enum status status;
	va_list args;

	va_start(args, types);
	status = row_with(store, sql, statement, types, &args);
	va_end(args);
	return status;
}

enum status sql_one(
	struct store *store, const char *sql, sqlite3_stmt **statement, const char *types, ...)
{
	enum status status;
	va_list args;

	va_start(args, types);
	status = row_with(store, sql, statement, types, &args);
	va_end(args);
	return status == STATUS_OK && !*statement ? STATUS_NOT_FOUND : status;
}

enum status sql_int(struct store *store, const char *sql, int64_t *value, const char *types, ...)
{
	sqlite3_stmt *statement = NULL;
	enum status status;
	va_list args;

	va_start(args, types);
	status = row_with(store, sql, &statement, types, &args);
	va_end(args);
	*value = statement ? sqlite3_column_int64(statement, 0) : 0;
	if (statement)
		sqlite3_reset(statement);
	return status;
}

enum status sql_script(struct store *store, const char *script, char **why)
{
	int result = sqlite3_exec(store_db(store), script, NULL, NULL, NULL);

	if (result != SQLITE_OK && why)
		*why = xasprintf("%s: %s", store_path(store), store_error(store));
	return sql_status(result);
}

bool sql_next(struct store *store, sqlite3_stmt *statement, enum status *status)
{
	bool has_row = false;

	if (*status == STATUS_OK)
		*status = store_step(store, statement, &has_row);
	if (!has_row && statement)
		sqlite3_reset(statement);
	return has_row;
}

const char *sql_text(sqlite3_stmt *statement, int column)
{
	return (const char *)sqlite3_column_text(statement, column);
}

char *sql_arena(sqlite3_stmt *statement, int column, struct arena *arena)
{
	return arena_strdup(arena, sql_text(statement, column));
}

char *sql_dup(sqlite3_stmt *statement, int column)
{
	const char *text = sql_text(statement, column);

	return text ? xstrdup(text) : NULL;
}

int64_t sql_time(sqlite3_stmt *statement, int column)
{
	if (sqlite3_column_type(statement, column) == SQLITE_NULL)
		return DATE_NONE;
	return sqlite3_column_int64(statement, column);
}
