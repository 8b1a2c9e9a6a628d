#include "store/entries_inner.h"

#include "core/mem.h"
#include "core/str.h"
#include "store/aliases.h"
#include "store/draft.h"
#include "store/ready.h"
#include "store/shown.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>

enum {
	SEEN_AGAIN_S = 24 * 3600, /* how exact the last sighting is kept: each costs a write */
	ROW_BYTES = 200,          /* that a small row takes, with its indexes */
	ITEM_BYTES = 2000,        /* that an item takes beside its texts */
};

void poll_charge(struct poll *poll, const char *text)
{
	poll->reply->bytes += text ? (int64_t)strlen(text) : 0;
}

enum status poll_brought(
	struct store *store, int64_t feed_id, int64_t since, int64_t *from, int64_t *bytes)
{
	sqlite3_stmt *s;
	enum status status = sql_one(store,
		"SELECT coalesce(min(first_seen_at), 0), "
		"coalesce(sum(body_bytes * (revision + 1) + ?3), 0) "
		"FROM item WHERE feed_id = ?1 AND first_seen_at > ?2",
		&s, "iii", feed_id, since, (int64_t)ITEM_BYTES);

	*from = *bytes = 0;
	if (status != STATUS_OK)
		return status;
	*from = sqlite3_column_int64(s, 0);
	*bytes = sqlite3_column_int64(s, 1);
	sqlite3_reset(s);
	return STATUS_OK;
}

void poll_task(struct poll *poll, int64_t item_id, const char *url, int64_t due_at)
{
	struct poll_reply *reply = poll->reply;

	ARRAY_GROW(reply->tasks, reply->task_count, reply->task_space);
	reply->tasks[reply->task_count++] = (struct page_task){
		.item_id = item_id,
		.feed_id = poll->result->feed_id,
		.url = xstrdup(url),
		.due_at = due_at,
	};
}

static enum status sighting_put(struct poll *poll, const struct seen *seen, int64_t item_id)
{
	if (!seen->has_sighting) {
		poll->reply->bytes += ROW_BYTES;
		poll_charge(poll, seen->key);
		poll_charge(poll, seen->entry->url);
		poll_charge(poll, seen->entry->title);
		/* DO UPDATE would cost a copy of every page that this changes */
		return sql_run(poll->store,
			"INSERT INTO sighting (feed_id, guid, item_id, url, title, first_seen_at, "
			"last_seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
			"isissi", poll->result->feed_id, seen->key, item_id, seen->entry->url,
			seen->entry->title, poll->result->at);
	}
	return sql_run(poll->store,
		"UPDATE sighting SET item_id = ?3, url = ?4, title = ?5, last_seen_at = ?6 "
		"WHERE feed_id = ?1 AND guid = ?2",
		"isissi", poll->result->feed_id, seen->key, item_id, seen->entry->url,
		seen->entry->title, poll->result->at);
}

/* Its link stands for the item, too. */
static enum status other_link(struct poll *poll, const struct seen *seen, int64_t item_id)
{
	int64_t changes = sqlite3_total_changes64(store_db(poll->store));
	enum status status = alias_put(poll->store, seen->canonical, item_id);

	if (sqlite3_total_changes64(store_db(poll->store)) > changes) {
		poll->reply->bytes += ROW_BYTES;
		poll_charge(poll, seen->canonical);
	}
	return status;
}

/* An entry of an item that this feed has shown before. */
static enum status entry_again(
	struct poll *poll, const struct seen *seen, const struct known *known)
{
	enum status status = STATUS_OK;

	poll->reply->sightings++;
	poll->has_overlap |= known->item_id <= poll->known_to;
	if (seen->canonical && !str_eq(seen->canonical, known->canonical))
		status = other_link(poll, seen, known->item_id);
	if (status == STATUS_OK && poll->result->at - known->last_seen_at >= SEEN_AGAIN_S)
		status = sql_run(poll->store,
			"UPDATE sighting SET last_seen_at = ?3 WHERE feed_id = ?1 AND guid = ?2",
			"isi", poll->result->feed_id, seen->key, poll->result->at);
	if (status == STATUS_OK && !known->is_same_entry && !poll->is_walk)
		status = entry_changed(poll, seen, known->item_id);
	return status;
}

/* The feed has shown it before, under another key. */
static enum status look_for_overlap(struct poll *poll, int64_t item_id)
{
	int64_t shown = 0;
	enum status status;

	if (poll->has_overlap || poll->is_first || item_id > poll->known_to)
		return STATUS_OK;
	status = sql_int(poll->store,
		"SELECT EXISTS (SELECT 1 FROM sighting WHERE item_id = ?1 AND feed_id = ?2)",
		&shown, "ii", item_id, poll->result->feed_id);
	poll->has_overlap = shown > 0;
	return status;
}

/* The row of a new item, as a reader of it will find it. */
static void row_of_draft(const struct poll *poll, const struct seen *seen,
	const struct entry_draft *draft, struct item_row *row)
{
	const struct feed_entry *entry = seen->entry;

	*row = (struct item_row){
		.feed_id = poll->result->feed_id,
		.section_id = poll->section_id,
		.feed_section_id = poll->section_id,
		.feed_url = poll->feed_url,
		.url = entry->url,
		.canonical = seen->canonical,
		.title = draft->title,
		.author = draft->author,
		.language = entry->language ? entry->language : poll->result->doc->language,
		.state = "pending",
		.page_state = "none",
		.categories = draft->categories,
		.summary = entry->summary,
		.content = entry->content,
		.published = seen->published,
		.is_backlog = seen->is_backlog,
	};
}

/* placed: NULL where the page is waited for, and text with it. */
static enum status item_insert(struct poll *poll, const struct seen *seen,
	const struct entry_draft *draft, struct item_row *row, const struct item_text *text,
	bool keeps_hash, const struct placed *placed)
{
	const struct feed_entry *entry = seen->entry;
	enum status status;

	status = sql_run(poll->store,
		"INSERT INTO item (url, canonical, title, author, published_at, updated_at, "
		"first_seen_at, feed_id, section_id, state, is_backlog, language, image, categories, "
		"enclosures, comments, details, entry_hash, page_state, page_due_at, content_hash, "
		"simhash, site, has_body, starred, rule, seq, body_bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
		"?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, "
		"?26, ?27, ?28) ON CONFLICT DO NOTHING",
		"ssssttiizsissssssbszbzsiiszi", row->url, row->canonical, row->title, row->author,
		row->published, entry->updated, poll->result->at, row->feed_id,
		placed ? placed->section_id : row->section_id,
		!placed              ? "pending"
		: placed->is_dropped ? "dropped"
				     : "ready",
		(int64_t)row->is_backlog, row->language, entry->image, row->categories,
		draft->enclosures, entry->comments, draft->details, draft->hash,
		sizeof(draft->hash), placed ? "none" : "waiting", placed ? 0 : poll->result->at,
		placed && keeps_hash && text->marks.has_hash ? text->marks.hash : NULL,
		sizeof(text->marks.hash), placed ? (int64_t)text->marks.simhash : 0,
		placed ? draft->site : NULL, (int64_t)(placed != NULL),
		(int64_t)(placed && placed->is_starred),
		placed && placed->rules.len ? buf_text(&placed->rules) : NULL,
		placed ? placed->seq : 0, placed ? draft->woven.bytes : 0);
	/* RETURNING would cost a copy of every page that this changes */
	if (status == STATUS_OK)
		row->id = sqlite3_changes64(store_db(poll->store))
				  ? sqlite3_last_insert_rowid(store_db(poll->store))
				  : 0;
	return status;
}

/* It may be this feed's words that an item is to be shown in. */
static enum status show_this(struct poll *poll, const struct seen *seen, int64_t item_id)
{
	struct entry_draft draft = *seen->draft;
	struct arena arena = {0};
	struct item_row row;
	bool prefers = false;
	enum status status;

	if (!draft.is_whole)
		draft_complete(seen->entry, &arena, &draft);
	row_of_draft(poll, seen, &draft, &row);
	status = shown_prefers(poll->store, item_id, &row, &draft.text, &prefers);
	if (status != STATUS_OK || !prefers)
		goto out;
	row.canonical = NULL; /* it is the item's, or an alias of it */
	status = item_insert(poll, seen, &draft, &row, &draft.text, false, NULL);
	row.canonical = seen->canonical;
	if (status == STATUS_OK)
		status = shown_take_over(poll->store, poll->config, item_id, &row, &draft.text,
			NULL, poll->result->at);
	if (status == STATUS_OK)
		status = sql_run(poll->store, "DELETE FROM item WHERE id = ?1", "i", row.id);
out:
	arena_finish(&arena);
	return status;
}

/* An item that is known by other ways than this feed's key. */
static enum status entry_of_known(struct poll *poll, const struct seen *seen, int64_t item_id)
{
	int64_t is_same = 0;
	enum status status = look_for_overlap(poll, item_id);

	if (status == STATUS_OK)
		status = sighting_put(poll, seen, item_id);
	poll->reply->sightings++;
	if (status == STATUS_OK && seen->canonical)
		status = other_link(poll, seen, item_id);
	if (status == STATUS_OK && !poll->is_walk)
		status = show_this(poll, seen, item_id);
	if (status == STATUS_OK)
		status = sql_int(poll->store, "SELECT entry_hash IS ?2 FROM item WHERE id = ?1",
			&is_same, "ib", item_id, seen->draft->hash, sizeof(seen->draft->hash));
	if (status == STATUS_OK && !is_same && !poll->is_walk)
		status = entry_changed(poll, seen, item_id);
	return status;
}

static enum status entry_new(struct poll *poll, const struct seen *seen, struct arena *arena,
	struct entry_draft *draft, struct item_text *text, bool keeps_hash)
{
	struct placed placed = {0};
	struct item_row row;
	/* a page that stands for several entries is the article of none */
	bool waits = poll->wants_pages && seen->canonical && !seen->is_backlog;
	enum status status = STATUS_OK;

	row_of_draft(poll, seen, draft, &row);
	text->language = row.language;
	if (!waits && !draft->is_woven)
		draft_weave(seen->entry, arena, draft);
	if (!waits)
		status = item_place(
			poll->store, poll->config, &row, text, poll->result->at, &placed);
	if (status == STATUS_OK)
		status = item_insert(
			poll, seen, draft, &row, text, keeps_hash, waits ? NULL : &placed);
	if (status != STATUS_OK || row.id == 0)
		goto out;
	poll->reply->new_items++;
	poll->reply->bytes += ITEM_BYTES;
	poll_charge(poll, row.summary);
	poll_charge(poll, row.content);
	status = sighting_put(poll, seen, row.id);
	if (status == STATUS_OK && waits)
		status = item_body_put(poll->store, row.id, row.summary, row.content);
	if (status == STATUS_OK && !waits)
		status = item_arrive(poll->store, poll->config, &row, text, &draft->woven, &placed,
			poll->result->at);
	else if (status == STATUS_OK)
		poll_task(poll, row.id, row.url, poll->result->at);
out:
	placed_finish(&placed);
	return status;
}

/* An entry of which only its text can say that it is known: the same one under another address. */
static enum status entry_by_text(struct poll *poll, const struct seen *seen)
{
	const struct feed_entry *entry = seen->entry;
	struct item_row row = {
		.feed_id = poll->result->feed_id, .url = entry->url, .title = entry->title};
	struct entry_draft draft = *seen->draft;
	struct arena arena = {0};
	struct item_text text;
	bool is_taken;
	int64_t id;
	enum status status;

	if (!draft.is_whole)
		draft_complete(entry, &arena, &draft);
	text = draft.text;
	status = item_by_text(poll->store, &row, &text, &id, &is_taken);
	if (status == STATUS_OK)
		status = id ? entry_of_known(poll, seen, id)
			    : entry_new(poll, seen, &arena, &draft, &text, !is_taken);
	arena_finish(&arena);
	return status;
}

/* The one judge of what is new. */
static enum status entry_record(struct poll *poll, struct seen *seen)
{
	struct known known = {0};
	int64_t id = 0;
	enum status status = STATUS_OK;

	if (!poll->is_unseen || seen->is_repeated)
		status = known_get(poll, seen, &poll->arena, &known);
	seen->has_sighting = known.item_id != 0;
	if (status == STATUS_OK && known.item_id && known.is_same_entry && !seen->by_link)
		return entry_again(poll, seen, &known);
	if (status == STATUS_OK && seen->canonical)
		status = canonical_find(poll->store, seen->canonical, &id, NULL);
	if (status == STATUS_OK && id && !known.item_id)
		status = dropped_step_aside(poll->store, poll->result->feed_id, &id);
	if (status != STATUS_OK)
		return status;
	if (known.item_id && known_is_other(seen, &known, id)) {
		/* a known link says which article it is; a new date, that it is another one */
		if (id)
			return entry_of_known(poll, seen, id);
		if (seen->published == known.published || seen->published == DATE_NONE ||
			known.published == DATE_NONE)
			return entry_again(poll, seen, &known);
	} else if (known.item_id) {
		return entry_again(poll, seen, &known);
	} else if (id) {
		return entry_of_known(poll, seen, id);
	}
	return entry_by_text(poll, seen);
}

enum status entries_record(struct poll *poll)
{
	struct seen *list = NULL;
	size_t count = 0;
	enum status status = seen_list(poll, &list, &count);

	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = entry_record(poll, &list[i]);
	free(list);
	return status;
}
