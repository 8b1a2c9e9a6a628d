#include "core/config.h"
#include "store/copies.h"
#include "store/items.h"
#include "store/ready.h"
#include "store/sites.h"
#include "store/sql.h"
#include "store/stories.h"

enum { EXPIRE_BATCH = 250 }; /* items a call, half a second: others wait for the store meanwhile */

/* Starred items keep everything; identity, title and sightings stay of all. */
static enum status expire_body(struct store *store, int64_t id)
{
	static const char *const steps[] = {
		"DELETE FROM item_body WHERE item_id = ?1",
		"DELETE FROM revision WHERE item_id = ?1",
		"UPDATE article SET html = NULL, text = NULL WHERE item_id = ?1",
	};
	enum status status = item_unindex(store, id);

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && status == STATUS_OK; i++)
		status = sql_run(store, steps[i], "i", id);
	return status == STATUS_OK ? item_index(store, id) : status;
}

enum status items_expire(
	struct store *store, const struct config *config, int64_t now, int64_t *dropped)
{
	int64_t ids[EXPIRE_BATCH];
	sqlite3_stmt *s;
	size_t count = 0;
	int64_t copies = 0, words = 0;
	enum status status = site_blocks_expire(store, now);

	if (status == STATUS_OK)
		status = copies_expire(store, now, &copies);
	if (status == STATUS_OK)
		status = stories_expire(store, now, &words);
	*dropped = copies + words;
	if (status != STATUS_OK || config->keep_bodies_s <= 0)
		return status;
	status = sql_open(store,
		"SELECT arrival.item_id FROM arrival JOIN item ON item.id = arrival.item_id "
		"JOIN article ON article.item_id = item.id WHERE arrival.at < ?1 "
		"AND arrival.kind = 0 AND item.starred = 0 AND article.text IS NOT NULL "
		"ORDER BY arrival.at LIMIT ?2",
		&s, "ii", now - config->keep_bodies_s, (int64_t)EXPIRE_BATCH);
	while (sql_next(store, s, &status))
		ids[count++] = sqlite3_column_int64(s, 0);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = expire_body(store, ids[i]);
	*dropped += (int64_t)count;
	return status;
}
