#include "store/ready.h"
#include "core/markup.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/terms.h"
#include "store/aliases.h"
#include "store/copies.h"
#include "store/filing.h"
#include "store/images.h"
#include "store/sql.h"
#include "store/stories.h"
#include "store/woven.h"

#include <stdlib.h>
#include <string.h>

/* Below this the extractor itself does not believe what it found. */
#define QUALITY_POOR 0.3
/* A feed's own text of so many words is taken for the whole article. */
#define WORDS_WHOLE 300.0
/* Best that a feed's own text is given: a page of the same length is preferred. */
#define QUALITY_FEED 0.8

enum {
	EXCERPT_CHARACTERS = 300,
	/* the same text under two titles of one site: shorter ones are notices */
	WORDS_SAME_SITE = 200,
	WORDS_NEAR = 100,  /* shorter texts are no copies by likeness */
	ENTRY_WOVEN = 512, /* bytes; a shorter text of an entry is not worth a second write */
};

/*
 * From this likeness on a text may be an edited copy, and is one when no more of its words differ:
 * reports that quote the same have runs of words in common, and few of the others. Measured with
 * tests/bench/bench_copies.
 */
#define LIKENESS_COPY  0.15
#define DIFFERENCE_MAX 0.3
/* What it takes when the words of the other are gone. */
#define LIKENESS_SURE 0.4

enum status item_row_load(
	struct store *store, int64_t id, struct arena *arena, struct item_row *row)
{
	sqlite3_stmt *s;
	enum status status = sql_one(store,
		"SELECT item.feed_id, feed.section_id, feed.url, item.url, item.canonical, "
		"item.title, item.author, item.language, item.state, item.page_state, "
		"item.categories, " WOVEN("summary_markup", "text", "summary") ", " WOVEN(
			"content_markup", "text",
			"content") ", item.published_at, item.revision, "
				   "item.page_tries, item.is_backlog, item.section_id, item.has_body FROM item "
				   "JOIN feed ON feed.id = item.feed_id "
				   "LEFT JOIN item_body ON item_body.item_id = item.id "
				   "LEFT JOIN article ON article.item_id = item.id WHERE item.id = ?1",
		&s, "i", id);

	memset(row, 0, sizeof(*row));
	if (status != STATUS_OK)
		return status;
	row->id = id;
	row->feed_id = sqlite3_column_int64(s, 0);
	row->feed_section_id = sqlite3_column_int64(s, 1);
	row->feed_url = sql_arena(s, 2, arena);
	row->url = sql_arena(s, 3, arena);
	row->canonical = sql_arena(s, 4, arena);
	row->title = sql_arena(s, 5, arena);
	row->author = sql_arena(s, 6, arena);
	row->language = sql_arena(s, 7, arena);
	row->state = sql_arena(s, 8, arena);
	row->page_state = sql_arena(s, 9, arena);
	row->categories = sql_arena(s, 10, arena);
	row->summary = sql_arena(s, 11, arena);
	row->content = sql_arena(s, 12, arena);
	row->published = sql_time(s, 13);
	row->revision = sqlite3_column_int(s, 14);
	row->page_tries = sqlite3_column_int(s, 15);
	row->is_backlog = sqlite3_column_int(s, 16) != 0;
	row->section_id = sqlite3_column_int64(s, 17);
	row->has_body = sqlite3_column_int(s, 18) != 0;
	sqlite3_reset(s);
	return STATUS_OK;
}

/* The marks are to be made. */
static void text_of_feed(const struct item_row *row, struct arena *arena, struct item_text *text)
{
	struct buf content = {0}, summary = {0}, excerpt = {0};
	bool is_summary;

	memset(text, 0, sizeof(*text));
	markup_to_text(row->content, 0, &content);
	markup_to_text(row->summary, 0, &summary);
	is_summary = summary.len > content.len;
	text->html = is_summary ? row->summary : row->content;
	text->text = arena_strdup(arena, buf_text(is_summary ? &summary : &content));
	markup_to_excerpt(row->summary && summary.len ? row->summary : text->html,
		EXCERPT_CHARACTERS, &excerpt);
	text->excerpt = arena_strdup(arena, buf_text(&excerpt));
	text->source = text->text[0] ? ARTICLE_SOURCE_FEED : ARTICLE_SOURCE_NONE;
	text->language = row->language;
	text->published = DATE_NONE;
	buf_finish(&content);
	buf_finish(&summary);
	buf_finish(&excerpt);
}

static void mark_own(struct item_text *text)
{
	content_mark(text->text, &text->marks);
	text->quality = QUALITY_FEED * (double)text->marks.words / WORDS_WHOLE;
	if (text->quality > QUALITY_FEED)
		text->quality = QUALITY_FEED;
}

void item_text_of_feed(const struct item_row *row, struct arena *arena, struct item_text *text)
{
	text_of_feed(row, arena, text);
	mark_own(text);
}

static void text_of_article(
	const struct item_row *row, const struct article *article, struct item_text *text)
{
	memset(text, 0, sizeof(*text));
	text->title = article->title;
	text->html = article->html;
	text->text = article->text ? article->text : "";
	text->byline = article->byline;
	text->site = article->site;
	text->excerpt = article->excerpt;
	text->image = article->image;
	text->language = article->language ? article->language : row->language;
	text->section = article->section;
	text->reason = article->reason;
	text->categories = article->categories;
	text->category_count = article->category_count;
	text->quality = article->quality;
	text->source = article->source;
	text->is_truncated = article->is_truncated;
	text->published = article->published;
	content_mark(text->text, &text->marks);
}

void item_text_choose(const struct item_row *row, const struct article *article,
	const char *final_url, struct arena *arena, struct item_text *text)
{
	struct item_text own, page;
	bool is_good;

	if (article)
		text_of_article(row, article, &page);
	/* what a good page says need not be compared */
	is_good = article && !page.is_truncated && page.quality >= QUALITY_POOR && page.marks.words;
	if (is_good && !str_is_empty(page.excerpt)) {
		*text = page;
		text->final_url = final_url;
		return;
	}
	text_of_feed(row, arena, &own);
	if (!is_good)
		mark_own(&own);
	*text = own;
	if (article) {
		if (own.marks.words > page.marks.words) {
			/* what the page says of the article stays true, only its text is poor */
			text->title = page.title;
			text->byline = page.byline;
			text->site = page.site;
			text->image = page.image;
			text->section = page.section;
			text->reason = page.reason;
			text->is_truncated = page.is_truncated;
			text->published = page.published;
			text->language = page.language;
		} else {
			*text = page;
			if (str_is_empty(text->excerpt))
				text->excerpt = own.excerpt;
		}
	}
	text->final_url = final_url;
}

static bool same_site(const char *a, const char *b)
{
	struct buf x = {0}, y = {0};
	bool is_same = url_site(a, &x) && url_site(b, &y) && str_eq(buf_text(&x), buf_text(&y));

	buf_finish(&x);
	buf_finish(&y);
	return is_same;
}

/*
 * An edited copy: a wire report with a cut, another standfirst, other words. At one site reports
 * made from one pattern are as much alike (results, weather), there the headline must agree.
 */
static enum status item_by_likeness(
	struct store *store, const struct item_row *row, struct item_text *text, int64_t *id)
{
	struct copy copies[COPIES_MAX];
	size_t count;
	sqlite3_stmt *s;
	enum status status = STATUS_OK;

	text->related = 0;
	if (text->marks.words < WORDS_NEAR)
		return STATUS_OK;
	status = copies_find(store, row->id, &text->marks.sketch, copies, &count);

	text->related = status == STATUS_OK && count && copies[0].likeness >= LIKENESS_RELATED
				? copies[0].item_id
				: 0;
	for (size_t i = 0; i < count && status == STATUS_OK && *id == 0; i++) {
		if (copies[i].likeness < LIKENESS_COPY)
			break;
		status = sql_row(store,
			"SELECT item.url, item.title, article.text FROM item "
			"JOIN article ON article.item_id = item.id WHERE item.id = ?1",
			&s, "i", copies[i].item_id);
		if (!s)
			continue;
		if ((terms_equal(sql_text(s, 1), row->title) ||
			    !same_site(sql_text(s, 0), row->url)) &&
			(sql_text(s, 2) ? terms_difference(sql_text(s, 2), text->text) <=
						  DIFFERENCE_MAX
					: copies[i].likeness >= LIKENESS_SURE))
			*id = copies[i].item_id;
		sqlite3_reset(s);
	}
	return status;
}

/*
 * A wall or consent page is the same text behind all URLs of one site, an agency's report is the
 * same text at many sites: at one site the title must agree, or the text be long.
 */
enum status item_by_text(struct store *store, const struct item_row *row, struct item_text *text,
	int64_t *id, bool *is_taken)
{
	sqlite3_stmt *s;
	enum status status;

	*id = 0;
	*is_taken = false;
	if (!text->marks.has_hash)
		return STATUS_OK;
	status = sql_row(store,
		"SELECT id, url, title FROM item WHERE content_hash = ?1 AND id <> ?2", &s, "bi",
		text->marks.hash, sizeof(text->marks.hash), row->id);
	if (status != STATUS_OK)
		return status;
	if (!s)
		return item_by_likeness(store, row, text, id);
	*is_taken = true;
	if (terms_equal(sql_text(s, 2), row->title) ||
		(int64_t)text->marks.words >= WORDS_SAME_SITE ||
		!same_site(sql_text(s, 1), row->url)) {
		*id = sqlite3_column_int64(s, 0);
		*is_taken = false;
	}
	sqlite3_reset(s);
	return *id ? dropped_step_aside(store, row->feed_id, id) : STATUS_OK;
}

enum status item_unindex(struct store *store, int64_t id)
{
	if (store_index_anew(store, id))
		return STATUS_OK;
	return sql_run(store,
		"INSERT INTO item_fts (item_fts, rowid, title, text, author) "
		"SELECT 'delete', id, title, text, author FROM item_words WHERE item_id = ?1",
		"i", id);
}

enum status item_index(struct store *store, int64_t id)
{
	if (store_index_anew(store, id))
		return STATUS_OK;
	return sql_run(store,
		"INSERT INTO item_fts (rowid, title, text, author) "
		"SELECT id, title, text, author FROM item_words WHERE item_id = ?1",
		"i", id);
}

enum status item_keep_revision(struct store *store, int64_t id, int64_t at)
{
	enum status status = sql_run(store,
		"INSERT INTO revision (item_id, n, at, title, html, text, markup, facts) "
		"SELECT item.id, item.revision, ?2, item.title, article.html, article.text, "
		"article.markup, json_object('author', coalesce(article.byline, item.author), "
		"'language', coalesce(article.language, item.language), "
		"'image', coalesce(article.image, item.image), 'published', item.published_at, "
		"'quality', article.quality, 'reason', coalesce(article.reason, "
		"iif(item.page_state IN ('failed', 'refused'), item.page_error, NULL)), "
		"'excerpt', article.excerpt, 'entry', hex(item.entry_hash)) FROM item "
		"LEFT JOIN article ON article.item_id = item.id WHERE item.id = ?1",
		"ii", id, at);

	if (status == STATUS_OK)
		status = sql_run(
			store, "UPDATE item SET revision = revision + 1 WHERE id = ?1", "i", id);
	return status;
}

static const char *placed_state(const struct placed *placed)
{
	return placed->is_dropped ? "dropped" : "ready";
}

static const char *placed_rules(const struct placed *placed)
{
	return placed->rules.len ? buf_text(&placed->rules) : NULL;
}

static int64_t length(const char *text)
{
	return text ? (int64_t)strlen(text) : 0;
}

/* A long text of an entry in the words of the article's; what is stored of it in bytes. */
static int64_t weave_entry(
	const char *html, const char *text, struct arena *arena, const char **markup)
{
	*markup = length(html) >= ENTRY_WOVEN ? woven_make(html, text, arena) : NULL;
	return length(*markup ? *markup : html);
}

void item_weave(const struct item_row *row, const struct item_text *text, struct arena *arena,
	struct woven *woven)
{
	memset(woven, 0, sizeof(*woven));
	woven->html = woven_make(text->html, text->text, arena);
	woven->bytes = length(text->text) + length(woven->html ? woven->html : text->html);
	if (text->html)
		woven->bytes += weave_entry(row->summary, text->text, arena, &woven->summary) +
				weave_entry(row->content, text->text, arena, &woven->content);
}

static enum status entry_store(struct store *store, int64_t id, const char *summary,
	const char *content, const struct woven *woven)
{
	return sql_run(store,
		"INSERT INTO item_body (item_id, summary, content, summary_markup, content_markup) "
		"VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (item_id) DO UPDATE SET "
		"summary = excluded.summary, content = excluded.content, "
		"summary_markup = excluded.summary_markup, "
		"content_markup = excluded.content_markup",
		"issss", id, woven->summary ? NULL : summary, woven->content ? NULL : content,
		woven->summary, woven->content);
}

enum status item_body_put(struct store *store, int64_t id, const char *summary, const char *content)
{
	struct woven woven = {0};
	struct arena arena = {0};
	sqlite3_stmt *s;
	enum status status = sql_row(store,
		"SELECT text FROM article WHERE item_id = ?1 "
		"AND coalesce(markup, html) IS NOT NULL",
		&s, "i", id);

	if (s) {
		weave_entry(summary, sql_text(s, 0), &arena, &woven.summary);
		weave_entry(content, sql_text(s, 0), &arena, &woven.content);
		sqlite3_reset(s);
	}
	if (status == STATUS_OK)
		status = entry_store(store, id, summary, content, &woven);
	arena_finish(&arena);
	return status;
}

/*
 * What the item says already is not said twice. What its entry says goes with the article: it is
 * woven from the text that is stored now, and from no other.
 */
static enum status article_store(struct store *store, const struct item_row *row,
	const struct item_text *text, const struct woven *woven, int64_t at)
{
	/* of what waited for its page the entry is there, as it came */
	bool is_there = !str_eq(row->page_state, "none") || !str_eq(row->state, "pending");
	enum status status = STATUS_OK;

	/* what was never ready has none, and REPLACE costs a copy of every page that it changes */
	if (!str_eq(row->state, "pending"))
		status = sql_run(store, "DELETE FROM article WHERE item_id = ?1", "i", row->id);
	if (status == STATUS_OK)
		status = sql_run(store,
			"INSERT INTO article (item_id, title, html, text, words, quality, "
			"source, byline, site, excerpt, image, language, section, is_truncated, reason, "
			"fetched_at, final_url, markup) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
			"?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
			"isssidsssssssisiss", row->id,
			str_eq(text->title, row->title) ? NULL : text->title,
			woven->html ? NULL : text->html, text->text, (int64_t)text->marks.words,
			text->quality, article_source_name(text->source), text->byline, text->site,
			text->excerpt, text->image, text->language, text->section,
			(int64_t)text->is_truncated, text->reason, at,
			str_eq(text->final_url, row->url) ? NULL : text->final_url, woven->html);
	if (status != STATUS_OK || (is_there && length(row->summary) < ENTRY_WOVEN &&
					   length(row->content) < ENTRY_WOVEN))
		return status;
	return entry_store(store, row->id, row->summary, row->content, woven);
}

/*
 * What the page adds to an item: title, author and date where the feed gave none; and where a new
 * one goes (placed; NULL: it is there). One statement, because most of what it costs are the
 * indexes; the section is none of it, because a column that refers to another table would cost a
 * copy of every page that the statement changes.
 */
static enum status item_complete(struct store *store, const struct item_row *row,
	const struct item_text *text, bool keep_hash, const struct woven *woven,
	const struct placed *placed)
{
	struct buf site = {0};
	enum status status = STATUS_OK;

	if (placed && placed->section_id != row->section_id)
		status = sql_run(store, "UPDATE item SET section_id = ?2 WHERE id = ?1", "ii",
			row->id, placed->section_id);
	if (status != STATUS_OK)
		return status;
	url_site(text->final_url ? text->final_url : row->url, &site);
	status = sql_run(store,
		"UPDATE item SET title = iif(title = '', coalesce(?2, ''), title), "
		"author = coalesce(author, ?3), published_at = coalesce(published_at, "
		"iif(?4 > first_seen_at + ?15, NULL, ?4)), "
		"content_hash = ?5, simhash = ?6, site = ?7, has_body = max(has_body, 1), "
		"state = coalesce(?8, state), starred = max(starred, ?9), "
		"rule = coalesce(?10, rule), seq = coalesce(?11, seq), body_bytes = ?12, "
		"page_state = coalesce(?13, page_state), "
		"page_tries = page_tries + (?13 IS NOT NULL), "
		"page_due_at = iif(?13 IS NULL, page_due_at, NULL), "
		"page_error = iif(?13 IS NULL, page_error, ?14) WHERE id = ?1",
		"isstbissiszissi", row->id, text->title, text->byline, text->published,
		keep_hash && text->marks.has_hash ? text->marks.hash : NULL,
		sizeof(text->marks.hash), (int64_t)text->marks.simhash,
		site.len ? buf_text(&site) : NULL, placed ? placed_state(placed) : NULL,
		(int64_t)(placed && placed->is_starred), placed ? placed_rules(placed) : NULL,
		placed ? placed->seq : 0, woven->bytes, text->page_state, text->page_error,
		(int64_t)FUTURE_S);
	buf_finish(&site);
	return status;
}

static enum status quality_average(
	struct store *store, const struct item_row *row, const struct item_text *text)
{
	return sql_run(store,
		"UPDATE feed SET quality = coalesce(quality * 0.9 + ?2 * 0.1, ?2) WHERE id = ?1",
		"id", row->feed_id, text->quality);
}

/* With its number, or the next one for 0. */
static enum status arrival_put(
	struct store *store, int64_t id, enum arrival_kind kind, int64_t seq, int64_t at)
{
	enum status status = sql_run(store,
		"INSERT INTO arrival (seq, item_id, kind, at) VALUES (?1, ?2, ?3, ?4)", "ziii", seq,
		id, (int64_t)kind, at);

	if (status == STATUS_OK)
		store_seq_used(store, sqlite3_last_insert_rowid(store_db(store)));
	return status;
}

/* With title and author as they will be. */
static struct item_row titled(const struct item_row *row, const struct item_text *text)
{
	struct item_row titled = *row;

	if (str_is_empty(titled.title) && text->title)
		titled.title = text->title;
	if (!titled.author)
		titled.author = text->byline;
	return titled;
}

enum status item_place(struct store *store, const struct config *config, const struct item_row *row,
	const struct item_text *text, int64_t at, struct placed *placed)
{
	struct item_row as_named = titled(row, text);
	enum status status = item_file(store, config, &as_named, text, at, placed);

	return status == STATUS_OK ? store_next_seq(store, &placed->seq) : status;
}

void placed_finish(struct placed *placed)
{
	buf_finish(&placed->rules);
}

static enum status images_of(struct store *store, const struct config *config,
	const struct item_row *row, const struct item_text *text, int64_t at)
{
	if (config->images != IMAGES_STORED || row->is_backlog)
		return STATUS_OK;
	return images_want(store, row->id,
		text->html     ? text->html
		: row->content ? row->content
			       : row->summary,
		text->image, at);
}

/* What is dropped has a number among the others, so that it can be found, but has not arrived. */
enum status item_arrive(struct store *store, const struct config *config,
	const struct item_row *row, const struct item_text *text, const struct woven *woven,
	const struct placed *placed, int64_t at)
{
	struct item_row as_named = titled(row, text);
	enum status status = article_store(store, row, text, woven, at);

	if (status == STATUS_OK)
		status = arrival_put(store, row->id, ARRIVAL_NEW, placed->seq, at);
	if (status == STATUS_OK && placed->is_dropped)
		status = sql_run(store, "DELETE FROM arrival WHERE seq = ?1", "i", placed->seq);
	if (status != STATUS_OK)
		return status;
	store_index_later(store, row->id, placed->seq, as_named.title, text->text, as_named.author);
	if (placed->is_dropped)
		return STATUS_OK;
	if (text->marks.words >= WORDS_NEAR)
		status = copies_put(store, row->id, &text->marks.sketch);
	/* What is too old to print reports nothing of these days. */
	if (status == STATUS_OK && !row->is_backlog)
		status = story_find(store, &as_named, text, text->related, at);
	return status == STATUS_OK ? images_of(store, config, row, text, at) : status;
}

static enum status make_new(struct store *store, const struct config *config,
	const struct item_row *row, const struct item_text *text, const struct woven *woven,
	bool keep_hash, int64_t at)
{
	struct placed placed;
	enum status status = item_place(store, config, row, text, at, &placed);

	if (status == STATUS_OK)
		status = item_complete(store, row, text, keep_hash, woven, &placed);
	if (status == STATUS_OK)
		status = item_arrive(store, config, row, text, woven, &placed, at);
	placed_finish(&placed);
	return status;
}

static enum status make_changed(struct store *store, const struct config *config,
	const struct item_row *row, const struct item_text *text, const struct woven *woven,
	bool keep_hash, int64_t at, enum arrival_kind kind)
{
	enum status status = item_unindex(store, row->id);

	if (status == STATUS_OK)
		status = article_store(store, row, text, woven, at);
	if (status == STATUS_OK)
		status = item_complete(store, row, text, keep_hash, woven, NULL);
	if (status == STATUS_OK && kind == ARRIVAL_CHANGED)
		status = arrival_put(store, row->id, ARRIVAL_CHANGED, 0, at);
	if (status == STATUS_OK)
		status = item_index(store, row->id);
	if (status == STATUS_OK && text->marks.words >= WORDS_NEAR)
		status = copies_put(store, row->id, &text->marks.sketch);
	return status == STATUS_OK ? images_of(store, config, row, text, at) : status;
}

enum status item_make_ready(struct store *store, const struct config *config,
	const struct item_row *row, const struct item_text *text, bool keep_hash, int64_t at,
	enum arrival_kind kind)
{
	struct arena arena = {0};
	struct woven woven;
	enum status status;

	item_weave(row, text, &arena, &woven);
	status = kind == ARRIVAL_NEW
			 ? make_new(store, config, row, text, &woven, keep_hash, at)
			 : make_changed(store, config, row, text, &woven, keep_hash, at, kind);
	if (status == STATUS_OK && !str_eq(row->page_state, "none"))
		status = quality_average(store, row, text);
	arena_finish(&arena);
	return status;
}
