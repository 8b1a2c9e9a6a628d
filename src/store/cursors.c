#include "store/cursors.h"

#include "core/str.h"
#include "store/sql.h"

#include <string.h>

enum { CURSOR_WAIT_MS = 15000 }; /* a batch of the daemon takes less, also on a slow disk */

bool cursor_name_is_good(const char *name)
{
	size_t len = name ? strlen(name) : 0;

	if (len == 0 || len > CURSOR_NAME_BYTES)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!str_is_alpha(name[i]) && !str_is_digit(name[i]) && !strchr("._-@:", name[i]))
			return false;
	return true;
}

enum status cursor_get(struct store *store, const char *name, int64_t *seq)
{
	*seq = 0;
	if (!cursor_name_is_good(name))
		return STATUS_SYNTAX;
	return sql_int(store, "SELECT seq FROM cursor WHERE name = ?1", seq, "s", name);
}

/*
 * One statement in a connection of its own: the store may be open for reading only, and in the
 * middle of an answer. *changed: rows that it touched.
 */
static enum status write_once(struct store *store, const char *sql, const char *name,
	const int64_t values[3], int64_t *changed)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	int result = sqlite3_open_v2(
		store_path(store), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

	*changed = 0;
	if (result == SQLITE_OK) {
		sqlite3_busy_timeout(db, CURSOR_WAIT_MS);
		/* a reader's place must survive a power cut once its output was used */
		sqlite3_exec(db, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
		result = sqlite3_prepare_v2(db, sql, -1, &s, NULL);
	}
	if (result == SQLITE_OK)
		result = sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
	for (int i = 0; values && i < 3 && result == SQLITE_OK; i++)
		result = sqlite3_bind_int64(s, i + 2, values[i]);
	if (result == SQLITE_OK)
		result = sqlite3_step(s);
	if (result == SQLITE_DONE)
		*changed = sqlite3_changes64(db);
	sqlite3_finalize(s);
	sqlite3_close(db);
	return sql_status(result);
}

enum status cursor_set(
	struct store *store, const char *name, int64_t expected, int64_t seq, int64_t now)
{
	const int64_t values[] = {seq, now, expected};
	int64_t changed;
	enum status status;

	if (!cursor_name_is_good(name))
		return STATUS_SYNTAX;
	status = write_once(store,
		"INSERT INTO cursor (name, seq, at) SELECT ?1, ?2, ?3 WHERE ?4 < 0 OR ?4 = "
		"coalesce((SELECT seq FROM cursor WHERE name = ?1), 0) "
		"ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, at = excluded.at",
		name, values, &changed);
	return status == STATUS_OK && changed == 0 ? STATUS_BUSY : status;
}

enum status cursor_remove(struct store *store, const char *name)
{
	int64_t changed;
	enum status status =
		write_once(store, "DELETE FROM cursor WHERE name = ?1", name, NULL, &changed);

	return status == STATUS_OK && changed == 0 ? STATUS_NOT_FOUND : status;
}

enum status cursors_list(struct store *store,
	void (*on_cursor)(void *context, const char *name, int64_t seq, int64_t at), void *context)
{
	sqlite3_stmt *s;
	enum status status =
		sql_open(store, "SELECT name, seq, at FROM cursor ORDER BY name", &s, "");

	while (sql_next(store, s, &status))
		on_cursor(context, sql_text(s, 0), sqlite3_column_int64(s, 1),
			sqlite3_column_int64(s, 2));
	return status;
}
