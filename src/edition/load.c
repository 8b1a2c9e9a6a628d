/* An edition from the store, as the model that the formats share. */
#include "core/date.h"
#include "core/doc.h"
#include "core/markup.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"
#include "edition/changes.h"
#include "edition/edition.h"
#include "edition/elsewhere.h"
#include "edition/render.h"
#include "edition/words.h"
#include "store/woven.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum {
	WORDS_MIN = 230,          /* that a person reads in a minute */
	EXCERPT_CHARS = 320,      /* where the page gives none */
	EARLIER_S = 24 * 3600,    /* before the window, to count as earlier */
	STYLE_BYTES = 256 * 1024, /* of a user's CSS */
};

/* A row as it comes, before sections and stories are made of them. */
struct line {
	int64_t section_id;
	int64_t story;
	double importance;
	struct edition_item item;
};

struct loader {
	struct store *store;
	const struct config *config;
	struct edition *edition;
	struct line *lines; /* ordered by section, then print */
	size_t count, space;
};

void edition_init(struct edition *edition)
{
	memset(edition, 0, sizeof(*edition));
}

void edition_finish(struct edition *edition)
{
	if (!edition)
		return;
	edition_row_finish(&edition->row);
	arena_finish(&edition->arena);
	memset(edition, 0, sizeof(*edition));
}

static const char *column(struct loader *l, sqlite3_stmt *s, int i)
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

/* What a person needs for so many words: at least one. */
static int minutes_of(int words)
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
};

/* What was said of an item when it was printed; its revision knows where it has changed since. */
#define PRINTED(fact, now) "iif(json_valid(r.facts), r.facts ->> '" fact "', " now ")"
/*
 * The text is that of the revision that was printed: an item that changed since must not change
 * what an edition says. Excerpt and words are therefore made from the text.
 */
#define ITEM_COLUMNS                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                     \
	" i.id, coalesce(r.title, i.title), i.url, coalesce(source.title, f.name, f.title), f.url,"                                                                                                                                                                                                                                                                                                                                                                                                                                      \
	" " PRINTED("author", "coalesce(a.byline, i.author)") ","                                                                                                                                                                                                                                                                                                                                                                                                                                                                        \
							      " " PRINTED(                                                                                                                                                                                                                                                                                                                                                                                                                                                               \
								      "language", "coalesce(a.language, i.language)") ","                                                                                                                                                                                                                                                                                                                                                                                                                \
														      " iif(r.n IS NULL, coalesce(" WOVEN_HTML(                                                                                                                                                                                                                                                                                                                                                                          \
															      "a") ", b.content, b.summary), " WOVEN_HTML("r") "),"                                                                                                                                                                                                                                                                                                                                                      \
																					       " " PRINTED(                                                                                                                                                                                                                                                                                                                                              \
																						       "excerpt",                                                                                                                                                                                                                                                                                                                                        \
																						       "a.excerpt") ", " PRINTED("image", "coalesce(a.image, i.image)") ","                                                                                                                                                                                                                                                                              \
																															" i.categories, i.enclosures, " PRINTED("published", "i.published_at") ","                                                                                                                                                                                                       \
																																							       " (SELECT at FROM arrival WHERE item_id = i.id AND seq > e.from_seq AND seq <= e.to_seq"                                                                                                                  \
																																							       " ORDER BY seq LIMIT 1), " PRINTED("quality", "a.quality") ","                                                                                                                                            \
																																															  " " PRINTED("reason", "coalesce(a.reason,"                                                                                                     \
																																																		" CASE WHEN i.page_state IN ('failed', 'refused') THEN i.page_error END)") ","                                           \
																																																											   " coalesce(part.window_from, e.window_from)," \
																																																											   " iif(r.n IS NULL, a.text, coalesce(r.text, r.html)) IS NULL, a.words "
#define ITEM_TABLES                                                                     \
	" JOIN edition e ON e.id = p.edition_id JOIN item i ON i.id = p.item_id"        \
	" LEFT JOIN feed f ON f.id = i.feed_id LEFT JOIN article a ON a.item_id = i.id" \
	" LEFT JOIN item_body b ON b.item_id = i.id"                                    \
	" LEFT JOIN revision r ON r.item_id = i.id AND r.n = p.revision"                \
	" LEFT JOIN edition_source source ON source.edition_id = p.edition_id"          \
	" AND source.feed_id = i.feed_id"                                               \
	" LEFT JOIN edition_section part ON part.edition_id = p.edition_id"             \
	" AND part.section_id = p.section_id"                                           \
	" WHERE p.edition_id = ?1 "

static const char ITEMS[] = "SELECT p.section_id, p.story, p.importance," ITEM_COLUMNS
			    "FROM edition_item p" ITEM_TABLES "ORDER BY p.section_id, p.position";
static const char UPDATES[] =
	"SELECT p.section_id, p.position, 0.0," ITEM_COLUMNS "FROM edition_update p" ITEM_TABLES
	"ORDER BY p.section_id, p.position, p.item_id";

static void read_item(struct loader *l, sqlite3_stmt *s, bool is_update)
{
	struct line *line;
	struct edition_item *item;

	ARRAY_GROW(l->lines, l->count, l->space);
	line = &l->lines[l->count++];
	memset(line, 0, sizeof(*line));
	item = &line->item;
	line->section_id = sqlite3_column_int64(s, COL_SECTION);
	line->story = sqlite3_column_int64(s, COL_STORY);
	line->importance = sqlite3_column_double(s, COL_IMPORTANCE);
	item->id = sqlite3_column_int64(s, COL_ID);
	item->title = column(l, s, COL_TITLE);
	item->url = column(l, s, COL_URL);
	item->source =
		source_name(l, column(l, s, COL_FEED_TITLE), column(l, s, COL_FEED_URL), item->url);
	item->byline = column(l, s, COL_BYLINE);
	item->language = column(l, s, COL_LANGUAGE);
	item->html =
		with_own_places(l, column(l, s, COL_HTML), column(l, s, COL_FEED_URL), item->url);
	item->excerpt = column(l, s, COL_EXCERPT);
	item->image = column(l, s, COL_IMAGE);
	read_categories(l, (const char *)sqlite3_column_text(s, COL_CATEGORIES), item);
	read_enclosures(l, (const char *)sqlite3_column_text(s, COL_ENCLOSURES), item);
	item->published_at = sqlite3_column_type(s, COL_PUBLISHED) == SQLITE_NULL
				     ? DATE_NONE
				     : sqlite3_column_int64(s, COL_PUBLISHED);
	if (item->published_at > l->edition->row.window_to) /* it says a time that had not come */
		item->published_at = DATE_NONE;
	item->arrived_at = sqlite3_column_int64(s, COL_ARRIVED);
	item->quality = sqlite3_column_double(s, COL_QUALITY);
	item->note = column(l, s, COL_REASON);
	item->is_update = is_update;
	item->is_earlier =
		item->published_at != DATE_NONE &&
		item->published_at < sqlite3_column_int64(s, COL_WINDOW_FROM) - EARLIER_S;
	item->is_gone = sqlite3_column_int(s, COL_IS_GONE);
	if (item->is_gone)
		item->words = sqlite3_column_int(s, COL_WORDS);
	if (!str_is_empty(item->html)) {
		item->words = count_words(item->html);
		item->excerpt = make_excerpt(l, item->html);
	}
	item->minutes = minutes_of(item->words);
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
	enum status status = store_statement(l->store, sql, &s);
	bool has_row = false;

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 1, l->edition->row.id);
	while ((status = store_step(l->store, s, &has_row)) == STATUS_OK && has_row)
		read_item(l, s, is_update);
	sqlite3_reset(s);
	return status;
}

/* Of notes that are facts, no sentences of the foot. */
#define FACT_KINDS "('made', 'raised', 'elsewhere')"

/* A note in the words of its section; those of older editions are English. */
static const char *note_text(struct loader *l, const struct words *words, sqlite3_stmt *s)
{
	static const struct {
		const char *kind;
		enum counted counted;
	} sentences[] = {{"backlog", COUNTED_BACKLOG}, {"dropped", COUNTED_DROPPED},
		{"unread", COUNTED_UNREAD}, {"walled", COUNTED_WALLED}, {"silent", COUNTED_SILENT}};
	const char *kind = (const char *)sqlite3_column_text(s, 1);
	const char *subject = (const char *)sqlite3_column_text(s, 2), *text;
	const char *detail = (const char *)sqlite3_column_text(s, 5);
	struct buf out = {0}, day = {0};
	size_t i;

	if (str_eq(kind, "failing") && subject) {
		words_day_of(words, l->edition->row.timezone, sqlite3_column_int64(s, 4),
			l->edition->date, &day);
		words_put_day(words, WORD_NOT_READ, subject, buf_text(&day), &out);
		words_reason(words, detail ? detail : "", &out);
	}
	if (str_eq(kind, "gap") && subject)
		words_put(words, WORD_GAP, subject, &out);
	if (str_eq(kind, "moved") && subject && detail) {
		put_host(detail, &day);
		words_put_day(words, WORD_MOVED, subject, buf_text(&day), &out);
	}
	for (i = 0; kind && i < ARRAY_LEN(sentences); i++) {
		if (!str_eq(kind, sentences[i].kind))
			continue;
		words_count(words, sentences[i].counted, sqlite3_column_int64(s, 3), &out);
		if (subject)
			buf_printf(&out, "%s%s%s", words_colon(words), subject,
				sqlite3_column_int64(s, 3) > 5 ? ", \xE2\x80\xA6" : "");
	}
	text = out.len > 0 ? arena_strdup(&l->edition->arena, out.data) : column(l, s, 0);
	buf_finish(&out);
	buf_finish(&day);
	return text;
}

/* Why articles are poor, in the words of their section. */
static void translate_notes(struct loader *l, const struct words *words, size_t from, size_t to)
{
	struct buf note = {0};

	for (; from < to; from++) {
		struct edition_item *item = &l->lines[from].item;

		if (str_is_empty(item->note))
			continue;
		buf_clear(&note);
		words_reason(words, item->note, &note);
		item->note = arena_strdup(&l->edition->arena, buf_text(&note));
	}
	buf_finish(&note);
}

/* Facts stand among the notes: which version made the edition, which rules raised its items. */
static enum status read_facts(struct loader *l)
{
	static const char sql[] =
		"SELECT kind, subject, number FROM edition_note WHERE edition_id = ?1"
		" AND kind IN " FACT_KINDS " ORDER BY number";
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(l->store, sql, &s);
	bool has_row = false;
	size_t i;

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 1, l->edition->row.id);
	while ((status = store_step(l->store, s, &has_row)) == STATUS_OK && has_row) {
		if (str_eq((const char *)sqlite3_column_text(s, 0), "made")) {
			l->edition->version = column(l, s, 1);
			continue;
		}
		for (i = 0; i < l->count; i++) {
			if (l->lines[i].item.id == sqlite3_column_int64(s, 2))
				l->lines[i].item.raised_by = column(l, s, 1);
		}
	}
	sqlite3_reset(s);
	return status;
}

/* section_id 0: notes of all sections. */
static enum status read_notes(struct loader *l, int64_t section_id, const char *language,
	const char *const **notes, size_t *count)
{
	static const char sql[] = "SELECT text, kind, subject, number, at, detail FROM edition_note"
				  " WHERE edition_id = ?1 AND coalesce(section_id, 0) = ?2"
				  " AND coalesce(kind, '') NOT IN " FACT_KINDS " ORDER BY position";
	const struct words *words = words_find(language);
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(l->store, sql, &s);
	const char **list = NULL, **kept;
	size_t space = 0;
	bool has_row = false;

	*count = 0;
	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 1, l->edition->row.id);
	sqlite3_bind_int64(s, 2, section_id);
	while ((status = store_step(l->store, s, &has_row)) == STATUS_OK && has_row) {
		ARRAY_GROW(list, *count, space);
		list[(*count)++] = note_text(l, words, s);
	}
	sqlite3_reset(s);
	kept = arena_calloc(&l->edition->arena, *count + 1, sizeof(*kept));
	if (*count)
		memcpy(kept, list, *count * sizeof(*kept));
	*notes = kept;
	free(list);
	return status;
}

#define HAS_SECTION                                                                      \
	" AND (?2 = 0 OR EXISTS (SELECT 1 FROM edition_item p WHERE p.edition_id = e.id" \
	" AND p.section_id = ?2) OR EXISTS (SELECT 1 FROM edition_update u WHERE"        \
	" u.edition_id = e.id AND u.section_id = ?2)) ORDER BY e.id "

/* The kept editions around this one that printed something in a section; 0: in any, or nothing. */
static enum status read_neighbour(
	struct loader *l, bool is_next, int64_t section_id, const char **name, int64_t *id)
{
	static const char before[] = "SELECT e.name, e.id FROM edition e WHERE e.id < ?1"
				     " AND e.state = 'kept'" HAS_SECTION "DESC LIMIT 1";
	static const char after[] = "SELECT e.name, e.id FROM edition e WHERE e.id > ?1"
				    " AND e.state = 'kept'" HAS_SECTION "LIMIT 1";
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(l->store, is_next ? after : before, &s);
	bool has_row = false;

	*name = NULL;
	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 1, l->edition->row.id);
	sqlite3_bind_int64(s, 2, section_id);
	status = store_step(l->store, s, &has_row);
	if (status == STATUS_OK && has_row) {
		*name = column(l, s, 0);
		if (id)
			*id = sqlite3_column_int64(s, 1);
	}
	sqlite3_reset(s);
	return status;
}

static void sum_up(struct edition_section *section)
{
	size_t i, j;

	for (i = 0; i < section->story_count; i++) {
		const struct edition_item *item = &section->stories[i].items[0];
		size_t k;

		section->item_count += section->stories[i].item_count;
		section->words += item->words;
		for (k = 0; k < section->stories[i].item_count; k++) {
			const char *source = section->stories[i].items[k].source;
			bool is_known = false;

			for (j = 0; j <= i && !is_known; j++) {
				size_t m, end = j < i ? section->stories[j].item_count : k;

				for (m = 0; m < end && !is_known; m++)
					is_known =
						str_eq(section->stories[j].items[m].source, source);
			}
			section->source_count += !is_known;
		}
	}
	section->minutes = minutes_of(section->words);
}

/* The stories of one section out of its lines, which stand together in print order. */
static void make_stories(struct loader *l, struct edition_section *section, size_t from, size_t to)
{
	struct arena *arena = &l->edition->arena;
	struct edition_item *items = arena_calloc(arena, to - from + 1, sizeof(*items));
	struct edition_story *stories = arena_calloc(arena, to - from + 1, sizeof(*stories));
	size_t i;

	for (i = from; i < to; i++) {
		const struct line *line = &l->lines[i], *before = i > from ? line - 1 : NULL;

		items[i - from] = line->item;
		if (!before || line->item.is_update || before->item.is_update ||
			before->story != line->story) {
			stories[section->story_count].items = &items[i - from];
			stories[section->story_count++].importance = line->importance;
		}
		stories[section->story_count - 1].item_count++;
	}
	section->stories = stories;
	sum_up(section);
}

static void count_gone(struct loader *l, struct edition_section *section)
{
	size_t i, j;

	for (i = 0; i < section->story_count; i++) {
		for (j = 0; j < section->stories[i].item_count; j++)
			section->gone_count += section->stories[i].items[j].is_gone;
	}
	l->edition->gone_count += section->gone_count;
}

/* A section's notes in a language, with one more where the store has not all its texts any more. */
static enum status note_section(struct loader *l, struct edition_section *section,
	const char *language, const char *const **notes)
{
	struct buf text = {0};
	const char **more;
	enum status status = read_notes(l, section->id, language, notes, &section->note_count);

	if (status != STATUS_OK || section->gone_count == 0)
		return status;
	words_count(words_find(language), COUNTED_GONE, (int64_t)section->gone_count, &text);
	more = arena_calloc(&l->edition->arena, section->note_count + 1, sizeof(*more));
	if (section->note_count)
		memcpy(more, *notes, section->note_count * sizeof(*more));
	more[section->note_count++] = arena_strdup(&l->edition->arena, buf_text(&text));
	*notes = more;
	buf_finish(&text);
	return STATUS_OK;
}

static const struct config_section *configured(const struct config *config, const char *slug)
{
	size_t i;

	for (i = 0; i < config->section_count; i++) {
		if (str_eq(config->sections[i].slug, slug))
			return &config->sections[i];
	}
	return NULL;
}

static enum status fill_section(struct loader *l, struct edition_section *section)
{
	const struct config_section *config = configured(l->config, section->slug);
	size_t from = 0, to;
	enum status status;

	section->language = config && config->language ? config->language : l->config->language;
	section->print = config ? config->print : PRINT_FULL;
	while (from < l->count && l->lines[from].section_id != section->id)
		from++;
	for (to = from; to < l->count && l->lines[to].section_id == section->id; to++)
		continue;
	translate_notes(l, words_find(section->language), from, to);
	make_stories(l, section, from, to);
	if (section->id == 0)
		return STATUS_OK;
	count_gone(l, section);
	status = note_section(l, section, section->language, &section->notes);
	if (status == STATUS_OK)
		status = note_section(l, section, l->config->language, &section->front_notes);
	if (status == STATUS_OK)
		status = read_neighbour(
			l, false, section->id, &section->previous, &section->previous_id);
	/* Who comes after a page on which nothing stands is not told it later. */
	if (status == STATUS_OK && section->story_count > 0)
		status = read_neighbour(l, true, section->id, &section->next, NULL);
	return status == STATUS_OK ? elsewhere_load(l->store, l->edition, section) : status;
}

/* Lines of one section stand together, news before updates; the sort keeps their order. */
static void gather(struct loader *l)
{
	struct line *sorted = xreallocarray(NULL, l->count + 1, sizeof(*sorted));
	bool *is_taken = xcalloc(l->count + 1, sizeof(*is_taken));
	size_t i, j, n = 0;

	for (i = 0; i < l->count; i++) {
		if (is_taken[i])
			continue;
		for (j = i; j < l->count; j++) {
			if (l->lines[j].section_id != l->lines[i].section_id || is_taken[j])
				continue;
			is_taken[j] = true;
			sorted[n++] = l->lines[j];
		}
	}
	free(is_taken);
	free(l->lines);
	l->lines = sorted;
}

static void add_section(struct edition_section **sections, size_t *count, size_t *space, int64_t id,
	const char *title, const char *slug)
{
	struct edition_section *section;

	ARRAY_GROW(*sections, *count, *space);
	section = &(*sections)[(*count)++];
	memset(section, 0, sizeof(*section));
	section->id = id;
	section->title = title;
	section->slug = slug;
}

static bool has_lines(const struct loader *l, int64_t section_id)
{
	size_t i;

	for (i = 0; i < l->count; i++) {
		if (l->lines[i].section_id == section_id)
			return true;
	}
	return false;
}

static int section_place(const struct config *config, const char *slug)
{
	size_t i;

	for (i = 0; i < config->section_count; i++) {
		if (str_eq(config->sections[i].slug, slug))
			return (int)i;
	}
	return INT32_MAX;
}

/* Those of the configuration in its order, then the others that have something. */
static enum status list_sections(
	struct loader *l, struct edition_section **sections, size_t *count, size_t *space)
{
	static const char sql[] =
		"SELECT s.id, s.title, s.slug, part.window_from FROM section s"
		" LEFT JOIN edition_section part ON part.edition_id = ?1 AND part.section_id = s.id"
		" ORDER BY s.position, s.id";
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(l->store, sql, &s);
	struct edition_section moved;
	bool has_row = false;
	size_t i, j;

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 1, l->edition->row.id);
	while ((status = store_step(l->store, s, &has_row)) == STATUS_OK && has_row) {
		int64_t id = sqlite3_column_int64(s, 0);
		const char *slug = (const char *)sqlite3_column_text(s, 2);
		bool is_part = sqlite3_column_type(s, 3) != SQLITE_NULL;

		if (!has_lines(l, id) &&
			!(is_part && l->config->prints_empty && configured(l->config, slug)))
			continue;
		add_section(sections, count, space, id, column(l, s, 1), column(l, s, 2));
		(*sections)[*count - 1].window_from =
			is_part ? sqlite3_column_int64(s, 3) : l->edition->row.window_from;
	}
	sqlite3_reset(s);
	for (i = 1; i < *count; i++) { /* few, and nearly in order */
		moved = (*sections)[i];
		for (j = i; j > 0 && section_place(l->config, (*sections)[j - 1].slug) >
					     section_place(l->config, moved.slug);
			j--)
			(*sections)[j] = (*sections)[j - 1];
		(*sections)[j] = moved;
	}
	return status;
}

static enum status load_sections(struct loader *l)
{
	struct edition_section *sections = NULL, *kept;
	size_t count = 0, space = 0, i;
	enum status status = list_sections(l, &sections, &count, &space);

	for (i = 0; status == STATUS_OK && i < count; i++)
		status = fill_section(l, &sections[i]);
	kept = arena_calloc(&l->edition->arena, count + 1, sizeof(*kept));
	if (count)
		memcpy(kept, sections, count * sizeof(*kept));
	l->edition->sections = kept;
	l->edition->section_count = count;
	free(sections);
	return status;
}

/* Those that were there when the edition closed: what comes later does not change it. */
static enum status read_images(struct loader *l)
{
	static const char sql[] =
		"SELECT DISTINCT m.url, m.hash, m.extension, m.width, m.height FROM item_image p"
		" JOIN image m ON m.url = p.url WHERE m.state = 'stored' AND m.stored_at <= ?2"
		" AND p.item_id IN (SELECT item_id FROM edition_item WHERE edition_id = ?1"
		" UNION SELECT item_id FROM edition_update WHERE edition_id = ?1) ORDER BY m.url";
	struct edition *edition = l->edition;
	struct edition_image *list = NULL, *kept;
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(l->store, sql, &s);
	size_t space = 0;
	bool has_row = false;

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_int64(s, 1, edition->row.id);
	sqlite3_bind_int64(s, 2, edition->row.window_to);
	while ((status = store_step(l->store, s, &has_row)) == STATUS_OK && has_row) {
		const char *hash = (const char *)sqlite3_column_text(s, 1);

		ARRAY_GROW(list, edition->image_count, space);
		list[edition->image_count++] = (struct edition_image){
			.url = column(l, s, 0),
			.path = arena_printf(&edition->arena, "%.2s/%s.%s", hash, hash,
				(const char *)sqlite3_column_text(s, 2)),
			.width = sqlite3_column_int(s, 3),
			.height = sqlite3_column_int(s, 4),
		};
	}
	sqlite3_reset(s);
	kept = arena_calloc(&edition->arena, edition->image_count + 1, sizeof(*kept));
	if (edition->image_count)
		memcpy(kept, list, edition->image_count * sizeof(*kept));
	edition->images = kept;
	edition->images_folder = arena_printf(&edition->arena, "%s/images", l->config->digest_dir);
	free(list);
	return status;
}

static int compare_url(const void *url, const void *image)
{
	return strcmp(url, ((const struct edition_image *)image)->url);
}

const struct edition_image *edition_image_find(const struct edition *edition, const char *url)
{
	return edition->image_count == 0 ? NULL
					 : bsearch(url, edition->images, edition->image_count,
						   sizeof(*edition->images), compare_url);
}

/* A style that cannot be read does not keep an edition from being printed. */
static const char *read_style(const char *path, struct arena *arena)
{
	FILE *file = path ? fopen(path, "re") : NULL;
	char *text;
	size_t len;

	if (!file) {
		if (path)
			log_warning("style %s: cannot be read, editions have ours alone",
				log_visible(path));
		return NULL;
	}
	text = arena_alloc(arena, STYLE_BYTES + 1);
	len = fread(text, 1, STYLE_BYTES, file);
	text[len] = '\0';
	fclose(file);
	return text;
}

static enum status load_row(struct loader *l, int64_t id)
{
	struct edition *edition = l->edition;
	enum status status = edition_by_id(l->store, id, &edition->row);

	if (status != STATUS_OK)
		return status;
	edition->name = l->config->name;
	edition->language = l->config->language;
	edition->mail = &l->config->mail;
	edition->date = arena_strndup(&edition->arena, edition->row.name, strlen("2026-11-22"));
	edition->style = read_style(l->config->style, &edition->arena);
	status = read_neighbour(l, false, 0, &edition->previous, &edition->previous_id);
	return status == STATUS_OK ? read_neighbour(l, true, 0, &edition->next, NULL) : status;
}

enum status edition_load(
	struct store *store, const struct config *config, int64_t id, struct edition *edition)
{
	struct loader l = {store, config, edition, NULL, 0, 0};
	enum status status = load_row(&l, id);

	if (status == STATUS_OK)
		status = read_items(&l, ITEMS, false);
	if (status == STATUS_OK)
		status = read_items(&l, UPDATES, true);
	if (status == STATUS_OK)
		status = read_all_changes(&l);
	if (status == STATUS_OK)
		status = read_facts(&l);
	if (status == STATUS_OK)
		status = read_images(&l);
	if (status == STATUS_OK) {
		gather(&l);
		status = load_sections(&l);
	}
	if (status == STATUS_OK)
		status =
			read_notes(&l, 0, edition->language, &edition->notes, &edition->note_count);
	free(l.lines);
	return status;
}
