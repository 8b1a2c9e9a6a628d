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
	free(lists->details);
	free(lists->enclosures);
	free(lists->credits);
	free(lists->images);
	free(lists->transcripts);
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
	b->floor = oldest;
	b->has_floor = true;
}

/* The lists that a feed and an entry both have. */
#define MOVE_LISTS(b, to, lists)                                                                 \
	do {                                                                                     \
		MOVE_LIST(b, to, authors, author_count, lists, authors, author_count);           \
		MOVE_LIST(b, to, categories, category_count, lists, categories, category_count); \
		MOVE_LIST(b, to, category_details, category_detail_count, lists, details,        \
			detail_count);                                                           \
		MOVE_LIST(b, to, credits, credit_count, lists, credits, credit_count);           \
	} while (0)
#define MOVE_LIST(b, to, list, count, lists, from, from_count)                                     \
	do {                                                                                       \
		(to)->list = moved(b, (lists)->from, (lists)->from_count, sizeof(*(lists)->from)); \
		(to)->count = (lists)->from_count;                                                 \
	} while (0)

void build_finish(struct feed_build *b)
{
	struct feed_doc *doc = b->doc;

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
	MOVE_LISTS(b, doc, &b->feed_lists);
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
	struct feed_lists *lists = &b->entry_lists;

	memset(&b->draft, 0, sizeof(b->draft));
	memset(b->entry_ranks, 0, sizeof(b->entry_ranks));
	b->draft.published = b->draft.updated = DATE_NONE;
	b->draft.comment_count = -1;
	lists->author_count = lists->own_author_count = 0;
	lists->category_count = lists->detail_count = 0;
	lists->enclosure_count = lists->own_enclosure_count = 0;
	lists->credit_count = lists->image_count = lists->transcript_count = 0;
	b->group = b->last_group = 0;
	b->entry = &b->draft;
}

void build_end_entry(struct feed_build *b)
{
	struct feed_lists *lists = &b->entry_lists;
	struct feed_entry *entry = &b->draft;

	b->entry = NULL;
	if (b->has_floor && time_of(entry) <= b->floor) {
		b->dropped++; /* there are enough that are newer, or as old and before it */
		return;
	}
	MOVE_LISTS(b, entry, lists);
	MOVE_LIST(b, entry, enclosures, enclosure_count, lists, enclosures, enclosure_count);
	MOVE_LIST(b, entry, images, image_count, lists, images, image_count);
	MOVE_LIST(b, entry, transcripts, transcript_count, lists, transcripts, transcript_count);
	if (b->entry_count >= 2 * (size_t)LIMIT_FEED_ENTRIES)
		prune(b);
	ARRAY_GROW(b->entries, b->entry_count, b->entry_space);
	b->entries[b->entry_count++] = *entry;
}

bool build_takes(struct feed_build *b, enum feed_field field, int rank)
{
	unsigned char *ranks = b->entry ? b->entry_ranks : b->feed_ranks;

	if (rank <= ranks[field])
		return false;
	ranks[field] = (unsigned char)rank;
	return true;
}

/* Where a text field is: in an entry, in a feed; NOWHERE: it has none. */
#define NOWHERE SIZE_MAX
#define OF_BOTH(entry, feed)                                                        \
	{                                                                           \
		offsetof(struct feed_entry, entry), offsetof(struct feed_doc, feed) \
	}
#define OF_ENTRY(entry)                                     \
	{                                                   \
		offsetof(struct feed_entry, entry), NOWHERE \
	}
#define OF_FEED(feed)                                    \
	{                                                \
		NOWHERE, offsetof(struct feed_doc, feed) \
	}
static const struct {
	size_t entry, feed;
} places[FIELD_COUNT] = {
	[FIELD_TITLE] = OF_BOTH(title, title),
	[FIELD_URL] = OF_BOTH(url, url),
	[FIELD_ID] = OF_BOTH(id, id),
	[FIELD_SUMMARY] = OF_BOTH(summary, description),
	[FIELD_CONTENT] = OF_ENTRY(content),
	[FIELD_CONTENT_URL] = OF_ENTRY(content_url),
	[FIELD_COMMENTS] = OF_ENTRY(comments),
	[FIELD_IMAGE] = OF_BOTH(image, image),
	[FIELD_ICON] = OF_FEED(icon),
	[FIELD_LANGUAGE] = OF_BOTH(language, language),
	[FIELD_SELF] = OF_FEED(self),
	[FIELD_HUB] = OF_FEED(hub),
	[FIELD_NEXT] = OF_FEED(next),
	[FIELD_PREV_ARCHIVE] = OF_FEED(prev_archive),
	[FIELD_CURRENT] = OF_FEED(current),
	[FIELD_NEW_URL] = OF_FEED(new_url),
	[FIELD_COMMENTS_FEED] = OF_ENTRY(comments_feed),
	[FIELD_REPLY_TO] = OF_ENTRY(reply_to),
	[FIELD_REPLY_TO_URL] = OF_ENTRY(reply_to_url),
	[FIELD_RIGHTS] = OF_BOTH(rights, rights),
	[FIELD_LICENSE] = OF_BOTH(license, license),
	[FIELD_GENERATOR] = OF_FEED(generator),
	[FIELD_FUNDING] = OF_FEED(funding),
	[FIELD_SEASON] = OF_ENTRY(season),
	[FIELD_EPISODE] = OF_ENTRY(episode),
	[FIELD_CHAPTERS] = OF_ENTRY(chapters),
	/* no texts */
	[FIELD_PUBLISHED] = {NOWHERE, NOWHERE},
	[FIELD_UPDATED] = {NOWHERE, NOWHERE},
	[FIELD_AUTHORS] = {NOWHERE, NOWHERE},
};

static const char **text_field(struct feed_build *b, enum feed_field field)
{
	size_t place = b->entry ? places[field].entry : places[field].feed;

	if (place == NOWHERE)
		return NULL;
	return (const char **)(b->entry ? (char *)b->entry + place : (char *)b->doc + place);
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

static void add_detail(struct feed_lists *lists, const struct doc_category *detail)
{
	size_t i;

	for (i = 0; i < lists->detail_count; i++) {
		if (str_eq(lists->details[i].name, detail->name) &&
			str_eq(lists->details[i].scheme, detail->scheme))
			return;
	}
	if (lists->detail_count >= LIMIT_LIST)
		return;
	ARRAY_GROW(lists->details, lists->detail_count, lists->detail_space);
	lists->details[lists->detail_count++] = *detail;
}

void build_add_category(
	struct feed_build *b, const char *name, const char *label, const char *scheme)
{
	struct doc_category detail = {name, str_eq(label, name) ? NULL : label, scheme};
	struct feed_lists *lists = lists_of(b);
	size_t i;

	if (!name)
		return;
	if (detail.label || detail.scheme)
		add_detail(lists, &detail);
	for (i = 0; i < lists->category_count; i++) {
		if (str_eq(lists->categories[i], name))
			return;
	}
	if (lists->category_count >= LIMIT_LIST)
		return;
	ARRAY_GROW(lists->categories, lists->category_count, lists->category_space);
	lists->categories[lists->category_count++] = name;
}

/* What one of two descriptions of a file says and the other does not. */
static void complete_enclosure(struct doc_enclosure *to, const struct doc_enclosure *from)
{
	if (!to->type)
		to->type = from->type;
	if (to->length < 0)
		to->length = from->length;
	if (!to->title)
		to->title = from->title;
	if (!to->medium)
		to->medium = from->medium;
	if (!to->language)
		to->language = from->language;
	if (to->duration_s == 0)
		to->duration_s = from->duration_s;
	if (to->width == 0)
		to->width = from->width;
	if (to->height == 0)
		to->height = from->height;
	if (to->group == 0)
		to->group = from->group;
	to->is_default |= from->is_default;
}

void build_add_enclosure(struct feed_build *b, int rank, const struct doc_enclosure *added)
{
	struct feed_lists *lists = lists_of(b);
	struct doc_enclosure enclosure = *added;
	size_t i, at;

	if (!enclosure.url || !b->entry)
		return;
	for (i = 0; i < lists->enclosure_count; i++) {
		if (!str_eq(lists->enclosures[i].url, enclosure.url))
			continue;
		if (rank < RANK_OWN || i < lists->own_enclosure_count) {
			complete_enclosure(&lists->enclosures[i], &enclosure);
			return;
		}
		/* media:content said it before: it moves to the front */
		complete_enclosure(&enclosure, &lists->enclosures[i]);
		memmove(lists->enclosures + i, lists->enclosures + i + 1,
			(--lists->enclosure_count - i) * sizeof(enclosure));
		break;
	}
	if (lists->enclosure_count >= LIMIT_LIST)
		return;
	ARRAY_GROW(lists->enclosures, lists->enclosure_count, lists->enclosure_space);
	at = lists->enclosure_count++;
	if (rank >= RANK_OWN) {
		at = lists->own_enclosure_count++;
		memmove(lists->enclosures + at + 1, lists->enclosures + at,
			(lists->enclosure_count - 1 - at) * sizeof(enclosure));
	}
	lists->enclosures[at] = enclosure;
}

void build_add_credit(struct feed_build *b, const char *name, const char *role, const char *url)
{
	struct feed_lists *lists = lists_of(b);
	struct doc_credit credit = {name, role, url};
	size_t i;

	if (!name || lists->credit_count >= LIMIT_LIST)
		return;
	for (i = 0; i < lists->credit_count; i++) {
		if (str_eq(lists->credits[i].name, name) && str_eq(lists->credits[i].role, role))
			return;
	}
	ARRAY_GROW(lists->credits, lists->credit_count, lists->credit_space);
	lists->credits[lists->credit_count++] = credit;
}

void build_add_transcript(
	struct feed_build *b, const char *url, const char *type, const char *language)
{
	struct feed_lists *lists = lists_of(b);
	struct doc_transcript transcript = {url, type, language};

	if (!url || !b->entry || lists->transcript_count >= LIMIT_LIST)
		return;
	ARRAY_GROW(lists->transcripts, lists->transcript_count, lists->transcript_space);
	lists->transcripts[lists->transcript_count++] = transcript;
}

void build_add_image(
	struct feed_build *b, int rank, const char *url, uint32_t width, uint32_t height)
{
	struct feed_lists *lists = lists_of(b);
	struct doc_image image = {url, width, height};
	size_t i;

	build_set(b, FIELD_IMAGE, rank, url);
	if (!url || !b->entry)
		return;
	for (i = 0; i < lists->image_count; i++) {
		if (!str_eq(lists->images[i].url, url))
			continue;
		if (lists->images[i].width == 0 && lists->images[i].height == 0)
			lists->images[i] = image;
		return;
	}
	if (lists->image_count >= LIMIT_LIST)
		return;
	ARRAY_GROW(lists->images, lists->image_count, lists->image_space);
	lists->images[lists->image_count++] = image;
}

int64_t build_length(const char *text)
{
	uint64_t n;

	return text && str_to_u64(text, INT64_MAX, &n) ? (int64_t)n : -1;
}

uint32_t build_pixels(const char *text)
{
	uint64_t n;

	return text && str_to_u64(text, 1000000, &n) ? (uint32_t)n : 0;
}

int64_t build_seconds(const char *text)
{
	enum { PART_MAX = 1000000 };
	int64_t total = 0, part = 0;

	for (; text && *text && *text != '.'; text++) {
		if (*text == ':') {
			total = (total + part) * 60;
			part = 0;
		} else if (str_is_digit(*text)) {
			part = part * 10 + (*text - '0');
		} else {
			return 0;
		}
		if (part > PART_MAX || total > 60 * (int64_t)PART_MAX)
			return 0;
	}
	return total + part;
}

/* Collapsed text in the arena, of max bytes at most; NULL: empty. */
static const char *kept_line(struct feed_build *b, const struct buf *text, size_t max)
{
	size_t len = text->len;

	if (len > max) {
		len = utf8_cut(text->data, len, max);
		build_warn(b, b->at, "a title or a name is too long and was cut");
	}
	while (len > 0 && text->data[len - 1] == ' ') /* where it was cut */
		len--;
	return len > 0 ? arena_strndup(b->arena, text->data, len) : NULL;
}

/* No line of max bytes needs more of its source than this; the rest is not looked at. */
static size_t line_source(const char *text, size_t len, size_t max)
{
	return len > 16 * max ? utf8_cut(text, len, 16 * max) : len;
}

static const char *plain_line(struct feed_build *b, const char *text, size_t len, size_t max)
{
	buf_clear(&b->url);
	text_plain(text, line_source(text, len, max), &b->url);
	return kept_line(b, &b->url, max);
}

const char *build_plain(struct feed_build *b, const char *text, size_t len)
{
	return plain_line(b, text, len, LIMIT_NAME_BYTES);
}

const char *build_title(struct feed_build *b, const char *text, size_t len)
{
	return plain_line(b, text, len, LIMIT_TITLE_BYTES);
}

const char *build_title_html(struct feed_build *b, const char *html, size_t len)
{
	buf_clear(&b->url);
	text_from_html(html, line_source(html, len, LIMIT_TITLE_BYTES), &b->url);
	return kept_line(b, &b->url, LIMIT_TITLE_BYTES);
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
