/* The lists of a feed and an entry: who, what about, which files. Each says a thing once. */
#include "parse/feed_build.h"

#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"

#include <string.h>

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
