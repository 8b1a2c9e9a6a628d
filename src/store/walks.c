#include "store/walks.h"

#include "core/identity.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "store/entries.h"
#include "store/sql.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A document of one or two entries may hold nothing but the latest: no gap is seen by it. */
enum { GAP_ENTRIES = 3 };

/* A walk as it is in the store. Strings are the poll's. */
struct walk {
	bool is_gap, is_archive;
	int64_t known_to, known_at, begun_at, documents, entries, items, gaps;
};

void walk_row_finish(struct walk_row *row)
{
	if (!row)
		return;
	free(row->feed_url);
	free(row->url);
	memset(row, 0, sizeof(*row));
}

void walk_reply_finish(struct walk_reply *reply)
{
	if (!reply)
		return;
	poll_reply_finish(&reply->entries);
	free(reply->why);
	memset(reply, 0, sizeof(*reply));
}

#define SELECT_WAITING                                                             \
	"SELECT walk.feed_id, feed.url, walk.next_url, walk.tries, walk.due_at "   \
	"FROM walk JOIN feed ON feed.id = walk.feed_id AND feed.state = 'active' " \
	"WHERE walk.state = 'waiting'"

static void row_read(sqlite3_stmt *s, struct walk_row *row)
{
	row->feed_id = sqlite3_column_int64(s, 0);
	row->feed_url = sql_dup(s, 1);
	row->url = sql_dup(s, 2);
	row->tries = sqlite3_column_int(s, 3);
	row->due_at = sqlite3_column_int64(s, 4);
}

enum status walks_waiting(
	struct store *store, void (*on_walk)(void *context, struct walk_row *row), void *context)
{
	struct walk_row row;
	sqlite3_stmt *s;
	enum status status = sql_open(store, SELECT_WAITING " ORDER BY walk.due_at", &s, "");

	while (sql_next(store, s, &status)) {
		row_read(s, &row);
		on_walk(context, &row);
	}
	return status;
}

enum status walk_get(struct store *store, int64_t feed_id, struct walk_row *row)
{
	sqlite3_stmt *s;
	enum status status = sql_one(store, SELECT_WAITING " AND feed_id = ?1", &s, "i", feed_id);

	memset(row, 0, sizeof(*row));
	if (status != STATUS_OK)
		return status;
	row_read(s, row);
	sqlite3_reset(s);
	return STATUS_OK;
}

/*
 * The address that a link of a document leads to, in the arena; NULL: none that is walked. The
 * chain stays at one site, and what came encrypted is not left for what does not.
 */
static const char *follow(const char *from, const char *link, struct arena *arena, const char **why)
{
	struct buf here = {0}, there = {0};
	const char *url = NULL;

	if (!url_is_web(link) || strlen(link) > LIMIT_URL_BYTES)
		*why = "the link to its older entries is no address";
	else if (!url_site(from, &here) || !url_site(link, &there) ||
		 !str_eq(buf_text(&here), buf_text(&there)))
		*why = "its older entries are at another site";
	else if (str_istarts(from, "https:") && str_istarts(link, "http:"))
		url = arena_printf(arena, "https:%s", link + strlen("http:"));
	else
		url = link;
	buf_finish(&here);
	buf_finish(&there);
	return url;
}

static enum status document_put(struct poll *poll, const char *url, bool is_archive)
{
	return sql_run(poll->store,
		"INSERT INTO walk_document (feed_id, url, is_archive, at) VALUES (?1, ?2, ?3, ?4) "
		"ON CONFLICT DO UPDATE SET at = excluded.at",
		"isii", poll->result->feed_id, url, (int64_t)is_archive, poll->result->at);
}

/* How many documents a feed is walked back at most. */
static int history_of(const struct config *config, const char *feed_url)
{
	const struct config_feed *special = config_feed(config, feed_url);

	return special ? special->history : config->history;
}

/* A gap that cannot be filled stands in the same row, so that it is told. */
static enum status begin(struct poll *poll, bool is_gap, const char *url, const char *why)
{
	const struct poll_result *r = poll->result;
	bool is_archive = url && r->doc->prev_archive;

	return sql_run(poll->store,
		"INSERT INTO walk (feed_id, reason, state, next_url, is_archive, known_to, known_at, "
		"due_at, begun_at, ended_at, gaps, error) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10, ?11) "
		/* another gap before the first was filled: all of it is to be walked */
		"ON CONFLICT (feed_id) DO UPDATE SET reason = excluded.reason, state = excluded.state, "
		"next_url = excluded.next_url, is_archive = excluded.is_archive, "
		"known_to = iif(state = 'waiting', known_to, excluded.known_to), "
		"known_at = iif(state = 'waiting', known_at, excluded.known_at), documents = 0, "
		"entries = 0, items = 0, tries = 0, due_at = excluded.due_at, "
		"begun_at = excluded.begun_at, ended_at = excluded.ended_at, "
		"gaps = gaps + excluded.gaps, error = excluded.error",
		"isssiiiizis", r->feed_id, is_gap ? "gap" : "first", url ? "waiting" : "open", url,
		(int64_t)is_archive, poll->known_to, r->previous_at, r->at,
		url ? (int64_t)0 : r->at, (int64_t)!url, why);
}

enum status walk_begin(struct poll *poll)
{
	const struct poll_result *r = poll->result;
	const struct feed_doc *doc = r->doc;
	const char *link = doc->prev_archive ? doc->prev_archive : doc->next;
	const char *from = r->final_url ? r->final_url : poll->feed_url;
	const char *why = "its document leads to no older ones", *url = NULL;
	bool is_gap = !poll->is_first && !poll->has_overlap && poll->reply->new_items > 0;
	enum status status;

	/* RFC 5005, 2: a complete document is all there is; 4: an archive is no subscription. */
	if (doc->is_complete || r->is_twin || (!is_gap && !(poll->is_first && link)))
		return STATUS_OK;
	if (link)
		url = follow(from, link, &poll->arena, &why);
	if (url && history_of(poll->config, poll->feed_url) == 0) {
		url = NULL;
		why = "the configuration lets nothing be walked";
	}
	if (!url && (!is_gap || doc->entry_count < GAP_ENTRIES))
		return STATUS_OK;
	poll->reply->is_gap = is_gap;
	poll->reply->walks = url != NULL;
	poll->reply->why = url ? NULL : xstrdup(why);
	status = begin(poll, is_gap, url, url ? NULL : why);
	if (status == STATUS_OK && url)
		status = sql_run(poll->store,
			"DELETE FROM walk_document WHERE feed_id = ?1 AND is_archive = 0", "i",
			r->feed_id);
	return status == STATUS_OK && url ? document_put(poll, from, false) : status;
}

/* STATUS_NOT_FOUND: it does not wait for this document any more. */
static enum status walk_load(struct poll *poll, const char *url, struct walk *walk)
{
	sqlite3_stmt *s;
	enum status status = sql_one(poll->store,
		"SELECT walk.reason = 'gap', walk.is_archive, walk.known_to, walk.known_at, "
		"walk.begun_at, walk.documents, walk.entries, walk.items, walk.gaps, feed.url, "
		"feed.section_id, feed.guid_trust FROM walk JOIN feed ON feed.id = walk.feed_id "
		"WHERE walk.feed_id = ?1 AND walk.state = 'waiting' AND walk.next_url = ?2",
		&s, "is", poll->result->feed_id, url);

	if (status != STATUS_OK)
		return status;
	walk->is_gap = sqlite3_column_int(s, 0);
	walk->is_archive = sqlite3_column_int(s, 1);
	walk->known_to = poll->known_to = sqlite3_column_int64(s, 2);
	walk->known_at = sqlite3_column_int64(s, 3);
	walk->begun_at = sqlite3_column_int64(s, 4);
	walk->documents = sqlite3_column_int64(s, 5);
	walk->entries = sqlite3_column_int64(s, 6);
	walk->items = sqlite3_column_int64(s, 7);
	walk->gaps = sqlite3_column_int64(s, 8);
	poll->feed_url = sql_arena(s, 9, &poll->arena);
	poll->section_id = sqlite3_column_int64(s, 10);
	poll->trusts_guids = sqlite3_column_int(s, 11) != 0;
	sqlite3_reset(s);
	return STATUS_OK;
}

/* What of the document is news: after a gap, what came since; of a new feed, its latest. */
static enum status set_backlog(struct poll *poll, const struct walk *walk)
{
	int64_t printed = 0;
	enum status status;

	if (walk->is_gap) {
		poll->fresh_left = SIZE_MAX;
		poll->fresh_from = config_oldest(poll->config, walk->known_at);
		return STATUS_OK;
	}
	status = sql_int(poll->store,
		"SELECT count(*) FROM item WHERE feed_id = ?1 AND is_backlog = 0", &printed, "i",
		poll->result->feed_id);
	poll->fresh_left =
		printed < poll->config->max_first ? (size_t)(poll->config->max_first - printed) : 0;
	poll->fresh_from = config_oldest(poll->config, walk->begun_at);
	return status;
}

static enum status entries(struct poll *poll, struct walk *walk, const struct walk_result *result)
{
	const struct config_feed *special = config_feed(poll->config, poll->feed_url);
	enum status status = set_backlog(poll, walk);

	poll->wants_pages = special ? special->fulltext : poll->config->fulltext;
	if (status == STATUS_OK)
		status = entries_record(poll);
	walk->documents++;
	walk->entries += (int64_t)result->doc->entry_count;
	walk->items += poll->reply->new_items;
	if (status == STATUS_OK)
		status = sql_run(poll->store,
			"UPDATE feed SET items = items + ?2, guid_trust = ?3 WHERE id = ?1", "iii",
			result->feed_id, (int64_t)poll->reply->new_items,
			(int64_t)poll->trusts_guids);
	if (status == STATUS_OK)
		status = document_put(poll, result->url, walk->is_archive);
	if (status == STATUS_OK && result->final_url && !str_eq(result->final_url, result->url))
		status = document_put(poll, result->final_url, walk->is_archive);
	return status;
}

/*
 * Where the walk goes from a document; NULL: it has ended. *why: before its end. An archive that
 * was read by an earlier walk ends this one well: what is behind it was read then.
 */
static enum status next_of(struct poll *poll, const struct walk *walk,
	const struct walk_result *result, const char **url, const char **why)
{
	const struct feed_doc *doc = result->doc;
	const char *link = walk->is_archive ? doc->prev_archive : doc->next;
	const char *from = result->final_url ? result->final_url : result->url, *to;
	int64_t seen_at = 0;
	enum status status;

	if ((walk->is_gap && poll->has_overlap) || !link)
		return STATUS_OK;
	if (walk->documents >= history_of(poll->config, poll->feed_url) ||
		walk->entries >= poll->config->history_entries) {
		*why = walk->is_gap ? "what is known lies behind more documents than are walked"
				    : NULL;
		return STATUS_OK;
	}
	to = follow(from, link, &poll->arena, why);
	if (!to)
		return STATUS_OK;
	status =
		sql_int(poll->store, "SELECT at FROM walk_document WHERE feed_id = ?1 AND url = ?2",
			&seen_at, "is", result->feed_id, to);
	if (seen_at >= walk->begun_at)
		*why = "its older documents lead in a circle";
	else if (seen_at == 0)
		*url = to;
	return status;
}

static enum status update(struct poll *poll, const struct walk *walk,
	const struct walk_result *result, const char *url, const char *why,
	struct walk_reply *reply)
{
	bool is_retry = !result->doc && result->retry_at;

	reply->is_gap = walk->is_gap;
	reply->goes_on = url || is_retry;
	reply->due_at = is_retry ? result->retry_at : result->at;
	reply->is_open = !reply->goes_on && walk->is_gap && why;
	reply->documents = walk->documents;
	reply->items = walk->items;
	reply->why = why ? xstrdup(why) : NULL;
	return sql_run(poll->store,
		"UPDATE walk SET state = ?2, next_url = iif(?3, next_url, ?4), documents = ?5, "
		"entries = ?6, items = ?7, tries = iif(?3, tries + 1, 0), due_at = ?8, "
		"ended_at = ?9, gaps = ?10, error = ?11 WHERE feed_id = ?1",
		"isisiiiizis", result->feed_id,
		reply->goes_on   ? "waiting"
		: reply->is_open ? "open"
				 : "done",
		(int64_t)is_retry, url, walk->documents, walk->entries, walk->items, reply->due_at,
		reply->goes_on ? (int64_t)0 : result->at,
		reply->is_open                    ? walk->gaps + 1
		: walk->is_gap && !reply->goes_on ? (int64_t)0
						  : walk->gaps,
		why);
}

enum status walk_record(struct store *store, const struct config *config,
	const struct walk_result *result, struct walk_reply *reply)
{
	struct poll_result as_poll = {
		.feed_id = result->feed_id, .at = result->at, .doc = result->doc};
	struct poll poll = {.store = store,
		.config = config,
		.result = &as_poll,
		.reply = &reply->entries,
		.is_walk = true};
	const char *url = NULL, *why = NULL;
	struct walk walk = {0};
	enum status status;

	memset(reply, 0, sizeof(*reply));
	status = walk_load(&poll, result->url, &walk);
	if (status == STATUS_OK && result->doc) {
		status = entries(&poll, &walk, result);
		if (status == STATUS_OK)
			status = next_of(&poll, &walk, result, &url, &why);
	} else if (status == STATUS_OK)
		why = arena_printf(&poll.arena, "%s: %s", result->url, result->error);
	if (status == STATUS_OK)
		status = update(&poll, &walk, result, url, why, reply);
	arena_finish(&poll.arena);
	return status;
}
