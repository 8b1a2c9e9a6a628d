#include "store/history.h"

#include "store/entries.h"
#include "store/sql.h"

static enum status find_feed(
	struct store *store, const char *url, const char *title, struct poll *poll, int64_t *id)
{
	sqlite3_stmt *s;
	enum status status = sql_run(store,
		"INSERT INTO feed (url, title, state) SELECT ?1, ?2, 'unsubscribed' WHERE NOT EXISTS "
		"(SELECT 1 FROM feed WHERE url = ?1 OR fetch_url = ?1)",
		"ss", url, title);

	if (status == STATUS_OK)
		status = sql_row(store,
			"SELECT id, section_id, guid_trust, url FROM feed "
			"WHERE url = ?1 OR fetch_url = ?1 ORDER BY url <> ?1 LIMIT 1",
			&s, "s", url);
	if (status != STATUS_OK)
		return status;
	*id = sqlite3_column_int64(s, 0);
	poll->section_id = sqlite3_column_int64(s, 1);
	poll->trusts_guids = sqlite3_column_int(s, 2) != 0;
	poll->feed_url = sql_arena(s, 3, &poll->arena);
	sqlite3_reset(s);
	return STATUS_OK;
}

enum status history_record(struct store *store, const struct config *config, const char *feed_url,
	const char *feed_title, const struct feed_doc *doc, int64_t at, struct history *sum)
{
	struct poll_result result = {.at = at, .doc = doc};
	struct poll_reply reply = {.new_items = 0};
	struct poll poll = {.store = store,
		.config = config,
		.result = &result,
		.reply = &reply,
		.is_history = true};
	enum status status = find_feed(store, feed_url, feed_title, &poll, &result.feed_id);

	if (status == STATUS_OK)
		status = entries_record(&poll);
	if (status == STATUS_OK)
		status = sql_run(store,
			"UPDATE feed SET items = items + ?2, guid_trust = ?3 WHERE id = ?1", "iii",
			result.feed_id, (int64_t)reply.new_items, (int64_t)poll.trusts_guids);
	sum->fresh += reply.new_items;
	sum->known += (int64_t)doc->entry_count - reply.new_items;
	poll_reply_finish(&reply);
	arena_finish(&poll.arena);
	return status;
}
