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
	"validators_variant, pattern, push_until"

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
	row->push_until = sqlite3_column_int64(s, 30);
}

enum status feeds_load(struct store *store,
	void (*on_feed)(void *context, const struct feed_brief *feed), void *context)
{
	sqlite3_stmt *s;
	struct feed_brief feed;
	enum status status = sql_open(store,
		"SELECT id, url, coalesce(fetch_url, url), last_poll_at, next_at FROM feed "
		"WHERE state = 'active' ORDER BY id",
		&s, "");

	while (sql_next(store, s, &status)) {
		feed.id = sqlite3_column_int64(s, 0);
		feed.url = sql_text(s, 1);
		feed.fetch_url = sql_text(s, 2);
		feed.last_poll_at = sqlite3_column_int64(s, 3);
		feed.next_at = sqlite3_column_int64(s, 4);
		on_feed(context, &feed);
	}
	return status;
}

enum status feed_postpone(struct store *store, int64_t id, int64_t at)
{
	return sql_run(
		store, "UPDATE feed SET next_at = max(next_at, ?2) WHERE id = ?1", "ii", id, at);
}

enum status feed_find_url(struct store *store, const char *url, int64_t *id)
{
	sqlite3_stmt *s;
	enum status status = sql_open(store, "SELECT id FROM feed WHERE url = ?1", &s, "s", url);

	*id = 0;
	while (status == STATUS_OK && sql_next(store, s, &status))
		*id = sqlite3_column_int64(s, 0);
	return status;
}

enum status feed_get(struct store *store, int64_t id, struct feed_row *row)
{
	sqlite3_stmt *s;
	enum status status =
		sql_one(store, "SELECT " FEED_COLUMNS " FROM feed WHERE id = ?1", &s, "i", id);

	memset(row, 0, sizeof(*row));
	if (status != STATUS_OK)
		return status;
	row_read(s, row);
	sqlite3_reset(s);
	return STATUS_OK;
}

/* A feed that is to be there, and one that is there otherwise. */
struct wanted {
	const struct subscription *sub;
	const char *name;
	int64_t section_id;
	bool is_there;
};

struct change {
	int64_t id;
	const struct wanted *wanted; /* NULL: it is not, any more */
};

struct syncing {
	struct wanted *wanted, **by_url; /* as subscribed; sorted */
	size_t count;
	struct change *changes;
	size_t change_count, change_space;
};

static int compare_urls(const void *a, const void *b)
{
	return strcmp(
		(*(struct wanted *const *)a)->sub->url, (*(struct wanted *const *)b)->sub->url);
}

static enum status collect_wanted(struct store *store, const struct config *config,
	const struct subscriptions *subs, struct syncing *syncing)
{
	const char *title = NULL;
	int64_t section_id = 0;
	enum status status = STATUS_OK;

	syncing->count = subs->count;
	syncing->wanted = xcalloc(subs->count + 1, sizeof(*syncing->wanted));
	syncing->by_url = xcalloc(subs->count + 1, sizeof(*syncing->by_url));
	for (size_t i = 0; i < subs->count && status == STATUS_OK; i++) {
		const struct subscription *sub = &subs->list[i];
		const struct config_feed *special = config_feed(config, sub->url);

		/* Most lists name the feeds of a section one after the other. */
		if (i == 0 || !str_eq(title, sub->section))
			status = section_find(store, sub->section, &section_id);
		title = sub->section;
		syncing->wanted[i] = (struct wanted){sub,
			special && special->title ? special->title : sub->title, section_id, false};
		syncing->by_url[i] = &syncing->wanted[i];
	}
	if (status == STATUS_OK)
		qsort(syncing->by_url, syncing->count, sizeof(*syncing->by_url), compare_urls);
	return status;
}

/* One look at all feeds: which of them are not as they are wanted? */
static enum status find_changes(struct store *store, struct syncing *syncing)
{
	sqlite3_stmt *s;
	enum status status =
		sql_open(store, "SELECT id, url, name, section_id, state FROM feed", &s, "");

	while (sql_next(store, s, &status)) {
		struct subscription sub = {.url = sql_text(s, 1)};
		struct wanted key = {.sub = &sub}, *pointer = &key, **found;
		bool is_subscribed = state_of(sql_text(s, 4)) != FEED_UNSUBSCRIBED;

		if (!sub.url) { /* a page is damaged: the table has none without */
			sqlite3_reset(s);
			return STATUS_CORRUPT;
		}
		found = bsearch(&pointer, syncing->by_url, syncing->count, sizeof(*syncing->by_url),
			compare_urls);
		if (found)
			(*found)->is_there = true;
		if (found ? is_subscribed && str_eq((*found)->name, sql_text(s, 2)) &&
					(*found)->section_id == sqlite3_column_int64(s, 3)
			  : !is_subscribed)
			continue;
		ARRAY_GROW(syncing->changes, syncing->change_count, syncing->change_space);
		syncing->changes[syncing->change_count++] =
			(struct change){sqlite3_column_int64(s, 0), found ? *found : NULL};
	}
	return status;
}

static enum status make_change(struct store *store, const struct change *change)
{
	if (!change->wanted)
		return sql_run(store, "UPDATE feed SET state = 'unsubscribed' WHERE id = ?1", "i",
			change->id);
	return sql_run(store,
		"UPDATE feed SET name = ?2, section_id = ?3, "
		"next_at = iif(state = 'unsubscribed', 0, next_at), "
		"state = iif(state = 'unsubscribed', 'active', state) WHERE id = ?1",
		"isi", change->id, change->wanted->name, change->wanted->section_id);
}

/*
 * Compared here and not by the database: a hundred thousand feeds that are as they were cost one
 * read of the table at every start, and no write.
 */
enum status feeds_sync(struct store *store, const struct config *config,
	const struct subscriptions *subs, int64_t now)
{
	struct syncing syncing = {0};
	enum status status = sections_sync(store, config, subs);

	if (status == STATUS_OK)
		status = collect_wanted(store, config, subs, &syncing);
	if (status == STATUS_OK)
		status = find_changes(store, &syncing);
	for (size_t i = 0; i < syncing.change_count && status == STATUS_OK; i++)
		status = make_change(store, &syncing.changes[i]);
	for (size_t i = 0; i < syncing.count && status == STATUS_OK; i++) {
		const struct wanted *wanted = &syncing.wanted[i];

		if (!wanted->is_there)
			status = sql_run(store,
				"INSERT INTO feed (url, name, section_id, subscribed_at) "
				"VALUES (?1, ?2, ?3, ?4)",
				"ssii", wanted->sub->url, wanted->name, wanted->section_id, now);
	}
	free(syncing.wanted);
	free(syncing.by_url);
	free(syncing.changes);
	return status;
}
