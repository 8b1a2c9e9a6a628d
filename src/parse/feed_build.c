#include "parse/feed_build.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"
#include "parse/feed_tail.h"

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

/* ... without what the publishing system says below each. */
static const char *own_text(struct feed_build *b, const char *html, const char *url)
{
	size_t len = html ? feed_text_length(html, url) : 0;

	return html && html[len] ? arena_strndup(b->arena, html, len) : html;
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
	entry->summary = own_text(b, entry->summary, entry->url);
	entry->content = own_text(b, entry->content, entry->url);
	MOVE_LISTS(b, entry, lists);
	MOVE_LIST(b, entry, enclosures, enclosure_count, lists, enclosures, enclosure_count);
	MOVE_LIST(b, entry, images, image_count, lists, images, image_count);
	MOVE_LIST(b, entry, transcripts, transcript_count, lists, transcripts, transcript_count);
	if (b->entry_count >= 2 * (size_t)LIMIT_FEED_ENTRIES)
		prune(b);
	ARRAY_GROW(b->entries, b->entry_count, b->entry_space);
	b->entries[b->entry_count++] = *entry;
}

/* True when a value of this rank for the field counts; it is then taken to be set. */
static bool build_takes(struct feed_build *b, enum feed_field field, int rank)
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
