/* A known item whose entry is not as it was: what of it is news, and what readers see of that. */
#include "store/entries_inner.h"

#include "core/markup.h"
#include "core/str.h"
#include "core/terms.h"
#include "store/ready.h"
#include "store/sql.h"

#include <stdio.h>

enum {
	SWING_S = 24 * 3600, /* so long a text stands before an older one may take its place */
	REFETCH_S = 3600,    /* a changed article's page is not read again before */
	REVISIONS_MAX = 20,  /* of one item that are kept and announced */
};

/* So much of a text has to be different to be news for who has read it. */
#define CHANGE_SHARE 0.1

static enum status page_again(struct poll *poll, int64_t item_id, const char *url, int64_t due_at)
{
	poll_task(poll, item_id, url, due_at);
	return sql_run(poll->store,
		"UPDATE item SET page_state = 'waiting', page_tries = 0, page_due_at = ?2 "
		"WHERE id = ?1",
		"ii", item_id, due_at);
}

/* The whole of a text that an entry has, as plain text. */
static void entry_text(const char *summary, const char *content, struct buf *to)
{
	struct buf other = {0};

	markup_to_text(content, 0, to);
	markup_to_text(summary, 0, &other);
	if (other.len > to->len) {
		buf_clear(to);
		buf_put(to, other.data, other.len);
	}
	buf_finish(&other);
}

double entry_difference(const struct item_row *old, const struct feed_entry *entry)
{
	struct buf before = {0}, after = {0};
	double difference;

	entry_text(old->summary, old->content, &before);
	entry_text(entry->summary, entry->content, &after);
	difference = terms_difference(buf_text(&before), buf_text(&after));
	buf_finish(&before);
	buf_finish(&after);
	return difference;
}

static bool is_substantial(const struct item_row *old, const struct feed_entry *entry)
{
	if (!str_is_empty(entry->title) && !terms_equal(old->title, entry->title))
		return true;
	return (old->summary || old->content) && entry_difference(old, entry) >= CHANGE_SHARE;
}

/* The text of an item has changed, and is the entry's own. */
static enum status ready_again(struct poll *poll, int64_t item_id)
{
	struct arena arena = {0};
	struct item_row row;
	struct item_text text;
	int64_t same = 0;
	bool is_taken = false;
	enum status status = item_row_load(poll->store, item_id, &arena, &row);

	if (status == STATUS_OK) {
		item_text_of_feed(&row, &arena, &text);
		status = item_by_text(poll->store, &row, &text, &same, &is_taken);
	}
	if (status == STATUS_OK)
		status = item_make_ready(poll->store, poll->config, &row, &text, !same && !is_taken,
			poll->result->at, ARRIVAL_CHANGED);
	arena_finish(&arena);
	return status;
}

/* What a reader should see again: its earlier text is kept, its page read again. */
static enum status item_revise(
	struct poll *poll, const struct seen *seen, const struct item_row *old)
{
	int64_t due_at = poll->result->at, fetched_at;
	bool has_page = str_eq(old->page_state, "read") || str_eq(old->page_state, "failed");
	enum status status = item_keep_revision(poll->store, old->id, poll->result->at);

	poll->reply->revised++;
	poll_charge(poll, old->summary);
	poll_charge(poll, old->content);
	if (status == STATUS_OK && !str_is_empty(seen->entry->title)) {
		/* the index forgets a title only while the store still has it */
		status = item_unindex(poll->store, old->id);
		if (status == STATUS_OK)
			status = sql_run(poll->store,
				"UPDATE item SET title = ?2, updated_at = ?3 WHERE id = ?1", "isi",
				old->id, seen->entry->title, poll->result->at);
		if (status == STATUS_OK)
			status = item_index(poll->store, old->id);
	}
	if (status != STATUS_OK || !has_page || !poll->wants_pages)
		return status != STATUS_OK ? status : ready_again(poll, old->id);
	status = sql_int(poll->store, "SELECT fetched_at FROM article WHERE item_id = ?1",
		&fetched_at, "i", old->id);
	if (fetched_at + REFETCH_S > due_at)
		due_at = fetched_at + REFETCH_S;
	return status == STATUS_OK ? page_again(poll, old->id, old->url, due_at) : status;
}

/*
 * The entry is one that the item had before, and what it has now is not a day old: a publisher who
 * tries two headlines, or a server with old copies, would change it at every poll. What is taken
 * back is back a day later. Nothing of it is kept until then, and no document is taken for one that
 * was read, so the next poll brings it again.
 */
static enum status swings(
	struct poll *poll, const struct seen *seen, int64_t item_id, bool *does_swing)
{
	char hash[2 * sizeof(seen->draft->hash) + 1];
	int64_t found = 0;
	enum status status;

	for (size_t i = 0; i < sizeof(seen->draft->hash); i++)
		snprintf(hash + 2 * i, 3, "%02X", (unsigned)seen->draft->hash[i]);
	status = sql_int(poll->store,
		"SELECT max(json_extract(facts, '$.entry') = ?2 AND (SELECT max(at) FROM revision "
		"WHERE item_id = ?1) > ?3) FROM revision WHERE item_id = ?1",
		&found, "isi", item_id, hash, poll->result->at - SWING_S);
	*does_swing = found != 0;
	return status;
}

enum status entry_changed(struct poll *poll, const struct seen *seen, int64_t item_id)
{
	struct arena arena = {0};
	struct item_row old;
	bool is_news, does_swing = false;
	enum status status = item_row_load(poll->store, item_id, &arena, &old);

	if (status != STATUS_OK || old.feed_id != poll->result->feed_id)
		goto out; /* another feed's words about it are no change */
	if (old.revision > 0)
		status = swings(poll, seen, item_id, &does_swing);
	if (status == STATUS_OK && does_swing)
		status = sql_run(poll->store,
			"UPDATE feed SET etag = NULL, last_modified = NULL, body_hash = NULL "
			"WHERE id = ?1",
			"i", poll->result->feed_id);
	if (status != STATUS_OK || does_swing)
		goto out;
	is_news = is_substantial(&old, seen->entry) && !old.is_backlog &&
		  old.revision < REVISIONS_MAX;
	/* what has expired stays so, unless there is news of it */
	if (status == STATUS_OK && (old.has_body || str_eq(old.state, "pending") || is_news))
		status = item_body_put(
			poll->store, item_id, seen->entry->summary, seen->entry->content);
	if (status == STATUS_OK && is_news && str_eq(old.state, "ready") &&
		!str_eq(old.page_state, "waiting"))
		status = item_revise(poll, seen, &old);
	else if (status == STATUS_OK && str_eq(old.state, "pending") &&
		 !str_is_empty(seen->entry->title))
		status = sql_run(poll->store, "UPDATE item SET title = ?2 WHERE id = ?1", "is",
			item_id, seen->entry->title);
	/* last, for a revision keeps the hash that there was */
	if (status == STATUS_OK)
		status = sql_run(poll->store,
			"UPDATE item SET details = ?2, entry_hash = ?3 WHERE id = ?1", "isb",
			item_id, draft_details(seen->entry, &arena), seen->draft->hash,
			sizeof(seen->draft->hash));
out:
	arena_finish(&arena);
	return status;
}
