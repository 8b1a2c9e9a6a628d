/* The items of an edition: what a digest says of each. */
#include "core/date.h"
#include "core/doc.h"
#include "core/identity.h"
#include "core/markup.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"
#include "edition/changes.h"
#include "edition/load.h"
#include "edition/render.h"
#include "store/woven.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum {
	WORDS_MIN = 230,       /* that a person reads in a minute */
	EXCERPT_CHARS = 320,   /* where the page gives none */
	EARLIER_S = 24 * 3600, /* before the window, to count as earlier */
};

const char *load_column(struct loader *l, sqlite3_stmt *s, int i)
{
	return arena_strdup(&l->edition->arena, (const char *)sqlite3_column_text(s, i));
}

static void read_categories(struct loader *l, const char *text, struct edition_item *item)
{
	json_t *list = text ? json_loads(text, 0, NULL) : NULL, *value;
	const char **names;
	size_t i, count = json_array_size(list);

	if (count > 0) {
		names = arena_calloc(&l->edition->arena, count, sizeof(*names));
		json_array_foreach(list, i, value)
		{
			if (json_is_string(value))
				names[item->category_count++] =
					arena_strdup(&l->edition->arena, json_string_value(value));
		}
		item->categories = names;
	}
	json_decref(list);
}

static void read_enclosures(struct loader *l, const char *text, struct edition_item *item)
{
	json_t *list = text ? json_loads(text, 0, NULL) : NULL, *value;
	struct doc_enclosure *files;
	size_t i, count = json_array_size(list);

	if (count > 0) {
		files = arena_calloc(&l->edition->arena, count, sizeof(*files));
		json_array_foreach(list, i, value)
		{
			struct doc_enclosure *file = &files[item->enclosure_count];
			const json_t *length = json_object_get(value, "length");

			file->url = arena_strdup(&l->edition->arena,
				json_string_value(json_object_get(value, "url")));
			file->type = arena_strdup(&l->edition->arena,
				json_string_value(json_object_get(value, "type")));
			file->length = json_is_integer(length) ? json_integer_value(length) : -1;
			if (file->url)
				item->enclosure_count++;
		}
		item->enclosures = files;
	}
	json_decref(list);
}

static int count_words(const char *html)
{
	struct buf text = {0};
	const char *p;
	int words = 0, unspaced = 0;
	size_t size;

	markup_to_text(html, 0, &text);
	for (p = buf_text(&text); *p; p += size) {
		const char *end = buf_text(&text) + text.len;
		unsigned c = utf8_decode(p, (size_t)(end - p), &size);

		if (utf8_is_unspaced(c))
			unspaced++;
		else if (!str_is_space(*p) && (p == text.data || str_is_space(p[-1])))
			words++;
	}
	buf_finish(&text);
	return words + unspaced / 2;
}

int load_minutes(int words)
{
	int minutes = (words + WORDS_MIN / 2) / WORDS_MIN;

	return minutes < 1 ? 1 : minutes;
}

static const char *make_excerpt(struct loader *l, const char *html)
{
	struct buf text = {0};
	const char *excerpt;

	markup_to_excerpt(html, EXCERPT_CHARS, &text);
	excerpt = arena_strdup(&l->edition->arena, buf_text(&text));
	buf_finish(&text);
	return excerpt;
}

/*
 * "#note-1" in a feed's text was resolved against the feed, where nobody finds the note: it is on
 * the article's page.
 */
static const char *with_own_places(
	struct loader *l, const char *html, const char *feed_url, const char *url)
{
	struct buf of_feed = {0}, out = {0};
	const char *at;

	if (str_is_empty(html) || str_is_empty(feed_url) || str_is_empty(url))
		return html;
	buf_puts(&of_feed, "href=\"");
	buf_put_escaped(&of_feed, feed_url);
	buf_putc(&of_feed, '#');
	if (strstr(html, buf_text(&of_feed))) {
		for (; (at = strstr(html, buf_text(&of_feed))); html = at + of_feed.len) {
			buf_put(&out, html, (size_t)(at - html));
			buf_puts(&out, "href=\"");
			buf_put_escaped(&out, url);
			buf_putc(&out, '#');
		}
		buf_puts(&out, html);
		html = arena_strdup(&l->edition->arena, buf_text(&out));
	}
	buf_finish(&of_feed);
	buf_finish(&out);
	return html;
}

static const char *source_name(
	struct loader *l, const char *title, const char *feed_url, const char *url)
{
	const struct config_feed *feed = feed_url ? config_feed(l->config, feed_url) : NULL;
	struct buf host = {0};
	const char *name;

	if (feed && feed->title)
		return feed->title;
	if (!str_is_empty(title))
		return title;
	put_host(url ? url : feed_url ? feed_url : "", &host);
	name = arena_strdup(&l->edition->arena, buf_text(&host));
	buf_finish(&host);
	return name;
}

/* Columns of both statements below, in this order. */
enum {
	COL_SECTION,
	COL_STORY,
	COL_IMPORTANCE,
	COL_ID,
	COL_TITLE,
	COL_URL,
	COL_FEED_TITLE,
	COL_FEED_URL,
	COL_BYLINE,
	COL_LANGUAGE,
	COL_HTML,
	COL_EXCERPT,
	COL_IMAGE,
	COL_CATEGORIES,
	COL_ENCLOSURES,
	COL_PUBLISHED,
	COL_ARRIVED,
	COL_QUALITY,
	COL_REASON,
	COL_WINDOW_FROM,
	COL_IS_GONE,
	COL_WORDS,
	COL_EDITION,
};

/* What was said of an item when it was printed; its revision knows where it has changed since. */
#define PRINTED(fact, now) "iif(json_valid(r.facts), r.facts ->> '" fact "', " now ")"
/*
 * The text is that of the revision that was printed: an item that changed since must not change
 * what an edition says. Excerpt and words are therefore made from the text.
 */
/* clang-format off */
#define ITEM_COLUMNS                                                                              \
	" i.id, coalesce(r.title, i.title), i.url, coalesce(source.title, f.name, f.title), f.url," \
	" " PRINTED("author", "coalesce(a.byline, i.author)") ","                                 \
	" " PRINTED("language", "coalesce(a.language, i.language)") ","                           \
	" iif(r.n IS NULL, coalesce(" WOVEN_HTML("a") ", b.content, b.summary), " WOVEN_HTML("r") ")," \
	" " PRINTED("excerpt", "a.excerpt") ", " PRINTED("image", "coalesce(a.image, i.image)") "," \
	" i.categories, i.enclosures, " PRINTED("published", "i.published_at") ","                \
	" (SELECT at FROM arrival WHERE item_id = i.id AND seq > e.from_seq AND seq <= e.to_seq"  \
	" ORDER BY seq LIMIT 1), " PRINTED("quality", "a.quality") ","                            \
	" " PRINTED("reason", "coalesce(a.reason,"                                                \
	" CASE WHEN i.page_state IN ('failed', 'refused') THEN i.page_error END)") ","            \
	" coalesce(part.window_from, e.window_from),"                                             \
	" iif(r.n IS NULL, a.text, coalesce(r.text, r.html)) IS NULL, a.words, e.name "
/* clang-format on */
#define ITEM_TABLES                                                                     \
	" JOIN edition e ON e.id = p.edition_id JOIN item i ON i.id = p.item_id"        \
	" LEFT JOIN feed f ON f.id = i.feed_id LEFT JOIN article a ON a.item_id = i.id" \
	" LEFT JOIN item_body b ON b.item_id = i.id"                                    \
	" LEFT JOIN revision r ON r.item_id = i.id AND r.n = p.revision"                \
	" LEFT JOIN edition_source source ON source.edition_id = p.edition_id"          \
	" AND source.feed_id = i.feed_id"                                               \
	" LEFT JOIN edition_section part ON part.edition_id = p.edition_id"             \
	" AND part.section_id = p.section_id"                                           \
	" WHERE p.edition_id IN " LOADED

/* Stories of several editions have the same numbers. */
static const char ITEMS[] =
	"SELECT p.section_id, p.edition_id << 32 | p.story, p.importance," ITEM_COLUMNS
	"FROM edition_item p" ITEM_TABLES "ORDER BY p.section_id, p.edition_id, p.position";
static const char UPDATES[] =
	"SELECT p.section_id, p.position, 0.0," ITEM_COLUMNS "FROM edition_update p" ITEM_TABLES
	"ORDER BY p.section_id, p.position, p.item_id";

static void read_item(struct loader *l, sqlite3_stmt *s, bool is_update)
{
	struct line *line;
	int64_t window_from;
	struct edition_item *item;
	struct buf clean = {0};

	ARRAY_GROW(l->lines, l->count, l->space);
	line = &l->lines[l->count++];
	memset(line, 0, sizeof(*line));
	item = &line->item;
	line->section_id = sqlite3_column_int64(s, COL_SECTION);
	line->story = sqlite3_column_int64(s, COL_STORY);
	line->importance = sqlite3_column_double(s, COL_IMPORTANCE);
	item->id = sqlite3_column_int64(s, COL_ID);
	item->title = load_column(l, s, COL_TITLE);
	item->url = load_column(l, s, COL_URL);
	if (item->url && url_without_campaign(item->url, &clean)) {
		item->named = item->url;
		item->url = arena_strdup(&l->edition->arena, buf_text(&clean));
	}
	buf_finish(&clean);
	item->source = source_name(
		l, load_column(l, s, COL_FEED_TITLE), load_column(l, s, COL_FEED_URL), item->url);
	item->byline = load_column(l, s, COL_BYLINE);
	item->language = load_column(l, s, COL_LANGUAGE);
	item->html = with_own_places(
		l, load_column(l, s, COL_HTML), load_column(l, s, COL_FEED_URL), item->url);
	item->excerpt = load_column(l, s, COL_EXCERPT);
	item->image = load_column(l, s, COL_IMAGE);
	read_categories(l, (const char *)sqlite3_column_text(s, COL_CATEGORIES), item);
	read_enclosures(l, (const char *)sqlite3_column_text(s, COL_ENCLOSURES), item);
	item->published_at = sqlite3_column_type(s, COL_PUBLISHED) == SQLITE_NULL
				     ? DATE_NONE
				     : sqlite3_column_int64(s, COL_PUBLISHED);
	if (item->published_at > l->edition->row.window_to) /* it says a time that had not come */
		item->published_at = DATE_NONE;
	item->arrived_at = sqlite3_column_int64(s, COL_ARRIVED);
	item->quality = sqlite3_column_double(s, COL_QUALITY);
	item->note = load_column(l, s, COL_REASON);
	item->is_update = is_update;
	item->edition = l->edition->is_selection ? load_column(l, s, COL_EDITION) : NULL;
	window_from = sqlite3_column_int64(s, COL_WINDOW_FROM);
	item->is_earlier = !*l->last_day && item->published_at != DATE_NONE &&
			   window_from > EARLIER_S && /* a damaged store has any number */
			   item->published_at < window_from - EARLIER_S;
	item->is_gone = sqlite3_column_int(s, COL_IS_GONE);
	if (item->is_gone)
		item->words = sqlite3_column_int(s, COL_WORDS);
	if (!str_is_empty(item->html)) {
		item->words = count_words(item->html);
		item->excerpt = make_excerpt(l, item->html);
	}
	item->minutes = load_minutes(item->words);
}

/* What an update changed: against what was printed of it last. */
static enum status read_changes(struct loader *l, struct edition_item *item)
{
	static const char sql[] = "SELECT r.title, " WOVEN_HTML(
		"r") " FROM revision r JOIN edition_item p ON p.item_id = r.item_id"
		     " WHERE r.item_id = ?2 AND r.n = coalesce((SELECT max(u.revision)"
		     " FROM edition_update u WHERE u.item_id = ?2 AND u.edition_id < ?1), p.revision)";
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(l->store, sql, &s);
	bool has_row = false;

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 1, l->edition->row.id);
	sqlite3_bind_int64(s, 2, item->id);
	status = store_step(l->store, s, &has_row);
	if (status == STATUS_OK && has_row)
		item->changes = changes_find((const char *)sqlite3_column_text(s, 0),
			(const char *)sqlite3_column_text(s, 1), item->title, item->html,
			&l->edition->arena);
	sqlite3_reset(s);
	return status;
}

static enum status read_all_changes(struct loader *l)
{
	enum status status = STATUS_OK;
	size_t i;

	for (i = 0; status == STATUS_OK && i < l->count; i++) {
		if (l->lines[i].item.is_update)
			status = read_changes(l, &l->lines[i].item);
	}
	return status;
}

static enum status read_items(struct loader *l, const char *sql, bool is_update)
{
	sqlite3_stmt *s = NULL;
	enum status status = load_statement(l, sql, &s);
	bool has_row = false;

	if (status != STATUS_OK)
		return status;
	while ((status = store_step(l->store, s, &has_row)) == STATUS_OK && has_row)
		read_item(l, s, is_update);
	sqlite3_reset(s);
	return status;
}

enum status load_items(struct loader *l)
{
	enum status status = read_items(l, ITEMS, false);

	/* Who reads of a week has no need to be told what it corrected. */
	if (status == STATUS_OK && !*l->last_day)
		status = read_items(l, UPDATES, true);
	return status == STATUS_OK ? read_all_changes(l) : status;
}
