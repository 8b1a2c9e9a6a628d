#include "store/entries.h"

#include "core/limits.h"
#include "core/markup.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/terms.h"
#include "core/url.h"
#include "store/aliases.h"
#include "store/draft.h"
#include "store/ready.h"
#include "store/shown.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>

enum {
	SEEN_AGAIN_S = 24 * 3600, /* how exact the last sighting is kept: each costs a write */
	REFETCH_S = 3600,         /* a changed article's page is not read again before */
	REVISIONS_MAX = 20,       /* of one item that are kept and announced */
	SHARED_LINK = 3,          /* entries with one link: it is not theirs */
	ROW_BYTES = 200,          /* that a small row takes, with its indexes */
	ITEM_BYTES = 2000,        /* that an item takes beside its texts */
};

/* So much of a text has to be different to be news for who has read it. */
#define CHANGE_SHARE 0.1

/* An entry on its way. Strings are the document's or the poll's. */
struct seen {
	const struct feed_entry *entry;
	const struct entry_draft *draft; /* what was worked out of it */
	const char *guid;                /* as given; NULL: none */
	const char *canonical;           /* NULL: its link does not say what it is */
	const char *key;                 /* what its sighting is kept by */
	size_t index;                    /* in the document */
	int64_t published;               /* or DATE_NONE */
	int64_t by_link;                 /* item that its canonical URL stands for */
	bool has_sighting;               /* by this key */
	bool is_repeated;                /* an earlier one of the document has the key */
	bool is_backlog;
};

/* What the store knows of an item behind a key. */
struct known {
	int64_t item_id;
	int64_t feed_id;      /* that showed it first */
	int64_t last_seen_at; /* by this feed */
	int64_t published;
	const char *title;
	const char *canonical;
	bool is_same_entry; /* the entry is as it was */
};

static char *hash_name(const uint8_t hash[ENTRY_HASH_BYTES], struct arena *arena)
{
	struct buf name = {0};
	char *copy;

	buf_puts(&name, "sha256:");
	for (size_t i = 0; i < ENTRY_HASH_BYTES; i++)
		buf_printf(&name, "%02x", hash[i]);
	copy = arena_strdup(arena, buf_text(&name));
	buf_finish(&name);
	return copy;
}

static const char *key_of(const struct poll *poll, struct seen *seen, struct arena *arena)
{
	uint8_t hash[ENTRY_HASH_BYTES];

	if (seen->guid && (poll->trusts_guids || !seen->canonical)) {
		if (strlen(seen->guid) <= LIMIT_GUID_BYTES)
			return seen->guid;
		draft_hash(&seen->guid, 1, hash);
		return hash_name(hash, arena);
	}
	return seen->canonical ? seen->canonical : hash_name(seen->draft->hash, arena);
}

static int by_date(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->published != y->published)
		return x->published < y->published ? -1 : 1;
	return x->index > y->index ? -1 : 1;
}

static int by_index_down(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return x->index > y->index ? -1 : 1;
}

static int by_link(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;
	int order;

	if (!x->canonical || !y->canonical)
		return (y->canonical != NULL) - (x->canonical != NULL);
	order = strcmp(x->canonical, y->canonical);
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* A link that many entries share leads to a page about all of them. Sorts by link. */
static void drop_shared_links(struct seen *list, size_t count)
{
	qsort(list, count, sizeof(*list), by_link);
	for (size_t i = 0, next; i < count && list[i].canonical; i = next) {
		size_t different = 0;

		for (next = i + 1; next < count && list[next].canonical &&
				   strcmp(list[next].canonical, list[i].canonical) == 0;
			next++)
			different += !str_eq(list[next].guid, list[i].guid) &&
				     !terms_equal(list[next].entry->title, list[i].entry->title);
		if (different == 0 || (different + 1 < SHARED_LINK && next - i < count))
			continue;
		for (size_t j = i; j < next; j++)
			list[j].canonical = NULL;
	}
}

static int by_guid(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;
	int order;

	if (!x->guid || !y->guid)
		return (y->guid != NULL) - (x->guid != NULL);
	order = strcmp(x->guid, y->guid);
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

/*
 * A guid that entries with links of their own share is none of theirs. Where most entries share
 * one, the feed does not know what a guid is. Sorts by guid.
 */
static void drop_shared_guids(struct poll *poll, struct seen *list, size_t count)
{
	size_t shared = 0;

	qsort(list, count, sizeof(*list), by_guid);
	for (size_t i = 0, next; i < count && list[i].guid; i = next) {
		const char *guid = list[i].guid;
		bool is_shared = false;

		for (next = i + 1; next < count && list[next].guid && str_eq(list[next].guid, guid);
			next++)
			is_shared = is_shared ||
				    (list[next].canonical && list[i].canonical &&
					    !str_eq(list[next].canonical, list[i].canonical));
		for (size_t j = i; is_shared && j < next; j++, shared++)
			list[j].guid = NULL;
	}
	if (shared * 2 > count)
		poll->trusts_guids = false;
}

/* Oldest first, so that arrivals follow publication. Documents mostly list the newest first. */
static void put_in_order(struct seen *list, size_t count)
{
	bool has_dates = true;

	for (size_t i = 0; i < count; i++)
		has_dates = has_dates && list[i].published != DATE_NONE;
	qsort(list, count, sizeof(*list), has_dates ? by_date : by_index_down);
}

/* There is nothing in it to be read: some feeds begin with such, and other readers keep them. */
static bool is_hollow(const struct feed_entry *entry)
{
	return str_is_empty(entry->title) && str_is_empty(entry->url) &&
	       str_is_empty(entry->summary) && str_is_empty(entry->content) &&
	       entry->enclosure_count == 0;
}

static void seen_init(
	struct seen *seen, const struct poll *poll, const struct entry_draft *drafts, size_t index)
{
	const struct feed_entry *entry = &poll->result->doc->entries[index];

	memset(seen, 0, sizeof(*seen));
	seen->entry = entry;
	seen->draft = &drafts[index];
	seen->index = index;
	seen->guid = str_is_empty(entry->id) ? NULL : entry->id;
	seen->canonical = seen->draft->canonical;
	seen->published = entry->published != DATE_NONE ? entry->published : entry->updated;
	if (seen->published != DATE_NONE && seen->published > poll->result->at + FUTURE_S)
		seen->published = poll->result->at;
}

static enum status known_get(
	struct poll *poll, const struct seen *seen, struct arena *arena, struct known *known)
{
	sqlite3_stmt *s;
	enum status status = sql_row(poll->store,
		"SELECT item.id, item.feed_id, sighting.last_seen_at, item.published_at, item.title, "
		"item.canonical, item.entry_hash IS ?3 FROM sighting "
		"JOIN item ON item.id = sighting.item_id "
		"WHERE sighting.feed_id = ?1 AND sighting.guid = ?2",
		&s, "isb", poll->result->feed_id, seen->key, seen->draft->hash,
		sizeof(seen->draft->hash));

	memset(known, 0, sizeof(*known));
	if (status != STATUS_OK || !s)
		return status;
	known->item_id = sqlite3_column_int64(s, 0);
	known->feed_id = sqlite3_column_int64(s, 1);
	known->last_seen_at = sqlite3_column_int64(s, 2);
	known->published = sql_time(s, 3);
	known->title = sql_arena(s, 4, arena);
	known->canonical = sql_arena(s, 5, arena);
	known->is_same_entry = sqlite3_column_int(s, 6) != 0;
	sqlite3_reset(s);
	return STATUS_OK;
}

/* The guid is one that was seen, the rest is another article: some feeds count places. */
static bool is_other_article(const struct seen *seen, const struct known *known, int64_t by_link)
{
	if (!seen->guid || !seen->canonical || !known->canonical ||
		str_eq(seen->canonical, known->canonical) || by_link == known->item_id)
		return false;
	return !terms_equal(seen->entry->title, known->title);
}

/*
 * Whether the guids of this document mean anything: when most of them are new for links that this
 * feed has shown, or stand for other articles than before, links decide from now on.
 */
static enum status judge_guids(struct poll *poll, struct seen *list, size_t count)
{
	size_t judged = 0, renamed = 0, reused = 0;
	enum status status = STATUS_OK;
	struct known known;
	int64_t shown;

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		if (!list[i].guid || !list[i].canonical)
			continue;
		judged++;
		status = known_get(poll, &list[i], &poll->arena, &known);
		if (status == STATUS_OK && known.item_id && known.is_same_entry)
			continue;
		if (status == STATUS_OK)
			status = canonical_find(
				poll->store, list[i].canonical, &list[i].by_link, NULL);
		if (status != STATUS_OK)
			break;
		if (known.item_id) {
			reused += is_other_article(&list[i], &known, list[i].by_link);
		} else if (list[i].by_link) {
			status = sql_int(poll->store,
				"SELECT count(*) FROM sighting WHERE item_id = ?1 AND feed_id = ?2",
				&shown, "ii", list[i].by_link, poll->result->feed_id);
			renamed += shown > 0;
		}
	}
	if ((renamed >= 2 && renamed * 2 > judged) || (reused >= 2 && reused * 2 > judged))
		poll->trusts_guids = false;
	return status;
}

/* These were added for it. */
static void charge(struct poll *poll, const char *text)
{
	poll->reply->bytes += text ? (int64_t)strlen(text) : 0;
}

static enum status sighting_put(struct poll *poll, const struct seen *seen, int64_t item_id)
{
	if (!seen->has_sighting) {
		poll->reply->bytes += ROW_BYTES;
		charge(poll, seen->key);
		charge(poll, seen->entry->url);
		charge(poll, seen->entry->title);
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

/* The page behind an item is to be read; its row says so. */
static void task_add(struct poll *poll, int64_t item_id, const char *url, int64_t due_at)
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

static enum status page_again(struct poll *poll, int64_t item_id, const char *url, int64_t due_at)
{
	task_add(poll, item_id, url, due_at);
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

static bool is_substantial(const struct item_row *old, const struct feed_entry *entry)
{
	struct buf before = {0}, after = {0};
	bool is_change = !str_is_empty(entry->title) && !terms_equal(old->title, entry->title);

	if (!is_change && (old->summary || old->content)) {
		entry_text(old->summary, old->content, &before);
		entry_text(entry->summary, entry->content, &after);
		is_change = terms_difference(buf_text(&before), buf_text(&after)) >= CHANGE_SHARE;
	}
	buf_finish(&before);
	buf_finish(&after);
	return is_change;
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
	charge(poll, old->summary);
	charge(poll, old->content);
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

/* A known item whose entry is not as it was. */
static enum status entry_changed(struct poll *poll, const struct seen *seen, int64_t item_id)
{
	struct arena arena = {0};
	struct item_row old;
	bool is_news;
	enum status status = item_row_load(poll->store, item_id, &arena, &old);

	if (status != STATUS_OK || old.feed_id != poll->result->feed_id)
		goto out; /* another feed's words about it are no change */
	is_news = is_substantial(&old, seen->entry) && !old.is_backlog &&
		  old.revision < REVISIONS_MAX;
	status = sql_run(poll->store, "UPDATE item SET details = ?2, entry_hash = ?3 WHERE id = ?1",
		"isb", item_id, draft_details(seen->entry, &arena), seen->draft->hash,
		sizeof(seen->draft->hash));
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
out:
	arena_finish(&arena);
	return status;
}

/* Its link stands for the item, too. */
static enum status other_link(struct poll *poll, const struct seen *seen, int64_t item_id)
{
	int64_t changes = sqlite3_total_changes64(store_db(poll->store));
	enum status status = alias_put(poll->store, seen->canonical, item_id);

	if (sqlite3_total_changes64(store_db(poll->store)) > changes) {
		poll->reply->bytes += ROW_BYTES;
		charge(poll, seen->canonical);
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
	charge(poll, row.summary);
	charge(poll, row.content);
	status = sighting_put(poll, seen, row.id);
	if (status == STATUS_OK && waits)
		status = item_body_put(poll->store, row.id, row.summary, row.content);
	if (status == STATUS_OK && !waits)
		status = item_arrive(poll->store, poll->config, &row, text, &draft->woven, &placed,
			poll->result->at);
	else if (status == STATUS_OK)
		task_add(poll, row.id, row.url, poll->result->at);
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
	if (known.item_id && is_other_article(seen, &known, id)) {
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

/* Of a feed seen for the first time only the newest are news; of an older document, what is left.
 */
static void mark_backlog(struct poll *poll, struct seen *list, size_t count)
{
	size_t first = poll->fresh_left;
	int64_t oldest = poll->fresh_from;

	if (poll->is_first) {
		first = poll->config->max_first < 0 ? 0 : (size_t)poll->config->max_first;
		oldest = config_oldest(poll->config, poll->result->at);
	}
	for (size_t i = 0; i < count; i++)
		list[i].is_backlog = count - i > first ||
				     (list[i].published != DATE_NONE && list[i].published < oldest);
}

static int by_key(const void *a, const void *b)
{
	const struct seen *x = *(const struct seen *const *)a, *y = *(const struct seen *const *)b;
	int order = strcmp(x->key, y->key);

	return order ? order : (x > y) - (x < y);
}

/* A feed that has shown nothing so far can only repeat itself. */
static enum status mark_repeated(struct poll *poll, struct seen *list, size_t count)
{
	struct seen **by = xcalloc(count ? count : 1, sizeof(struct seen *));
	int64_t is_known = 0;
	enum status status =
		sql_int(poll->store, "SELECT EXISTS (SELECT 1 FROM sighting WHERE feed_id = ?1)",
			&is_known, "i", poll->result->feed_id);

	poll->is_unseen = !is_known;
	for (size_t i = 0; i < count; i++)
		by[i] = &list[i];
	qsort(by, count, sizeof(struct seen *), by_key);
	for (size_t i = 1; i < count; i++)
		by[i]->is_repeated = strcmp(by[i]->key, by[i - 1]->key) == 0;
	free(by);
	return status;
}

enum status entries_record(struct poll *poll)
{
	const struct feed_doc *doc = poll->result->doc;
	size_t count = 0;
	struct seen *list = xcalloc(doc->entry_count + 1, sizeof(*list));
	const struct entry_draft *drafts = poll->result->drafts;
	const char *home = canonical_identity(doc->url, &poll->arena);
	enum status status = STATUS_OK;

	if (!drafts)
		drafts = poll_drafts(doc, false, &poll->arena);
	for (size_t i = 0; i < doc->entry_count; i++) {
		if (is_hollow(&doc->entries[i]))
			continue;
		seen_init(&list[count], poll, drafts, i);
		if (str_eq(list[count].canonical, home))
			list[count].canonical = NULL;
		count++;
	}
	drop_shared_links(list, count);
	drop_shared_guids(poll, list, count);
	put_in_order(list, count);
	if (poll->is_first || poll->is_walk)
		mark_backlog(poll, list, count);
	for (size_t i = 0; poll->is_history && i < count; i++)
		list[i].is_backlog = true;
	for (size_t i = 0; i < count; i++)
		list[i].key = key_of(poll, &list[i], &poll->arena);
	if (!poll->is_first && !poll->is_walk && poll->trusts_guids)
		status = judge_guids(poll, list, count);
	if (!poll->trusts_guids)
		for (size_t i = 0; i < count; i++)
			list[i].key = key_of(poll, &list[i], &poll->arena);
	if (poll->is_first && status == STATUS_OK)
		status = mark_repeated(poll, list, count);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = entry_record(poll, &list[i]);
	free(list);
	return status;
}
