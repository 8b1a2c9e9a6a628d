#include "store/feeds.h"
#include "store/sql.h"

#include <stdlib.h>

enum { STRIKES_S = 7 * 24 * 3600 }; /* after a pause they count that long */

enum status hosts_load(struct store *store, int64_t now,
	void (*on_host)(void *context, const struct host_row *row), void *context)
{
	sqlite3_stmt *s;
	struct host_row row;
	enum status status = sql_open(store,
		"SELECT name, paused_until, strikes FROM host WHERE paused_until > ?1 "
		"OR (strikes AND paused_until > ?2)",
		&s, "ii", now, now - STRIKES_S);

	while (sql_next(store, s, &status)) {
		row.name = sql_dup(s, 0);
		row.paused_until = sqlite3_column_int64(s, 1);
		row.strikes = sqlite3_column_int(s, 2);
		on_host(context, &row);
		free(row.name);
	}
	return status;
}

enum status host_record(struct store *store, const struct host_row *row)
{
	if (!row->paused_until && !row->strikes)
		return sql_run(store, "DELETE FROM host WHERE name = ?1", "s", row->name);
	return sql_run(store,
		"INSERT INTO host (name, paused_until, strikes) VALUES (?1, ?2, ?3) "
		"ON CONFLICT (name) DO UPDATE SET paused_until = excluded.paused_until, "
		"strikes = excluded.strikes",
		"sii", row->name, row->paused_until, (int64_t)row->strikes);
}

enum status robots_get(struct store *store, const char *authority, int *http_status, char **body,
	int64_t *fetched_at)
{
	sqlite3_stmt *s;
	enum status status = sql_one(store,
		"SELECT http_status, body, fetched_at FROM robots WHERE authority = ?1", &s, "s",
		authority);

	*body = NULL;
	if (status != STATUS_OK)
		return status;
	*http_status = sqlite3_column_int(s, 0);
	*body = sql_dup(s, 1);
	*fetched_at = sqlite3_column_int64(s, 2);
	sqlite3_reset(s);
	return STATUS_OK;
}

enum status robots_record(struct store *store, const char *authority, int http_status,
	const char *body, int64_t fetched_at)
{
	return sql_run(store,
		"INSERT INTO robots (authority, http_status, body, fetched_at) "
		"VALUES (?1, ?2, ?3, ?4) ON CONFLICT (authority) DO UPDATE SET "
		"http_status = excluded.http_status, body = excluded.body, "
		"fetched_at = excluded.fetched_at",
		"sisi", authority, (int64_t)http_status, body, fetched_at);
}
