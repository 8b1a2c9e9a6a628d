/* A document's entries before they are judged: what each is known by, and their order. */
#include "store/entries_inner.h"

#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/terms.h"
#include "store/aliases.h"
#include "store/ready.h"
#include "store/sql.h"

#include <stdlib.h>
#include <string.h>

enum {
	SHARED_LINK = 3, /* entries with one link: it is not theirs */
};

/* So much of a text is different where it is another one. */
#define OTHER_SHARE 0.5

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

enum status known_get(
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

bool known_is_other(const struct seen *seen, const struct known *known, int64_t by_link)
{
	if (!seen->guid || !seen->canonical || !known->canonical ||
		str_eq(seen->canonical, known->canonical) || by_link == known->item_id)
		return false;
	return !terms_equal(seen->entry->title, known->title);
}

/* Its link was this feed's link to something else: another guid, title and text, and a later date.
 */
static enum status takes_link(struct poll *poll, const struct seen *seen, bool *takes)
{
	struct arena arena = {0};
	struct item_row row;
	enum status status = item_row_load(poll->store, seen->by_link, &arena, &row);

	*takes = status == STATUS_OK && seen->published != DATE_NONE &&
		 row.published != DATE_NONE && seen->published > row.published &&
		 !terms_equal(row.title, seen->entry->title) &&
		 entry_difference(&row, seen->entry) >= OTHER_SHARE;
	arena_finish(&arena);
	return status;
}

/*
 * Of a document with so many entries that take the link of another article: whether its links are
 * places, and say nothing of what is there. Those of its other entries tell, where they are now the
 * links of others.
 */
static enum status judge_links(
	struct poll *poll, struct seen *list, size_t count, size_t judged, size_t taken)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK && taken * 2 <= judged; i++) {
		struct known known = {0};
		int64_t by_link = 0;

		if (!list[i].guid || !list[i].canonical || list[i].takes_link)
			continue;
		status = known_get(poll, &list[i], &poll->arena, &known);
		if (status == STATUS_OK && known.item_id)
			status = canonical_find(poll->store, list[i].canonical, &by_link, NULL);
		taken += by_link && by_link != known.item_id;
	}
	for (size_t i = 0; i < count && taken * 2 > judged; i++)
		if (list[i].takes_link)
			list[i].canonical = NULL;
	return status;
}

/*
 * Whether the guids of this document mean anything: when most of them are new for links that this
 * feed has shown, or stand for other articles than before, links decide from now on.
 */
static enum status judge_guids(struct poll *poll, struct seen *list, size_t count)
{
	size_t judged = 0, renamed = 0, reused = 0, taken = 0;
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
			reused += known_is_other(&list[i], &known, list[i].by_link);
		} else if (list[i].by_link) {
			status = sql_int(poll->store,
				"SELECT count(*) FROM sighting WHERE item_id = ?1 AND feed_id = ?2",
				&shown, "ii", list[i].by_link, poll->result->feed_id);
			if (status == STATUS_OK && shown > 0)
				status = takes_link(poll, &list[i], &list[i].takes_link);
			taken += list[i].takes_link;
			renamed += shown > 0 && !list[i].takes_link;
		}
	}
	if ((renamed >= 2 && renamed * 2 > judged) || (reused >= 2 && reused * 2 > judged))
		poll->trusts_guids = false;
	else if (status == STATUS_OK && taken > 0 && !poll->is_part)
		status = judge_links(poll, list, count, judged, taken);
	return status;
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

enum status seen_list(struct poll *poll, struct seen **to, size_t *to_count)
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
	*to = list;
	*to_count = count;
	return status;
}
