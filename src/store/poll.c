#include "core/str.h"
#include "store/entries.h"
#include "store/feeds.h"
#include "store/push.h"
#include "store/sql.h"
#include "store/walks.h"

#include <stdlib.h>
#include <string.h>

enum { WEEK_S = 7 * 24 * 3600, RHYTHM_S = 28 * 24 * 3600, POLL_LOG_SLOTS = 50 };

/* How much the newest rhythm counts against what was known. */
#define RHYTHM_SHARE 0.3

void poll_reply_finish(struct poll_reply *reply)
{
	if (!reply)
		return;
	for (size_t i = 0; i < reply->task_count; i++)
		free(reply->tasks[i].url);
	free(reply->tasks);
	free(reply->why);
	memset(reply, 0, sizeof(*reply));
}

/* A feed that is as it was, again: what is most of the work of a large list is one statement. */
static enum status repeat_put(struct poll *poll)
{
	const struct poll_result *r = poll->result;

	return sql_run(poll->store,
		"UPDATE feed SET next_at = ?2, interval_s = ?3, last_poll_at = ?4, "
		"last_ok_at = ?4, http_status = ?5, "
		"etag = iif(?6, ?7, etag), last_modified = iif(?6, ?8, last_modified), "
		"max_age_s = iif(?9 < 0, max_age_s, ?9), moved_to = ?10, moved_since = ?11, "
		"moved_polls = ?12, fetch_url = coalesce(?13, fetch_url), bytes = bytes + ?14, "
		"validators_url = iif(?6, ?15, validators_url), "
		"validators_variant = iif(?6, ?16, validators_variant), "
		"polls = polls + 1, polls_ok = polls_ok + 1 WHERE id = ?1",
		"iiiiiissisiisisi", r->feed_id, r->next_at, r->interval_s, r->at,
		(int64_t)r->http_status, (int64_t)r->has_validators, r->etag, r->last_modified,
		r->max_age_s, r->moved_to, r->moved_since, (int64_t)r->moved_polls, r->fetch_url,
		r->bytes, r->validators_url, (int64_t)r->validators_variant);
}

static enum status feed_update(struct poll *poll)
{
	const struct poll_result *r = poll->result;
	bool is_ok = r->outcome == POLL_OK || r->outcome == POLL_NOT_MODIFIED;

	return sql_run(poll->store,
		"UPDATE feed SET next_at = ?2, interval_s = ?3, failures = ?4, failing_since = ?5, "
		"state = iif(state = 'unsubscribed', state, ?6), http_status = ?7, outcome = ?8, "
		"error = ?9, last_poll_at = ?10, last_ok_at = iif(?11, ?10, last_ok_at), "
		"etag = iif(?12, ?13, etag), last_modified = iif(?12, ?14, last_modified), "
		"body_hash = coalesce(?15, body_hash), max_age_s = iif(?16 < 0, max_age_s, ?16), "
		"fetch_url = coalesce(?17, fetch_url), moved_to = ?18, moved_since = ?19, "
		"moved_polls = ?20, bytes = bytes + ?21, documents = documents + ?22, "
		"validators_url = iif(?12, ?23, validators_url), "
		"validators_variant = iif(?12, ?24, validators_variant), "
		"polls = polls + 1, polls_ok = polls_ok + ?11 WHERE id = ?1",
		"iiiiisissiiissbissiiiisi", r->feed_id, r->next_at, r->interval_s,
		(int64_t)r->failures, r->failing_since, feed_state_name(r->state),
		(int64_t)r->http_status, poll_outcome_name(r->outcome), r->error, r->at,
		(int64_t)is_ok, (int64_t)r->has_validators, r->etag, r->last_modified,
		(const void *)r->body_hash, (size_t)32, r->max_age_s, r->fetch_url, r->moved_to,
		r->moved_since, (int64_t)r->moved_polls, r->bytes, (int64_t)(r->doc != NULL),
		r->validators_url, (int64_t)r->validators_variant);
}

/* RETURNING of what counted this poll would cost a copy of every page that it changes. */
enum status poll_load(struct poll *poll, int64_t counted)
{
	sqlite3_stmt *s;
	enum status status = sql_one(poll->store,
		"SELECT polls, documents, guid_trust, url, section_id, entries_week, "
		"state = 'active' FROM feed WHERE id = ?1",
		&s, "i", poll->result->feed_id);

	if (status != STATUS_OK)
		return status;
	poll->polls = sqlite3_column_int64(s, 0);
	poll->is_first = sqlite3_column_int64(s, 1) == counted;
	poll->trusts_guids = sqlite3_column_int(s, 2) != 0;
	poll->feed_url = sql_arena(s, 3, &poll->arena);
	poll->section_id = sqlite3_column_int64(s, 4);
	poll->entries_week = sqlite3_column_double(s, 5);
	poll->is_active = sqlite3_column_int(s, 6) != 0;
	sqlite3_reset(s);
	return STATUS_OK;
}

/* The slot may be one of a poll long ago. REPLACE would cost a copy of every page that it changes.
 */
static enum status log_put(struct poll *poll)
{
	const struct poll_result *r = poll->result;
	int64_t slot = poll->polls % POLL_LOG_SLOTS;
	enum status status = STATUS_OK;

	if (poll->polls >= POLL_LOG_SLOTS)
		status = sql_run(poll->store,
			"DELETE FROM poll_log WHERE feed_id = ?1 AND slot = ?2", "ii", r->feed_id,
			slot);
	if (status != STATUS_OK)
		return status;
	return sql_run(poll->store,
		"INSERT INTO poll_log (feed_id, slot, at, outcome, http_status, bytes, "
		"duration_ms, new_items, error) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
		"iiisiiiis", r->feed_id, slot, r->at, poll_outcome_name(r->outcome),
		(int64_t)r->http_status, r->bytes, r->duration_ms, (int64_t)poll->reply->new_items,
		r->error);
}

/* Entries a week, by the dates that the document gives; without dates, by what was new. */
static double rhythm(const struct poll *poll)
{
	const struct feed_doc *doc = poll->result->doc;
	int64_t at = poll->result->at, oldest = at;
	size_t count = 0;
	double now;

	for (size_t i = 0; i < doc->entry_count; i++) {
		int64_t published = doc->entries[i].published;

		if (published == DATE_NONE || published > at)
			continue;
		if (published < oldest)
			oldest = published;
		count += published > at - RHYTHM_S;
	}
	if (oldest < at - RHYTHM_S)
		oldest = at - RHYTHM_S;
	if (oldest > at - 3600)
		oldest = at - 3600;
	if (count == 0 && oldest > at - RHYTHM_S)
		return poll->entries_week;
	now = (double)count * WEEK_S / (double)(at - oldest);
	return poll->is_first ? now : now * RHYTHM_SHARE + poll->entries_week * (1 - RHYTHM_SHARE);
}

static enum status document_update(struct poll *poll)
{
	const struct feed_doc *doc = poll->result->doc;
	int64_t ttl_s = doc->ttl_min * 60;

	if (doc->update_period_s > ttl_s)
		ttl_s = doc->update_period_s;
	return sql_run(poll->store,
		"UPDATE feed SET title = coalesce(?2, title), site_url = ?3, description = ?4, "
		"language = ?5, format = ?6, icon = ?7, hub = ?8, ttl_s = ?9, skip_hours = ?10, "
		"skip_days = ?11, entries_week = ?12, items = items + ?13, guid_trust = ?14, "
		"last_new_at = iif(?13, ?15, last_new_at), pattern = ?16 WHERE id = ?1",
		"isssssssiiidiiib", poll->result->feed_id,
		str_is_empty(doc->title) ? NULL : doc->title, doc->url, doc->description,
		doc->language, doc->format, doc->icon ? doc->icon : doc->image, doc->hub, ttl_s,
		(int64_t)doc->skip_hours, (int64_t)doc->skip_days, rhythm(poll),
		(int64_t)poll->reply->new_items, (int64_t)poll->trusts_guids, poll->result->at,
		(const void *)poll->result->pattern, sizeof(poll->result->pattern));
}

enum status poll_document(struct poll *poll)
{
	const struct config_feed *special = config_feed(poll->config, poll->feed_url);
	enum status status = sql_int(poll->store, "SELECT max(id) FROM item", &poll->known_to, "");

	poll->wants_pages = special ? special->fulltext : poll->config->fulltext;
	/* rules may ask for the title when the first entries are filed */
	if (status == STATUS_OK && poll->is_first && poll->config->rule_count)
		status = sql_run(poll->store, "UPDATE feed SET title = ?2 WHERE id = ?1", "is",
			poll->result->feed_id, poll->result->doc->title);
	if (status == STATUS_OK)
		status = entries_record(poll);
	return status == STATUS_OK ? document_update(poll) : status;
}

enum status poll_record(struct store *store, const struct config *config,
	const struct poll_result *result, struct poll_reply *reply)
{
	struct poll poll = {.store = store, .config = config, .result = result, .reply = reply};
	enum status status;

	memset(reply, 0, sizeof(*reply));
	if (result->is_repeat)
		return repeat_put(&poll);
	status = feed_update(&poll);
	if (status == STATUS_OK)
		status = poll_load(&poll, result->doc != NULL);
	if (status == STATUS_OK && result->doc)
		status = poll_document(&poll);
	if (status == STATUS_OK && result->doc)
		status = walk_begin(&poll);
	if (status == STATUS_OK && result->doc)
		status = push_look(&poll);
	if (status == STATUS_OK)
		status = log_put(&poll);
	arena_finish(&poll.arena);
	return status;
}
