#include "store/shown.h"

#include "core/str.h"
#include "store/aliases.h"
#include "store/filing.h"
#include "store/sql.h"

#include <math.h>
#include <string.h>

/* What decides between two sightings. */
struct rank {
	bool is_active; /* its feed is subscribed */
	int fullness;   /* twice the logarithm of its words */
	int64_t published;
	int64_t section_position, section_id, feed_id;
	const char *url;
};

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int compare(const struct rank *a, const struct rank *b)
{
	int order = b->is_active - a->is_active;

	if (!order)
		order = b->fullness - a->fullness;
	if (!order && a->published != b->published)
		order = a->published == DATE_NONE   ? 1
			: b->published == DATE_NONE ? -1
						    : compare_numbers(a->published, b->published);
	if (!order)
		order = compare_numbers(a->section_position, b->section_position);
	if (!order)
		order = compare_numbers(a->section_id, b->section_id);
	if (!order)
		order = compare_numbers(a->feed_id, b->feed_id);
	return order ? order : strcmp(a->url ? a->url : "", b->url ? b->url : "");
}

/* What the feed adds. */
static enum status rank_by_feed(struct store *store, int64_t feed_id, struct rank *rank)
{
	sqlite3_stmt *s;
	enum status status = sql_one(store,
		"SELECT feed.state = 'active', section.position, section.id FROM feed "
		"LEFT JOIN section ON section.id = feed.section_id WHERE feed.id = ?1",
		&s, "i", feed_id);

	rank->feed_id = feed_id;
	if (status != STATUS_OK)
		return status;
	rank->is_active = sqlite3_column_int(s, 0) != 0;
	rank->section_position = sqlite3_column_int64(s, 1);
	rank->section_id = sqlite3_column_int64(s, 2);
	sqlite3_reset(s);
	return STATUS_OK;
}

/* The page that its address leads to was asked for: what came of that is true of the row, too. */
static bool is_of_page(
	const struct item_row *shown, const struct item_row *row, const struct item_text *text)
{
	return text->source == ARTICLE_SOURCE_FEED && !str_eq(shown->page_state, "none") &&
	       str_eq(shown->url, row->url);
}

static int fullness(double words)
{
	return (int)(2 * log2(words + 1));
}

/* Where both have the page's text, or will have it, there is nothing to compare. */
static enum status compare_texts(struct store *store, const struct item_row *shown,
	const struct item_row *row, const struct item_text *text, struct rank *is,
	struct rank *other)
{
	int64_t words = 0;
	enum status status = STATUS_OK;

	if (str_eq(shown->state, "pending") || is_of_page(shown, row, text))
		return STATUS_OK;
	status = sql_int(
		store, "SELECT words FROM article WHERE item_id = ?1", &words, "i", shown->id);
	is->fullness = fullness((double)words);
	other->fullness = fullness((double)text->marks.words);
	return status;
}

/* What is to be known of the item; its feed is 0 where there is nothing to decide any more. */
static enum status load_shown(
	struct store *store, int64_t id, struct arena *arena, struct item_row *shown)
{
	sqlite3_stmt *s;
	enum status status = sql_row(store,
		"SELECT feed_id, state, page_state, url, published_at FROM item WHERE id = ?1 "
		"AND is_backlog = 0 AND revision = 0 "
		"AND (state = 'pending' OR (state = 'ready' AND has_body)) AND NOT EXISTS "
		"(SELECT 1 FROM edition_item WHERE edition_item.item_id = item.id)",
		&s, "i", id);

	memset(shown, 0, sizeof(*shown));
	if (!s)
		return status;
	shown->id = id;
	shown->feed_id = sqlite3_column_int64(s, 0);
	shown->state = sql_arena(s, 1, arena);
	shown->page_state = sql_arena(s, 2, arena);
	shown->url = sql_arena(s, 3, arena);
	shown->published = sql_time(s, 4);
	sqlite3_reset(s);
	return STATUS_OK;
}

enum status shown_prefers(struct store *store, int64_t id, const struct item_row *row,
	const struct item_text *text, bool *prefers)
{
	struct arena arena = {0};
	struct item_row shown;
	struct rank is, other = {.published = row->published, .url = row->url};
	enum status status = load_shown(store, id, &arena, &shown);

	*prefers = false;
	if (status != STATUS_OK || !shown.feed_id || shown.feed_id == row->feed_id ||
		row->is_backlog)
		goto out;
	is = (struct rank){.published = shown.published, .url = shown.url};
	status = rank_by_feed(store, shown.feed_id, &is);
	if (status == STATUS_OK)
		status = rank_by_feed(store, row->feed_id, &other);
	if (status == STATUS_OK)
		status = compare_texts(store, &shown, row, text, &is, &other);
	*prefers = status == STATUS_OK && compare(&other, &is) < 0;
out:
	arena_finish(&arena);
	return status;
}

/*
 * What waits for its page goes on to wait for it: its address stays. So does its date where the
 * other's is of later than it arrived: one that tells it again says when that was.
 */
static enum status copy_row(struct store *store, int64_t id, const struct item_row *row)
{
	return sql_run(store,
		"UPDATE item SET (url, title, author, published_at, updated_at, feed_id, language, "
		"image, categories, enclosures, comments, details, entry_hash) = "
		"(SELECT iif(item.state = 'pending', item.url, other.url), other.title, "
		"other.author, iif(other.published_at > ?3 + (SELECT at FROM arrival "
		"WHERE arrival.seq = item.seq), item.published_at, other.published_at), "
		"other.updated_at, other.feed_id, "
		"other.language, other.image, other.categories, other.enclosures, other.comments, "
		"other.details, other.entry_hash FROM item AS other WHERE other.id = ?2) "
		"WHERE id = ?1",
		"iii", id, row->id, (int64_t)FUTURE_S);
}

/* The address that it is shown with is its own, the one that it had an alias of it. */
static enum status own_address(
	struct store *store, const struct item_row *shown, const struct item_row *row)
{
	int64_t others = 0;
	enum status status =
		sql_run(store, "UPDATE item SET canonical = NULL WHERE id = ?1", "i", row->id);

	if (status != STATUS_OK || !row->canonical || str_eq(row->canonical, shown->canonical))
		return status;
	status = sql_int(store,
		"SELECT (SELECT count(*) FROM item WHERE canonical = ?1) + "
		"(SELECT count(*) FROM item_alias WHERE canonical = ?1 AND item_id <> ?2)",
		&others, "si", row->canonical, shown->id);
	if (status != STATUS_OK || others)
		return status;
	status = sql_run(store, "DELETE FROM item_alias WHERE canonical = ?1", "s", row->canonical);
	if (status == STATUS_OK)
		status = sql_run(store, "UPDATE item SET canonical = ?2 WHERE id = ?1", "is",
			shown->id, row->canonical);
	return status == STATUS_OK && shown->canonical
		       ? alias_put(store, shown->canonical, shown->id)
		       : status;
}

/* The hash stands for one item. */
static enum status may_keep_hash(
	struct store *store, int64_t id, const struct item_text *text, bool *may)
{
	int64_t others = 0;
	enum status status = STATUS_OK;

	if (text->marks.has_hash)
		status = sql_int(store,
			"SELECT count(*) FROM item WHERE content_hash = ?1 AND id NOT IN (?2)",
			&others, "bi", text->marks.hash, sizeof(text->marks.hash), id);
	*may = others == 0;
	return status;
}

static enum status say_other(struct store *store, const struct config *config,
	const struct item_row *shown, const struct item_row *row, const struct item_text *text,
	const char *page_state, const struct placed *placed, int64_t at)
{
	struct item_row as_row = *row;
	struct item_text as_text = *text;
	bool keeps_hash = true, keeps = is_of_page(shown, row, text);
	/* the index forgets words only while the store still has them */
	enum status status = item_unindex(store, shown->id);

	if (status == STATUS_OK)
		status = copy_row(store, shown->id, row);
	if (status == STATUS_OK)
		status = own_address(store, shown, row);
	if (status == STATUS_OK)
		status = sql_run(store,
			"UPDATE item SET section_id = ?2, starred = max(starred, ?3), "
			"rule = coalesce(?4, rule), page_state = iif(?6, page_state, ?5), "
			"page_due_at = NULL WHERE id = ?1",
			"iiissi", shown->id, placed->section_id, (int64_t)placed->is_starred,
			placed->rules.len ? buf_text(&placed->rules) : NULL,
			page_state ? page_state : "none", (int64_t)keeps);
	if (status == STATUS_OK)
		status = item_index(store, shown->id);
	if (status == STATUS_OK)
		status = item_body_put(store, shown->id, row->summary, row->content);
	if (status != STATUS_OK || (keeps && str_eq(shown->page_state, "read")))
		return status;
	status = may_keep_hash(store, shown->id, text, &keeps_hash);
	as_row.id = shown->id;
	as_row.state = "ready";
	as_row.section_id = placed->section_id;
	as_text.page_state = as_text.page_error = NULL; /* that is said above */
	return status == STATUS_OK ? item_make_ready(store, config, &as_row, &as_text, keeps_hash,
					     at, ARRIVAL_NONE)
				   : status;
}

enum status shown_take_over(struct store *store, const struct config *config, int64_t id,
	const struct item_row *row, const struct item_text *text, const char *page_state,
	int64_t at)
{
	struct arena arena = {0};
	struct placed placed = {0};
	struct item_row shown, as_named = *row;
	enum status status = item_row_load(store, id, &arena, &shown);

	if (str_is_empty(row->title) && text->title)
		as_named.title = text->title;

	if (status == STATUS_OK && str_eq(shown.state, "pending")) {
		status = copy_row(store, id, row);
		if (status == STATUS_OK)
			status = item_body_put(store, id, row->summary, row->content);
		goto out;
	}
	if (status == STATUS_OK)
		status = item_file(store, config, &as_named, text, 0, &placed);
	if (status == STATUS_OK && !placed.is_dropped)
		status = say_other(store, config, &shown, row, text, page_state, &placed, at);
out:
	placed_finish(&placed);
	arena_finish(&arena);
	return status;
}
