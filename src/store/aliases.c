#include "store/aliases.h"

#include "core/identity.h"
#include "core/str.h"
#include "core/terms.h"
#include "core/url.h"
#include "store/sql.h"

#include <string.h>

enum {
	NEAR_BITS = 6,    /* texts of which so many bits of the simhash differ are one text */
	NEAR_WORDS = 200, /* shorter ones are the same at all addresses of a wall */
};

char *canonical_identity(const char *url, struct arena *arena)
{
	struct buf buf = {0};
	struct url parts;
	char *canonical = NULL;

	if (url && url_canonical(url, &buf)) {
		url_split(buf.data, buf.len, &parts);
		/* the front page of a site is no article */
		if (parts.path.len > 1 || parts.query.len)
			canonical = arena_strdup(arena, buf.data);
	}
	buf_finish(&buf);
	return canonical;
}

enum status canonical_find(struct store *store, const char *canonical, int64_t *id, bool *is_own)
{
	sqlite3_stmt *s;
	enum status status = sql_row(store,
		"SELECT id, 1 FROM item WHERE canonical = ?1 UNION ALL "
		"SELECT item_id, 0 FROM item_alias WHERE canonical = ?1 LIMIT 1",
		&s, "s", canonical);

	*id = s ? sqlite3_column_int64(s, 0) : 0;
	if (is_own)
		*is_own = s && sqlite3_column_int(s, 1);
	if (s)
		sqlite3_reset(s);
	return status;
}

enum status dropped_step_aside(struct store *store, int64_t feed_id, int64_t *id)
{
	int64_t is_dropped = 0;
	enum status status = sql_int(store,
		"SELECT count(*) FROM item WHERE id = ?1 AND state = 'dropped' AND feed_id <> ?2",
		&is_dropped, "ii", *id, feed_id);

	if (status != STATUS_OK || !is_dropped)
		return status;
	status = sql_run(store,
		"UPDATE item SET canonical = NULL, content_hash = NULL WHERE id = ?1", "i", *id);
	if (status == STATUS_OK)
		status = sql_run(store, "DELETE FROM item_alias WHERE item_id = ?1", "i", *id);
	*id = 0;
	return status;
}

enum status canonical_agrees(struct store *store, int64_t id, const char *title, uint64_t simhash,
	int64_t words, bool *agrees)
{
	sqlite3_stmt *s;
	enum status status = sql_row(store,
		"SELECT item.title, item.simhash, article.words "
		"FROM item LEFT JOIN article ON article.item_id = item.id WHERE item.id = ?1",
		&s, "i", id);

	*agrees = false;
	if (status != STATUS_OK || !s)
		return status;
	if (!str_is_empty(title) && terms_equal(title, sql_text(s, 0)))
		*agrees = true;
	else if (words >= NEAR_WORDS && sqlite3_column_int64(s, 2) >= NEAR_WORDS)
		*agrees = simhash_distance(simhash, (uint64_t)sqlite3_column_int64(s, 1)) <=
			  NEAR_BITS;
	sqlite3_reset(s);
	return STATUS_OK;
}

enum status alias_put(struct store *store, const char *canonical, int64_t id)
{
	return sql_run(store,
		"INSERT INTO item_alias (canonical, item_id) SELECT ?1, ?2 "
		"WHERE NOT EXISTS (SELECT 1 FROM item WHERE canonical = ?1) "
		"ON CONFLICT DO NOTHING",
		"si", canonical, id);
}
