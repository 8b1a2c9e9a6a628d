#include "parse/feed_build.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "core/utf8.h"
#include "parse/clean.h"
#include "parse/clean_attr.h"
#include "parse/text.h"

#include <stdlib.h>
#include <string.h>

/* Announcements reach some years ahead; what is further is a mistyped year. */
enum { FUTURE_S = 20 * 366 * 86400, SHOWN_BYTES = 40 };

void build_init(struct feed_build *b, struct feed_doc *doc, const char *base_url)
{
	memset(b, 0, sizeof(*b));
	b->doc = doc;
	b->arena = &doc->arena;
	b->base_url = base_url;
	b->warned_line = 1;
	b->now = clock_now();
	b->sy_frequency = 1;
}

static void *moved(struct feed_build *b, const void *array, size_t count, size_t size)
{
	void *copy;

	if (count == 0)
		return NULL;
	copy = arena_alloc(b->arena, count * size);
	memcpy(copy, array, count * size);
	return copy;
}

static void free_lists(struct feed_lists *lists)
{
	free(lists->authors);
	free(lists->categories);
	free(lists->enclosures);
	memset(lists, 0, sizeof(*lists));
}

static int compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x < y) - (x > y);
}

static int64_t time_of(const struct feed_entry *entry)
{
	return entry->published != DATE_NONE ? entry->published : entry->updated;
}

/*
 * Keep the LIMIT_FEED_ENTRIES newest, in their order. Of those without a date, and of equally old
 * ones, the first: feeds list the newest first.
 */
static void prune(struct feed_build *b)
{
	int64_t *times, oldest;
	size_t i, kept = 0, equal = 0;

	if (b->entry_count <= LIMIT_FEED_ENTRIES)
		return;
	times = xcalloc(b->entry_count, sizeof(*times));
	for (i = 0; i < b->entry_count; i++)
		times[i] = time_of(&b->entries[i]);
	qsort(times, b->entry_count, sizeof(*times), compare_times);
	oldest = times[LIMIT_FEED_ENTRIES - 1];
	for (i = 0; i < LIMIT_FEED_ENTRIES; i++)
		equal += times[i] == oldest;
	for (i = 0; i < b->entry_count; i++) {
		int64_t time_s = time_of(&b->entries[i]);

		if (time_s < oldest || (time_s == oldest && equal == 0))
			continue;
		equal -= time_s == oldest;
		b->entries[kept++] = b->entries[i];
	}
	free(times);
	b->dropped += b->entry_count - kept;
	b->entry_count = kept;
}

void build_finish(struct feed_build *b)
{
	struct feed_doc *doc = b->doc;
	struct feed_lists *lists = &b->feed_lists;

	prune(b);
	if (b->dropped > 0) {
		ARRAY_GROW(b->warnings, b->warning_count, b->warning_space);
		b->warnings[b->warning_count++] =
			arena_printf(b->arena, "%zu entries are too many: the newest %d are kept",
				b->entry_count + b->dropped, LIMIT_FEED_ENTRIES);
	}
	if (b->sy_period_s > 0)
		doc->update_period_s = b->sy_period_s / b->sy_frequency;
	doc->entries = moved(b, b->entries, b->entry_count, sizeof(*b->entries));
	doc->entry_count = b->entry_count;
	doc->authors = moved(b, lists->authors, lists->author_count, sizeof(*lists->authors));
	doc->author_count = lists->author_count;
	doc->categories =
		moved(b, lists->categories, lists->category_count, sizeof(*lists->categories));
	doc->category_count = lists->category_count;
	doc->warnings = moved(b, b->warnings, b->warning_count, sizeof(*b->warnings));
	doc->warning_count = b->warning_count;
	free(b->entries);
	free(b->warnings);
	free_lists(&b->feed_lists);
	free_lists(&b->entry_lists);
	arena_finish(&b->tree);
	buf_finish(&b->text);
	buf_finish(&b->html);
	buf_finish(&b->url);
}

/* Warnings come in the order of the document, so lines are counted once. */
static size_t line_at(struct feed_build *b, size_t at)
{
	const char *p = b->source + b->warned_at, *end = b->source + at;

	if (at < b->warned_at)
		return b->warned_line;
	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		b->warned_line++;
		p++;
	}
	b->warned_at = at;
	return b->warned_line;
}

void build_warn(struct feed_build *b, size_t at, const char *what)
{
	const char *text;

	if (b->warning_count + 1 >= LIMIT_FEED_WARNINGS)
		return;
	text = b->source ? arena_printf(b->arena, "line %zu: %s", line_at(b, at), what)
			 : arena_strdup(b->arena, what);
	ARRAY_GROW(b->warnings, b->warning_count, b->warning_space);
	b->warnings[b->warning_count++] = text;
}

void build_begin_entry(struct feed_build *b)
{
	memset(&b->draft, 0, sizeof(b->draft));
	memset(b->entry_ranks, 0, sizeof(b->entry_ranks));
	b->draft.published = b->draft.updated = DATE_NONE;
	b->entry_lists.author_count = b->entry_lists.own_author_count = 0;
	b->entry_lists.category_count = 0;
	b->entry_lists.enclosure_count = b->entry_lists.own_enclosure_count = 0;
	b->entry = &b->draft;
}

void build_end_entry(struct feed_build *b)
{
	struct feed_lists *lists = &b->entry_lists;
	struct feed_entry *entry = &b->draft;

	entry->authors = moved(b, lists->authors, lists->author_count, sizeof(*lists->authors));
	entry->author_count = lists->author_count;
	entry->categories =
		moved(b, lists->categories, lists->category_count, sizeof(*lists->categories));
	entry->category_count = lists->category_count;
	entry->enclosures =
		moved(b, lists->enclosures, lists->enclosure_count, sizeof(*lists->enclosures));
	entry->enclosure_count = lists->enclosure_count;
	if (b->entry_count >= 2 * (size_t)LIMIT_FEED_ENTRIES)
		prune(b);
	ARRAY_GROW(b->entries, b->entry_count, b->entry_space);
	b->entries[b->entry_count++] = *entry;
	b->entry = NULL;
}

bool build_takes(struct feed_build *b, enum feed_field field, int rank)
{
	unsigned char *ranks = b->entry ? b->entry_ranks : b->feed_ranks;

	if (rank <= ranks[field])
		return false;
	ranks[field] = (unsigned char)rank;
	return true;
}

static const char **text_field(struct feed_build *b, enum feed_field field)
{
	struct feed_entry *e = b->entry;
	struct feed_doc *d = b->doc;

	switch (field) {
	case FIELD_TITLE: return e ? &e->title : &d->title;
	case FIELD_URL: return e ? &e->url : &d->url;
	case FIELD_ID: return e ? &e->id : NULL;
	case FIELD_SUMMARY: return e ? &e->summary : &d->description;
	case FIELD_CONTENT: return e ? &e->content : NULL;
	case FIELD_COMMENTS: return e ? &e->comments : NULL;
	case FIELD_IMAGE: return e ? &e->image : &d->image;
	case FIELD_ICON: return e ? NULL : &d->icon;
	case FIELD_LANGUAGE: return e ? &e->language : &d->language;
	case FIELD_SELF: return e ? NULL : &d->self;
	case FIELD_NEXT: return e ? NULL : &d->next;
	default: return NULL;
	}
}

void build_set(struct feed_build *b, enum feed_field field, int rank, const char *value)
{
	const char **to = text_field(b, field);

	if (to && !str_is_empty(value) && build_takes(b, field, rank))
		*to = value;
}

void build_set_date(struct feed_build *b, enum feed_field field, int rank, const char *text)
{
	int64_t time_s = date_parse(text, NULL);
	const char *shown;

	if (time_s == DATE_NONE) {
		shown = build_plain(b, text, utf8_cut(text, strlen(text), SHOWN_BYTES));
		if (shown)
			build_warn(b, b->at, arena_printf(b->arena, "no date: %s", shown));
		return;
	}
	if (time_s > b->now + FUTURE_S) {
		build_warn(b, b->at, "a date of the far future, left out");
		return;
	}
	if (!build_takes(b, field, rank))
		return;
	if (!b->entry)
		b->doc->updated = time_s;
	else if (field == FIELD_PUBLISHED)
		b->entry->published = time_s;
	else
		b->entry->updated = time_s;
}

static struct feed_lists *lists_of(struct feed_build *b)
{
	return b->entry ? &b->entry_lists : &b->feed_lists;
}

static bool is_same_author(const struct doc_author *a, const struct doc_author *b)
{
	return str_eq(a->name, b->name) && (!b->email || str_eq(a->email, b->email)) &&
	       (!b->url || str_eq(a->url, b->url));
}

void build_add_author(
	struct feed_build *b, int rank, const char *name, const char *email, const char *url)
{
	struct feed_lists *lists = lists_of(b);
	unsigned char *ranks = b->entry ? b->entry_ranks : b->feed_ranks;
	struct doc_author author = {name, email, url};
	size_t i, at;

	if (!name && !email && !url)
		return;
	if (lists->author_count >= LIMIT_LIST)
		return;
	if (rank < RANK_GUEST && rank < ranks[FIELD_AUTHORS])
		return;
	if (rank > ranks[FIELD_AUTHORS] && ranks[FIELD_AUTHORS] < RANK_GUEST)
		lists->author_count = lists->own_author_count = 0;
	if (rank > ranks[FIELD_AUTHORS])
		ranks[FIELD_AUTHORS] = (unsigned char)rank;
	for (i = 0; i < lists->author_count; i++) {
		if (is_same_author(&lists->authors[i], &author))
			return;
	}
	ARRAY_GROW(lists->authors, lists->author_count, lists->author_space);
	at = lists->author_count++;
	if (rank >= RANK_OWN) {
		at = lists->own_author_count++;
		memmove(lists->authors + at + 1, lists->authors + at,
			(lists->author_count - 1 - at) * sizeof(author));
	}
	lists->authors[at] = author;
}

void build_add_category(struct feed_build *b, const char *text)
{
	struct feed_lists *lists = lists_of(b);
	size_t i;

	if (!text || lists->category_count >= LIMIT_LIST)
		return;
	for (i = 0; i < lists->category_count; i++) {
		if (str_eq(lists->categories[i], text))
			return;
	}
	ARRAY_GROW(lists->categories, lists->category_count, lists->category_space);
	lists->categories[lists->category_count++] = text;
}

void build_add_enclosure(
	struct feed_build *b, int rank, const char *url, const char *type, const char *length)
{
	struct feed_lists *lists = lists_of(b);
	struct doc_enclosure enclosure = {url, type && *type ? type : NULL, -1};
	uint64_t bytes;
	size_t i, at;

	if (!url || !b->entry || lists->enclosure_count >= LIMIT_LIST)
		return;
	if (length && str_to_u64(length, INT64_MAX, &bytes))
		enclosure.length = (int64_t)bytes;
	for (i = 0; i < lists->enclosure_count; i++) {
		if (!str_eq(lists->enclosures[i].url, url))
			continue;
		if (rank < RANK_OWN || i < lists->own_enclosure_count)
			return;
		/* media:content said it before: it moves to the front */
		memmove(lists->enclosures + i, lists->enclosures + i + 1,
			(--lists->enclosure_count - i) * sizeof(enclosure));
		break;
	}
	ARRAY_GROW(lists->enclosures, lists->enclosure_count, lists->enclosure_space);
	at = lists->enclosure_count++;
	if (rank >= RANK_OWN) {
		at = lists->own_enclosure_count++;
		memmove(lists->enclosures + at + 1, lists->enclosures + at,
			(lists->enclosure_count - 1 - at) * sizeof(enclosure));
	}
	lists->enclosures[at] = enclosure;
}

/* Collapsed text in the arena, cut at the limit of a title; NULL: empty. */
static const char *kept_title(struct feed_build *b, const struct buf *text)
{
	size_t len = text->len;

	if (len > LIMIT_TITLE_BYTES)
		len = utf8_cut(text->data, len, LIMIT_TITLE_BYTES);
	while (len > 0 && text->data[len - 1] == ' ') /* where it was cut */
		len--;
	return len > 0 ? arena_strndup(b->arena, text->data, len) : NULL;
}

/* No title needs more of its source than this; the rest is not looked at. */
static size_t title_source(const char *text, size_t len)
{
	enum { SOURCE_BYTES = 16 * LIMIT_TITLE_BYTES };

	return len > SOURCE_BYTES ? utf8_cut(text, len, SOURCE_BYTES) : len;
}

const char *build_plain(struct feed_build *b, const char *text, size_t len)
{
	buf_clear(&b->url);
	text_plain(text, title_source(text, len), &b->url);
	return kept_title(b, &b->url);
}

const char *build_plain_html(struct feed_build *b, const char *html, size_t len)
{
	buf_clear(&b->url);
	text_from_html(html, title_source(html, len), &b->url);
	return kept_title(b, &b->url);
}

static const char *kept_html(struct feed_build *b, struct buf *html)
{
	char *text = (char *)html->data, *end;

	if (html->len == 0)
		return NULL;
	end = text + html->len;
	while (text < end && str_is_space(*text))
		text++;
	while (end > text && str_is_space(end[-1]))
		end--;
	return end > text ? arena_strndup(b->arena, text, (size_t)(end - text)) : NULL;
}

const char *build_html(struct feed_build *b, const char *html, size_t len, const char *base)
{
	if (len > LIMIT_HTML_BYTES) {
		len = utf8_cut(html, len, LIMIT_HTML_BYTES);
		build_warn(b, b->at, "the text of an entry is too long and was cut");
	}
	buf_clear(&b->html);
	clean_html(html, len, base, &b->html);
	return kept_html(b, &b->html);
}

const char *build_escaped(struct feed_build *b, const char *text, size_t len)
{
	if (len > LIMIT_HTML_BYTES)
		len = utf8_cut(text, len, LIMIT_HTML_BYTES);
	buf_clear(&b->html);
	clean_put_escaped(&b->html, text, len, false);
	return kept_html(b, &b->html);
}

/* Control characters, as UTF-8 has them, cannot be part of a URL. */
static void drop_controls(struct buf *url)
{
	size_t i, n = 0;

	for (i = 0; i < url->len; i++) {
		unsigned char c = (unsigned char)url->data[i];

		if (c == 0xC2 && i + 1 < url->len && (unsigned char)url->data[i + 1] < 0xA0)
			i++;
		else
			url->data[n++] = (char)c;
	}
	buf_truncate(url, n);
}

const char *build_url(struct feed_build *b, const char *text, const char *base)
{
	if (!text)
		return NULL;
	while ((unsigned char)*text <= ' ' && *text)
		text++;
	if (!*text)
		return NULL;
	if (strlen(text) > LIMIT_URL_BYTES) {
		build_warn(b, b->at, "a URL is too long and was left out");
		return NULL;
	}
	buf_clear(&b->url);
	url_resolve(base, text, &b->url);
	if (b->url.len == 0 || url_is_active(buf_text(&b->url)))
		return NULL;
	drop_controls(&b->url);
	return arena_strndup(b->arena, b->url.data, b->url.len);
}
