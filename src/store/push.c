#include "store/push.h"

#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "store/entries.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* News that a poll found and the hub had not told, so often in a row: it is not relied upon. */
enum { MISSES_MAX = 2, RANDOM_BYTES = 32, DUE_AT_ONCE = 128 };

static const char *const states[] = {"wanted", "asked", "active", "denied", "leaving"};

void push_row_finish(struct push_row *row)
{
	if (!row)
		return;
	free(row->feed_url);
	free(row->hub);
	free(row->topic);
	free(row->token);
	free(row->secret);
	memset(row, 0, sizeof(*row));
}

static enum push_state state_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (str_eq(states[i], name))
			return (enum push_state)i;
	return PUSH_WANTED;
}

#define SELECT_PUSH                                                                                \
	"SELECT push.feed_id, feed.url, feed.state = 'active', push.hub, push.topic, push.token, " \
	"push.secret, push.state, push.tries, push.due_at, push.last_hash FROM push "              \
	"JOIN feed ON feed.id = push.feed_id "

static void row_read(sqlite3_stmt *s, struct push_row *row)
{
	memset(row, 0, sizeof(*row));
	row->feed_id = sqlite3_column_int64(s, 0);
	row->feed_url = sql_dup(s, 1);
	row->is_polled = sqlite3_column_int(s, 2);
	row->hub = sql_dup(s, 3);
	row->topic = sql_dup(s, 4);
	row->token = sql_dup(s, 5);
	row->secret = sql_dup(s, 6);
	row->state = state_of(sql_text(s, 7));
	row->tries = sqlite3_column_int(s, 8);
	row->due_at = sqlite3_column_int64(s, 9);
	if (sqlite3_column_bytes(s, 10) == sizeof(row->last_hash))
		memcpy(row->last_hash, sqlite3_column_blob(s, 10), sizeof(row->last_hash));
}

enum status push_find(struct store *store, const char *token, struct push_row *row)
{
	sqlite3_stmt *s;
	enum status status = sql_one(store, SELECT_PUSH "WHERE push.token = ?1", &s, "s", token);

	memset(row, 0, sizeof(*row));
	if (status != STATUS_OK)
		return status;
	row_read(s, row);
	sqlite3_reset(s);
	return STATUS_OK;
}

enum status push_due(struct store *store, int64_t now,
	void (*on_due)(void *context, struct push_row *row), void *context)
{
	sqlite3_stmt *s;
	struct push_row row;
	enum status status =
		sql_open(store, SELECT_PUSH "WHERE push.due_at <= ?1 ORDER BY push.due_at LIMIT ?2",
			&s, "ii", now, (int64_t)DUE_AT_ONCE);

	while (sql_next(store, s, &status)) {
		row_read(s, &row);
		on_due(context, &row);
	}
	return status;
}

int64_t push_next_at(struct store *store)
{
	int64_t at = INT64_MAX;

	if (sql_int(store, "SELECT coalesce(min(due_at), ?1) FROM push", &at, "i", INT64_MAX) !=
		STATUS_OK)
		return INT64_MAX;
	return at;
}

enum status push_tried(struct store *store, int64_t feed_id, int64_t asked_at, int64_t due_at,
	const char *callback, const char *error)
{
	/* Some hubs ask back before they answer: then what they granted counts. */
	return sql_run(store,
		"UPDATE push SET tries = iif(granted_at >= ?4, tries, tries + 1), "
		"due_at = iif(granted_at >= ?4, due_at, ?2), error = ?3, asked_at = ?4, "
		"callback = coalesce(?5, callback), "
		"state = iif(state IN ('wanted', 'denied') AND ?5 IS NOT NULL, 'asked', state) "
		"WHERE feed_id = ?1",
		"iisis", feed_id, due_at, error, asked_at, callback);
}

/* How long the feed may be polled rarely; 0: no longer. */
static enum status rely(struct store *store, int64_t feed_id, int64_t until)
{
	return sql_run(store, "UPDATE feed SET push_until = ?2 WHERE id = ?1 AND push_until <> ?2",
		"ii", feed_id, until);
}

enum status push_granted(
	struct store *store, int64_t feed_id, int64_t at, int64_t until, int64_t due_at)
{
	enum status status = sql_run(store,
		"UPDATE push SET state = 'active', granted_at = ?2, lease_until = ?3, due_at = ?4, "
		"tries = 0, error = NULL WHERE feed_id = ?1",
		"iiii", feed_id, at, until, due_at);

	/* One that has missed news has to show that it can tell. */
	if (status == STATUS_OK)
		status = sql_run(store,
			"UPDATE feed SET push_until = ?2 WHERE id = ?1 AND EXISTS "
			"(SELECT 1 FROM push WHERE feed_id = ?1 AND misses < ?3)",
			"iii", feed_id, until, (int64_t)MISSES_MAX);
	return status;
}

enum status push_denied(struct store *store, int64_t feed_id, int64_t at, const char *reason,
	int64_t due_at, int64_t *next_at)
{
	enum status status = sql_run(store,
		"UPDATE push SET state = 'denied', lease_until = 0, due_at = ?2, tries = 0, error = ?3 "
		"WHERE feed_id = ?1",
		"iis", feed_id, due_at, reason);

	if (status == STATUS_OK)
		status = rely(store, feed_id, 0);
	return status == STATUS_OK
		       ? sql_int(store,
				 "UPDATE feed SET next_at = min(next_at, ?2 + interval_s) "
				 "WHERE id = ?1 RETURNING next_at",
				 next_at, "ii", feed_id, at)
		       : status;
}

enum status push_drop(struct store *store, int64_t feed_id)
{
	enum status status = sql_run(store, "DELETE FROM push WHERE feed_id = ?1", "i", feed_id);

	return status == STATUS_OK ? rely(store, feed_id, 0) : status;
}

enum status push_sync(struct store *store, const char *callback, int64_t at)
{
	enum status status;

	if (!callback) {
		status = sql_run(store,
			"UPDATE feed SET push_until = 0, next_at = min(next_at, ?1 + interval_s) "
			"WHERE push_until <> 0",
			"i", at);
		return status == STATUS_OK ? sql_run(store, "DELETE FROM push", "") : status;
	}
	status = sql_run(store,
		"UPDATE push SET state = 'leaving', due_at = ?1, tries = 0 WHERE state <> 'leaving' "
		"AND feed_id IN (SELECT id FROM feed WHERE state <> 'active')",
		"i", at);
	if (status == STATUS_OK)
		status = sql_run(store,
			"UPDATE push SET due_at = min(due_at, ?2), tries = 0 "
			"WHERE callback <> ?1 AND state IN ('asked', 'active')",
			"si", callback, at);
	/* Nobody knows when their word ends: until they have given it anew they are not relied
	 * upon. */
	if (status == STATUS_OK)
		status = sql_run(store,
			"UPDATE feed SET push_until = 0 WHERE push_until <> 0 AND id IN "
			"(SELECT feed_id FROM push WHERE max(asked_at, granted_at) > ?1)",
			"i", at);
	if (status == STATUS_OK)
		status = sql_run(store,
			"UPDATE push SET due_at = min(due_at, ?1), asked_at = min(asked_at, ?1), "
			"granted_at = min(granted_at, ?1), tries = 0 "
			"WHERE max(asked_at, granted_at) > ?1",
			"i", at);
	return status;
}

enum status push_set_back(struct store *store, int64_t seconds)
{
	enum status status = sql_run(store,
		"UPDATE push SET due_at = due_at - ?1, asked_at = max(asked_at - ?1, 0), "
		"granted_at = max(granted_at - ?1, 0), lease_until = max(lease_until - ?1, 0)",
		"i", seconds);

	if (status == STATUS_OK)
		status = sql_run(store,
			"UPDATE feed SET push_until = max(push_until - ?1, 0) WHERE push_until <> 0",
			"i", seconds);
	return status;
}

enum status push_rejected(struct store *store, int64_t feed_id, int64_t *times)
{
	return sql_int(store,
		"UPDATE push SET rejected = rejected + 1 WHERE feed_id = ?1 RETURNING rejected",
		times, "i", feed_id);
}

enum status push_deliver(struct store *store, const struct config *config,
	const struct push_delivery *delivery, struct poll_reply *reply)
{
	struct poll_result result = {
		.feed_id = delivery->feed_id, .at = delivery->at, .doc = delivery->doc};
	struct poll poll = {.store = store,
		.config = config,
		.result = &result,
		.reply = reply,
		.is_part = true};
	enum status status;

	memset(reply, 0, sizeof(*reply));
	memcpy(result.pattern, delivery->pattern, sizeof(result.pattern));
	status = poll_load(&poll, 0);
	if (status == STATUS_OK && !poll.is_active)
		status = STATUS_NOT_FOUND;
	if (status == STATUS_OK && delivery->doc)
		status = poll_document(&poll);
	if (status == STATUS_OK)
		status = sql_run(store,
			"UPDATE push SET delivered_at = ?2, deliveries = deliveries + 1, misses = 0, "
			"last_hash = ?3, items = items + ?4 WHERE feed_id = ?1",
			"iibi", delivery->feed_id, delivery->at, (const void *)delivery->hash,
			(size_t)PUSH_HASH_BYTES, (int64_t)reply->new_items);
	if (status == STATUS_OK && delivery->doc)
		status = sql_run(store,
			"UPDATE feed SET documents = documents + 1, bytes = bytes + ?2, "
			"last_ok_at = ?3, push_until = (SELECT lease_until FROM push WHERE feed_id = ?1) "
			"WHERE id = ?1",
			"iii", delivery->feed_id, delivery->bytes, delivery->at);
	arena_finish(&poll.arena);
	return status;
}

/* URL-safe base64 of random bytes. */
static bool make_random(char text[PUSH_TOKEN_CHARS + 1])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	uint8_t bytes[RANDOM_BYTES + 1] = {0};
	size_t i, bit;

	if (getrandom(bytes, RANDOM_BYTES, 0) != RANDOM_BYTES)
		return false;
	for (i = 0, bit = 0; i < PUSH_TOKEN_CHARS; i++, bit += 6) {
		unsigned two = (unsigned)(bytes[bit / 8] << 8 | bytes[bit / 8 + 1]);

		text[i] = digits[two >> (10 - bit % 8) & 63];
	}
	text[PUSH_TOKEN_CHARS] = '\0';
	return true;
}

static enum status want(struct poll *poll, const char *hub, const char *topic)
{
	char token[PUSH_TOKEN_CHARS + 1], secret[PUSH_TOKEN_CHARS + 1];

	/* Without chance nobody is asked; the next poll tries it again. */
	if (!make_random(token) || !make_random(secret))
		return STATUS_OK;
	poll->reply->pushes = true;
	return sql_run(poll->store,
		"INSERT INTO push (feed_id, hub, topic, token, secret, state, due_at) "
		"VALUES (?1, ?2, ?3, ?4, ?5, 'wanted', ?6) ON CONFLICT (feed_id) DO UPDATE SET "
		"hub = excluded.hub, topic = excluded.topic, token = excluded.token, "
		"secret = excluded.secret, state = excluded.state, due_at = excluded.due_at, "
		"tries = 0, misses = 0, lease_until = 0, callback = '', error = NULL",
		"issssi", poll->result->feed_id, hub, topic, token, secret, poll->result->at);
}

/* The feed names no hub any more. */
static enum status leave(struct poll *poll)
{
	enum status status = sql_run(poll->store,
		"UPDATE push SET state = 'leaving', due_at = ?2, tries = 0 "
		"WHERE feed_id = ?1 AND state <> 'leaving'",
		"ii", poll->result->feed_id, poll->result->at);

	poll->reply->pushes = true;
	return status == STATUS_OK ? rely(poll->store, poll->result->feed_id, 0) : status;
}

static bool is_good(const char *url)
{
	return url && url_is_web(url) && strlen(url) <= LIMIT_URL_BYTES;
}

/* The poll found news. Had the hub told of them, they would be known. */
static enum status count_miss(struct poll *poll)
{
	const struct poll_result *r = poll->result;
	int64_t misses = 0;
	enum status status = sql_int(poll->store,
		"UPDATE push SET misses = misses + 1 WHERE feed_id = ?1 AND state = 'active' "
		"RETURNING misses",
		&misses, "i", r->feed_id);

	if (status != STATUS_OK || misses < MISSES_MAX)
		return status;
	poll->reply->is_hub_silent = true;
	return sql_run(poll->store, "UPDATE feed SET push_until = 0, next_at = ?2 WHERE id = ?1",
		"ii", r->feed_id, r->normal_at);
}

enum status push_look(struct poll *poll)
{
	const struct poll_result *r = poll->result;
	const char *hub = r->hub, *topic = r->topic;
	bool is_known = false, is_same = false;
	sqlite3_stmt *s;
	enum status status;

	if (!poll->config->websub.callback || r->is_twin)
		return STATUS_OK;
	status = sql_row(poll->store,
		"SELECT state <> 'leaving' AND hub IS ?2 AND topic IS ?3 FROM push "
		"WHERE feed_id = ?1",
		&s, "iss", r->feed_id, hub, topic);
	if (status != STATUS_OK)
		return status;
	if (s) {
		is_known = true;
		is_same = sqlite3_column_int(s, 0);
		sqlite3_reset(s);
	}
	if (is_same)
		return r->was_pushed && poll->reply->new_items > 0 ? count_miss(poll) : STATUS_OK;
	if (is_good(hub) && is_good(topic))
		return want(poll, hub, topic);
	return is_known ? leave(poll) : STATUS_OK;
}
