#include "store/rules.h"

#include "store/sql.h"

enum status rule_hit(struct store *store, const char *name, int64_t at)
{
	return sql_run(store,
		"INSERT INTO rule (name, hits, last_at) VALUES (?1, 1, ?2) "
		"ON CONFLICT (name) DO UPDATE SET hits = hits + 1, last_at = excluded.last_at",
		"si", name, at);
}

enum status rule_hits_get(struct store *store, const char *name, struct rule_hits *hits)
{
	sqlite3_stmt *s;
	enum status status =
		sql_row(store, "SELECT hits, last_at FROM rule WHERE name = ?1", &s, "s", name);

	*hits = (struct rule_hits){0};
	if (s) {
		hits->hits = sqlite3_column_int64(s, 0);
		hits->last_at = sqlite3_column_int64(s, 1);
		sqlite3_reset(s);
	}
	return status;
}
