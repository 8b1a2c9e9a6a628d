#include "store/feeds.h"

#include "core/mem.h"
#include "core/str.h"
#include "store/sections.h"
#include "store/sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	const char *text;
} outcomes[POLL_OUTCOMES] = {
	[POLL_OK] = {"ok", "fine"},
	[POLL_NOT_MODIFIED] = {"not-modified", "not modified"},
	[POLL_HTTP_ERROR] = {"http-error", "the server answered with an error"},
	[POLL_GONE] = {"gone", "gone for good (HTTP 410)"},
	[POLL_LIMITED] = {"limited", "the server asks us to wait"},
	[POLL_NOT_A_FEED] = {"not-a-feed", "what came is no feed"},
	[POLL_CHALLENGE] = {"challenge", "the server wants to see a browser"},
	[POLL_DNS_ERROR] = {"dns-error", "the name does not resolve"},
	[POLL_CONNECT_ERROR] = {"connect-error", "no connection"},
	[POLL_TLS_ERROR] = {"tls-error", "the certificate or TLS failed"},
	[POLL_TIMEOUT] = {"timeout", "took too long"},
	[POLL_TRANSFER_ERROR] = {"transfer-error", "the transfer broke off"},
	[POLL_TOO_LARGE] = {"too-large", "larger than we take"},
	[POLL_REDIRECT_ERROR] = {"redirect-error", "redirects lead nowhere"},
	[POLL_REFUSED] = {"refused", "an address that we do not go to"},
	[POLL_PARSER_FAILED] = {"parser-failed", "could not be read"},
};

static const char *const state_names[] = {
	[FEED_ACTIVE] = "active",
	[FEED_GONE] = "gone",
	[FEED_UNSUBSCRIBED] = "unsubscribed",
};

const char *poll_outcome_name(enum poll_outcome outcome)
{
	return outcome < POLL_OUTCOMES ? outcomes[outcome].name : "unknown";
}

const char *poll_outcome_text(enum poll_outcome outcome, int http_status, char text[64])
{
	bool has_status = outcome == POLL_HTTP_ERROR || outcome == POLL_LIMITED;

	if (http_status && has_status)
		snprintf(text, 64, outcome == POLL_LIMITED ? "HTTP %d, we have to wait" : "HTTP %d",
			http_status);
	else
		snprintf(text, 64, "%s",
			outcome < POLL_OUTCOMES ? outcomes[outcome].text : "unknown");
	return text;
}

const char *feed_state_name(enum feed_state state)
{
	return state_names[state];
}

static enum poll_outcome outcome_of(const char *name)
{
	for (size_t i = 0; i < POLL_OUTCOMES; i++)
		if (str_eq(outcomes[i].name, name))
			return (enum poll_outcome)i;
	return POLL_OK;
}

static enum feed_state state_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(state_names); i++)
		if (str_eq(state_names[i], name))
			return (enum feed_state)i;
	return FEED_ACTIVE;
}

void feed_row_finish(struct feed_row *row)
{
	if (!row)
		return;
	free(row->url);
	free(row->fetch_url);
	free(row->title);
	free(row->etag);
	free(row->last_modified);
	free(row->validators_url);
	free(row->error);
	free(row->moved_to);
	free(row->hub);
	memset(row, 0, sizeof(*row));
}

#define FEED_COLUMNS                                                                             \
	"id, url, coalesce(fetch_url, url), coalesce(name, title), etag, last_modified, state, " \
	"next_at, interval_s, last_poll_at, last_ok_at, last_new_at, failing_since, failures, "  \
	"http_status, outcome, error, max_age_s, body_hash, ttl_s, skip_hours, skip_days, "      \
	"entries_week, moved_since, moved_polls, moved_to, hub, validators_url, "                \
	"validators_variant, pattern"

static void row_read(sqlite3_stmt *s, struct feed_row *row)
{
	memset(row, 0, sizeof(*row));
	row->id = sqlite3_column_int64(s, 0);
	row->url = sql_dup(s, 1);
	row->fetch_url = sql_dup(s, 2);
	row->title = sql_dup(s, 3);
	row->etag = sql_dup(s, 4);
	row->last_modified = sql_dup(s, 5);
	row->state = state_of(sql_text(s, 6));
	row->next_at = sqlite3_column_int64(s, 7);
	row->interval_s = sqlite3_column_int64(s, 8);
	row->last_poll_at = sqlite3_column_int64(s, 9);
	row->last_ok_at = sqlite3_column_int64(s, 10);
	row->last_new_at = sqlite3_column_int64(s, 11);
	row->failing_since = sqlite3_column_int64(s, 12);
	row->failures = sqlite3_column_int(s, 13);
	row->http_status = sqlite3_column_int(s, 14);
	row->outcome = outcome_of(sql_text(s, 15));
	row->error = sql_dup(s, 16);
	row->max_age_s = sqlite3_column_int64(s, 17);
	if (sqlite3_column_bytes(s, 18) == sizeof(row->body_hash))
		memcpy(row->body_hash, sqlite3_column_blob(s, 18), sizeof(row->body_hash));
	row->ttl_s = sqlite3_column_int64(s, 19);
	row->skip_hours = (uint32_t)sqlite3_column_int64(s, 20);
	row->skip_days = (uint8_t)sqlite3_column_int(s, 21);
	row->entries_week = sqlite3_column_double(s, 22);
	row->moved_since = sqlite3_column_int64(s, 23);
	row->moved_polls = sqlite3_column_int(s, 24);
	row->moved_to = sql_dup(s, 25);
	row->hub = sql_dup(s, 26);
	row->validators_url = sql_dup(s, 27);
	row->validators_variant = (uint32_t)sqlite3_column_int64(s, 28);
	if (sqlite3_column_bytes(s, 29) == sizeof(row->pattern))
		memcpy(row->pattern, sqlite3_column_blob(s, 29), sizeof(row->pattern));
}

enum status feeds_load(
	struct store *store, void (*on_feed)(void *context, struct feed_row *row), void *context)
{
	sqlite3_stmt *s;
	struct feed_row row;
	enum status status = sql_open(store,
		"SELECT " FEED_COLUMNS " FROM feed WHERE state = 'active' ORDER BY id", &s, "");

	while (sql_next(store, s, &status)) {
		row_read(s, &row);
		on_feed(context, &row);
	}
	return status;
}

enum status feed_get(struct store *store, int64_t id, struct feed_row *row)
{
	sqlite3_stmt *s;
	enum status status =
		sql_row(store, "SELECT " FEED_COLUMNS " FROM feed WHERE id = ?1", &s, "i", id);

	memset(row, 0, sizeof(*row));
	if (status != STATUS_OK)
		return status;
	if (!s)
		return STATUS_NOT_FOUND;
	row_read(s, row);
	sqlite3_reset(s);
	return STATUS_OK;
}

static enum status subscribe(struct store *store, const struct config *config,
	const struct subscription *sub, int64_t now)
{
	const struct config_feed *special = config_feed(config, sub->url);
	const char *name = special && special->title ? special->title : sub->title;
	int64_t section_id;
	enum status status = section_find(store, sub->section, &section_id);

	if (status == STATUS_OK)
		status = sql_run(store, "INSERT OR IGNORE INTO temp.subscribed (url) VALUES (?1)",
			"s", sub->url);
	if (status == STATUS_OK)
		status = sql_run(store,
			"INSERT INTO feed (url, name, section_id, subscribed_at) "
			"VALUES (?1, ?2, ?3, ?4) ON CONFLICT (url) DO UPDATE SET "
			"name = excluded.name, section_id = excluded.section_id, "
			"next_at = iif(state = 'unsubscribed', 0, next_at), "
			"state = iif(state = 'unsubscribed', 'active', state) "
			"WHERE name IS NOT excluded.name OR state = 'unsubscribed' "
			"OR section_id IS NOT excluded.section_id",
			"ssii", sub->url, name, section_id, now);
	return status;
}

enum status feeds_sync(struct store *store, const struct config *config,
	const struct subscriptions *subs, int64_t now)
{
	enum status status = sections_sync(store, config, subs);

	if (status == STATUS_OK)
		status = sql_run(store,
			"CREATE TABLE IF NOT EXISTS temp.subscribed (url TEXT PRIMARY KEY)", "");
	if (status == STATUS_OK)
		status = sql_run(store, "DELETE FROM temp.subscribed", "");
	for (size_t i = 0; status == STATUS_OK && i < subs->count; i++)
		status = subscribe(store, config, &subs->list[i], now);
	if (status == STATUS_OK)
		status = sql_run(store,
			"UPDATE feed SET state = 'unsubscribed' WHERE state <> 'unsubscribed' "
			"AND url NOT IN (SELECT url FROM temp.subscribed)",
			"");
	return status;
}
