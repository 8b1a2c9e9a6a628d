#include "store/items.h"

#include "core/mem.h"
#include "core/str.h"
#include "store/aliases.h"
#include "store/ready.h"
#include "store/shown.h"
#include "store/sites.h"
#include "store/sql.h"

#include <string.h>

/* One page that came, while it is recorded. */
struct page {
	struct store *store;
	const struct config *config;
	const struct page_result *result;
	struct arena arena;
	struct item_row row;
	struct item_text text;
	char *canonical[2]; /* where the link led, what the page says; NULL: not usable */
	bool keeps_hash;
};

static bool site_is(const char *url, const char *other)
{
	struct buf a = {0}, b = {0};
	bool is_same =
		url_site(url, &a) && url_site(other, &b) && str_eq(buf_text(&a), buf_text(&b));

	buf_finish(&a);
	buf_finish(&b);
	return is_same;
}

static void find_canonicals(struct page *page)
{
	const struct page_result *result = page->result;
	const struct article *article = result->article;
	const char *final_url = result->final_url;

	page->canonical[0] = canonical_identity(final_url, &page->arena);
	/* a page may only speak for its own site */
	if (article && article->url &&
		(site_is(article->url, page->row.url) || site_is(article->url, final_url)))
		page->canonical[1] = canonical_identity(article->url, &page->arena);
	/* that it is where its link says tells nothing */
	for (size_t i = 0; i < ARRAY_LEN(page->canonical); i++)
		if (str_eq(page->canonical[i], page->row.canonical))
			page->canonical[i] = NULL;
	if (str_eq(page->canonical[1], page->canonical[0]))
		page->canonical[1] = NULL;
}

/*
 * The item that this page turns out to be. Its own URL is proof; a further URL of it (a redirect
 * to a wall is one for many articles) counts when also the title or the text agrees.
 */
static enum status find_same(struct page *page, int64_t *same)
{
	bool is_taken = false, is_own;
	enum status status = STATUS_OK;

	*same = 0;
	for (size_t i = 0; i < ARRAY_LEN(page->canonical) && status == STATUS_OK; i++) {
		int64_t id = 0;

		if (!page->canonical[i])
			continue;
		status = canonical_find(page->store, page->canonical[i], &id, &is_own);
		if (status == STATUS_OK && id && id != page->row.id)
			status = dropped_step_aside(page->store, page->row.feed_id, &id);
		if (status != STATUS_OK || !id || id == page->row.id)
			continue;
		if (!is_own)
			status = canonical_agrees(page->store, id, page->row.title,
				page->text.marks.simhash, (int64_t)page->text.marks.words, &is_own);
		if (is_own) {
			*same = id;
			return status;
		}
	}
	if (status == STATUS_OK)
		status = item_by_text(page->store, &page->row, &page->text, same, &is_taken);
	page->keeps_hash = !is_taken;
	return status;
}

/* All that showed this item showed the older one; this one never arrived and goes. */
static enum status merge(struct page *page, int64_t into)
{
	static const char *const steps[] = {
		"UPDATE sighting SET item_id = ?2 WHERE item_id = ?1",
		"UPDATE OR IGNORE item_alias SET item_id = ?2 WHERE item_id = ?1",
		"UPDATE OR IGNORE item_label SET item_id = ?2 WHERE item_id = ?1",
		("INSERT OR IGNORE INTO item_alias (canonical, item_id) "
		 "SELECT canonical, ?2 FROM item WHERE id = ?1 AND canonical IS NOT NULL"),
		"DELETE FROM item WHERE id = ?1 AND ?2",
		"UPDATE feed SET items = items - 1 WHERE id = ?1 AND ?2",
	};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < ARRAY_LEN(steps) && status == STATUS_OK; i++)
		status = sql_run(page->store, steps[i], "ii",
			i == ARRAY_LEN(steps) - 1 ? page->row.feed_id : page->row.id, into);
	return status;
}

static enum status put_aliases(struct page *page, int64_t id)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < ARRAY_LEN(page->canonical) && status == STATUS_OK; i++)
		if (page->canonical[i])
			status = alias_put(page->store, page->canonical[i], id);
	return status;
}

static enum status page_state_set(struct page *page, const char *state)
{
	return sql_run(page->store,
		"UPDATE item SET page_state = ?2, page_tries = page_tries + 1, "
		"page_due_at = NULL, page_error = ?3 WHERE id = ?1",
		"iss", page->row.id, state, page->result->error);
}

static enum status try_again(struct page *page)
{
	return sql_run(page->store,
		"UPDATE item SET page_tries = page_tries + 1, page_due_at = ?2, page_error = ?3 "
		"WHERE id = ?1",
		"iis", page->row.id, page->result->due_at, page->result->error);
}

/* A page that came whole may say what it is; a poor one may be the wall of its site. */
static bool speaks_for_itself(const struct page *page)
{
	return page->result->outcome == PAGE_OK && page->text.source != ARTICLE_SOURCE_FEED &&
	       page->text.source != ARTICLE_SOURCE_NONE && !page->text.is_truncated &&
	       page->text.quality >= 0.3;
}

/* A copy of an item that is to be shown in its place. */
static enum status show_this(struct page *page, int64_t id)
{
	bool prefers;
	enum status status = shown_prefers(page->store, id, &page->row, &page->text, &prefers);

	if (status == STATUS_OK && prefers)
		status = shown_take_over(page->store, page->config, id, &page->row, &page->text,
			page->text.page_state, page->result->at);
	return status;
}

static enum status record_new(struct page *page, struct page_reply *reply)
{
	int64_t same = 0;
	enum status status;

	if (speaks_for_itself(page))
		find_canonicals(page);
	status = find_same(page, &same);
	if (status == STATUS_OK && same) {
		status = show_this(page, same);
		if (status == STATUS_OK)
			status = merge(page, same);
		if (status == STATUS_OK)
			status = put_aliases(page, same);
		reply->merged_into = same;
		return status;
	}
	if (status == STATUS_OK)
		status = put_aliases(page, page->row.id);
	if (status == STATUS_OK)
		status = item_make_ready(page->store, page->config, &page->row, &page->text,
			page->keeps_hash, page->result->at, ARRIVAL_NEW);
	reply->is_ready = status == STATUS_OK;
	return status;
}

/* The page of an item whose entry had changed: its earlier text is kept already. */
static enum status record_changed(struct page *page, struct page_reply *reply)
{
	int64_t same = 0, printed = 0;
	bool is_taken = false;
	enum status status = item_by_text(page->store, &page->row, &page->text, &same, &is_taken);

	/* what an edition has printed meanwhile must stay as it is there */
	if (status == STATUS_OK)
		status = sql_int(page->store,
			"SELECT EXISTS (SELECT 1 FROM edition_item WHERE item_id = ?1 "
			"AND revision = ?2) OR EXISTS (SELECT 1 FROM edition_update "
			"WHERE item_id = ?1 AND revision = ?2)",
			&printed, "ii", page->row.id, (int64_t)page->row.revision);
	if (status == STATUS_OK && printed)
		status = item_keep_revision(page->store, page->row.id, page->result->at);
	if (status == STATUS_OK)
		status = item_make_ready(page->store, page->config, &page->row, &page->text,
			!same && !is_taken, page->result->at, ARRIVAL_CHANGED);
	reply->is_ready = status == STATUS_OK;
	return status;
}

enum status page_record(struct store *store, const struct config *config,
	const struct page_result *result, struct page_reply *reply)
{
	static const char *const states[] = {
		[PAGE_OK] = "read", [PAGE_FAILED] = "failed", [PAGE_REFUSED] = "refused"};
	struct page page = {.store = store, .config = config, .result = result};
	enum status status = item_row_load(store, result->item_id, &page.arena, &page.row);

	memset(reply, 0, sizeof(*reply));
	if (status != STATUS_OK || !str_eq(page.row.page_state, "waiting"))
		goto out;
	if (result->outcome == PAGE_RETRY) {
		status = try_again(&page);
		goto out;
	}
	item_text_choose(&page.row, result->outcome == PAGE_OK ? result->article : NULL,
		result->final_url, &page.arena, &page.text);
	if (result->outcome != PAGE_OK && !page.text.reason)
		page.text.reason = result->error;
	/* read again after a correction it is no further page: its own text would recur */
	if (result->outcome == PAGE_OK && result->article && str_eq(page.row.state, "pending"))
		status = site_blocks_record(store,
			result->final_url ? result->final_url : page.row.url, result->article,
			result->at);
	if (status == STATUS_OK && str_eq(page.row.state, "pending")) {
		page.text.page_state = states[result->outcome];
		page.text.page_error = result->error;
		status = record_new(&page, reply);
		goto out;
	}
	if (status == STATUS_OK && str_eq(page.row.state, "ready"))
		status = record_changed(&page, reply);
	/* last: an earlier revision keeps what was said of its page */
	if (status == STATUS_OK)
		status = page_state_set(&page, states[result->outcome]);
out:
	arena_finish(&page.arena);
	return status;
}

enum status pages_pending(struct store *store, struct page_task **tasks, size_t *count)
{
	sqlite3_stmt *s;
	size_t space = 0;
	enum status status = sql_open(store,
		"SELECT id, feed_id, url, page_tries, page_due_at FROM item "
		"WHERE page_state = 'waiting' ORDER BY page_due_at",
		&s, "");

	*tasks = NULL;
	*count = 0;
	while (sql_next(store, s, &status)) {
		ARRAY_GROW(*tasks, *count, space);
		(*tasks)[(*count)++] = (struct page_task){
			.item_id = sqlite3_column_int64(s, 0),
			.feed_id = sqlite3_column_int64(s, 1),
			.url = sql_dup(s, 2),
			.tries = sqlite3_column_int(s, 3),
			.due_at = sqlite3_column_int64(s, 4),
		};
	}
	return status;
}

enum status item_hints(
	struct store *store, int64_t item_id, struct arena *arena, struct entry_hints *hints)
{
	struct item_row row;
	enum status status = item_row_load(store, item_id, arena, &row);

	memset(hints, 0, sizeof(*hints));
	if (status != STATUS_OK)
		return status;
	hints->title = row.title;
	hints->summary = row.summary;
	hints->content = row.content;
	hints->author = row.author;
	hints->language = row.language;
	hints->published = row.published;
	return STATUS_OK;
}
