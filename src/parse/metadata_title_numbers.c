/* Numbers about what may be a page's title, one after the other as the model has its weights. */
#include "parse/metadata_titler.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/extract_hints.h"

#include <assert.h>
#include <string.h>

enum {
	PROSE_WORDS = 20, /* of a block that is text */
	PROSE_BLOCKS = 6, /* behind a headline within which text begins */
	ABOVE_LEVELS = 4, /* elements above a headline whose names count */
	TITLE_WORDS_MAX = 25,
	HEADLINE_WORDS = 4, /* of a title that says what it is about */
	REST_WORDS_MAX = 3, /* behind it */
};

static bool has_word(const char *folded, const char *word, size_t len)
{
	size_t n;

	for (; *folded; folded += n + (folded[n] == ' ')) {
		n = strcspn(folded, " ");
		if (n == len && strncmp(folded, word, len) == 0)
			return true;
	}
	return false;
}

/* Share of a's words that b has; both folded, NULL has none. */
static float overlap(const char *a, const char *b)
{
	float have = 0, count = 0;
	size_t len;

	if (!a || !b)
		return 0;
	for (; *a; a += len + (a[len] == ' ')) {
		len = strcspn(a, " ");
		have += has_word(b, a, len);
		count++;
	}
	return count > 0 ? have / count : 0;
}

static bool is_upon_prose(const struct page_blocks *blocks, size_t block)
{
	size_t i;

	for (i = block + 1; i <= block + PROSE_BLOCKS && i < blocks->block_count; i++) {
		if (blocks->blocks[i].words >= PROSE_WORDS && blocks->blocks[i].stops > 0)
			return true;
	}
	return false;
}

/* Features are filled one after the other. */
struct row {
	float *x;
	size_t count;
};

static void put(struct row *row, float value)
{
	assert(row->count < TITLE_FEATURES);
	row->x[row->count++] = value;
}

/* One for each bound that the value reaches: a weight each instead of one slope for all. */
static void put_steps(struct row *row, float value, const float *bounds, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		put(row, value >= bounds[i]);
}

static float least(float a, float b)
{
	return a < b ? a : b;
}

/* The heading itself: what is around it. Headings that nobody sees have no block. */
static void put_heading(struct row *row, const struct titler *t, const struct title *title)
{
	static const enum hint bad[] = {HINT_NAV, HINT_FOOTER, HINT_SIDE, HINT_RELATED, HINT_POPUP,
		HINT_NEWSLETTER, HINT_COMMENT, HINT_CARD, HINT_AD};
	const struct page_blocks *blocks = t->blocks;
	size_t block = BLOCK_NONE, i;
	float others = 0, above = 0;
	uint32_t hints = 0;

	if (title->heading)
		block = metadata_block(t->meta->titles[title->heading - 1].node);
	if (block >= blocks->block_count)
		block = BLOCK_NONE;
	else
		hints = block_hints(t->blocks, block, ABOVE_LEVELS);
	for (i = 0; i < ARRAY_LEN(bad); i++)
		others += (float)((hints >> bad[i]) & 1);
	for (i = 0; block != BLOCK_NONE && i < block; i++)
		above += blocks->blocks[i].words;
	put(row, block != BLOCK_NONE);
	put(row, block != BLOCK_NONE && is_upon_prose(blocks, block));
	put(row, (float)((hints >> HINT_TITLE) & 1));
	put(row, (float)((hints >> HINT_ARTICLE) & 1));
	put(row, least(others, 3));
	put(row, least((float)title->place, 4));
	put(row, above / (blocks->words + 1));
}

static float whole_sources(const struct title *title)
{
	float count = 0;
	size_t s;

	for (s = 0; s < TITLE_SOURCES; s++)
		count += title->cuts[s] >= CUT_NONE;
	return count;
}

static void keep_most(float *most, float value)
{
	if (value > *most)
		*most = value;
}

/* How many sources agree on a title, and on others. */
struct agreement {
	float own;    /* on this one */
	float folded; /* on some that differ in punctuation alone */
	float rival;  /* on any other, the most */
	float within; /* ... that holds this one */
	float holds;  /* ... that this one holds */
};

static void agree(const struct titler *t, const struct title *title, struct agreement *a)
{
	float sources;
	size_t i;

	memset(a, 0, sizeof(*a));
	a->own = whole_sources(title);
	for (i = 0; i < t->count; i++) {
		const struct title *other = &t->titles[i];

		if (other == title)
			continue;
		sources = whole_sources(other);
		keep_most(&a->rival, sources);
		if (str_eq(other->folded, title->folded))
			a->folded += sources;
		if (strstr(other->folded, title->folded))
			keep_most(&a->within, sources);
		else if (strstr(title->folded, other->folded) && strchr(other->folded, ' '))
			keep_most(&a->holds, sources);
	}
}

/* Which sources say it, and how much of what the others say it has. */
static void put_sources(struct row *row, const struct titler *t, const struct title *title)
{
	static const enum title_source compared[] = {TITLE_HEAD, TITLE_OG, TITLE_LD, TITLE_H1};
	float over, under;
	size_t s, cut;

	for (s = 0; s < TITLE_SOURCES; s++) {
		for (cut = CUT_FIRST; cut <= CUT_SITE; cut++)
			put(row, title->cuts[s] == cut);
	}
	for (s = 0; s < ARRAY_LEN(compared); s++) {
		over = overlap(title->folded, t->first[compared[s]]);
		under = overlap(t->first[compared[s]], title->folded);
		put(row, over);
		put(row, under);
		put(row, over >= 1 && under >= 1);
	}
}

static void put_agreement(struct row *row, const struct titler *t, const struct title *title)
{
	static const float counts[] = {1, 2, 3, 4};
	float over = overlap(title->folded, t->first[TITLE_HEAD]);
	float under = overlap(t->first[TITLE_HEAD], title->folded);
	bool is_h1 = title->cuts[TITLE_H1] >= CUT_NONE;
	struct agreement a;

	agree(t, title, &a);
	put_steps(row, a.own, counts, ARRAY_LEN(counts));
	put_steps(row, a.rival, counts, ARRAY_LEN(counts));
	put_steps(row, a.within, counts, ARRAY_LEN(counts));
	put_steps(row, a.holds, counts, ARRAY_LEN(counts));
	put(row, a.folded > 0);
	put(row, least(a.folded, 3));
	put(row, a.own > a.rival);
	put(row, a.own > a.rival + 1);
	/* the headline of the page against what its head says */
	put(row, is_h1 && title->place == 0);
	put(row, is_h1 && t->said[TITLE_H1] == 1);
	put(row, is_h1 && t->said[TITLE_H1] > 3);
	put(row, is_h1 && a.rival >= 3);
	put(row, is_h1 && a.rival >= 3 && a.own <= 1);
	put(row, is_h1 && a.own >= 2);
	put(row, is_h1 && over < 0.3f && under < 0.3f);
	put(row, is_h1 && over >= 1);
	put(row, is_h1 && under >= 1);
}

/* What was cut off: words of the host's name speak for a site's name. */
static void put_rest(struct row *row, const struct titler *t, const struct title *title)
{
	float words = 0, hosts = 0, said = 0;
	char *word, *next;
	size_t s;

	for (s = 0; title->rest && s < TITLE_SOURCES; s++)
		said += t->first[s] && strstr(t->first[s], title->rest);
	word = arena_strdup(t->arena, title->rest ? title->rest : "");
	for (word = strtok_r(word, " ", &next); word; word = strtok_r(NULL, " ", &next)) {
		words++;
		hosts += t->host && strstr(t->host, word) != NULL;
	}
	put(row, words == 0);
	put(row, words == 1);
	put(row, words > 1 && words <= 3);
	put(row, words > 5);
	put(row, hosts * 2 > words);
	put(row, said >= 2);
	put(row, said >= 3);
}

static void put_text(struct row *row, const struct titler *t, const struct title *title)
{
	static const float words[] = {2, 3, 4, 12, 18, 25}, bytes[] = {80, 120};
	const char *text = title->text;

	put_steps(row, (float)title_count_words(title->folded), words, ARRAY_LEN(words));
	put_steps(row, (float)strlen(text), bytes, ARRAY_LEN(bytes));
	put(row, site_is_named(&t->site, text));
	put(row, site_strip(&t->site, text) != text);
	put(row, title_is_upper(text));
	put(row, strstr(text, " | ") != NULL);
	put(row, strstr(title->key, " - ") != NULL);
	put(row, strchr(text, ':') != NULL);
	put(row, overlap(title->folded, t->slug));
	put(row, title_count_words(t->slug) > 2 ? overlap(t->slug, title->folded) : 0);
}

/* A headline of several parts that stands in <title> as it is, and what a cut leaves of it. */
static void put_parts(struct row *row, const struct titler *t, const struct title *title)
{
	const char *head = t->first[TITLE_HEAD], *h1 = t->first[TITLE_H1];
	bool has_whole = head && h1 && strstr(head, h1) && title->rest;
	bool is_whole = title->cuts[TITLE_H1] >= CUT_NONE;

	put(row, head && is_whole && strstr(head, title->folded) &&
			 title_last_separator(title->text, &(size_t){0}));
	put(row, has_whole && !is_whole && strstr(h1, title->folded));
}

/* Metadata says it whole; <title> does not count, it names the site as often. */
static bool is_backed(const struct title *title)
{
	size_t s;

	for (s = TITLE_OG; s <= TITLE_ITEM; s++) {
		if (title->cuts[s] >= CUT_NONE)
			return true;
	}
	return false;
}

/* Somebody but <title> says the other part of it whole. */
static bool is_rest_said(const struct titler *t, const struct title *title)
{
	size_t i, s;

	for (i = 0; title->rest && i < t->count; i++) {
		if (!str_eq(t->titles[i].folded, title->rest) || t->titles[i].is_logo ||
			site_is_named(&t->site, t->titles[i].text))
			continue;
		for (s = TITLE_OG; s < TITLE_SOURCES; s++) {
			if (t->titles[i].cuts[s] >= CUT_NONE && s != TITLE_CRUMB)
				return true;
		}
	}
	return false;
}

size_t title_cut_length(const char *title)
{
	static const char *const ends[] = {"[\xE2\x80\xA6]", "[...]", "\xE2\x80\xA6", "..."};
	size_t i;

	for (i = 0; i < ARRAY_LEN(ends); i++) {
		if (str_ends(title, ends[i]))
			return strlen(title) - strlen(ends[i]);
	}
	return 0;
}

/* Another one begins as it does, which was cut short, and goes on. */
static bool is_cut_short(const struct titler *t, const struct title *title)
{
	const char *begin;
	size_t len = title_cut_length(title->text), i;

	if (len == 0)
		return false;
	begin = title_fold(t->arena, arena_strndup(t->arena, title->text, len));
	for (i = 0; i < t->count && title_count_words(begin) > 2; i++) {
		/* with the dots and the site's name behind them it is cut as short */
		if (str_starts(t->titles[i].folded, begin) &&
			!str_starts(t->titles[i].key, title->key))
			return true;
	}
	return false;
}

/* JSON-LD and the headline begin it, and end where it has one part more: "... - Issue 118 - the
 * project". */
static bool is_drawn_out(const struct titler *t, const struct title *title)
{
	size_t i, len;

	if (title->cuts[TITLE_LD] >= CUT_NONE || title->cuts[TITLE_ITEM] >= CUT_NONE ||
		title->cuts[TITLE_H1] >= CUT_NONE)
		return false;
	for (i = 0; i < t->count; i++) {
		const struct title *other = &t->titles[i];

		len = strlen(other->folded);
		if (other != title && other->cuts[TITLE_LD] >= CUT_NONE &&
			other->cuts[TITLE_H1] >= CUT_NONE && title_count_words(other->folded) > 2 &&
			str_starts(title->folded, other->folded) && title->folded[len] == ' ')
			return true;
	}
	return false;
}

/*
 * A heading that goes on by a word or three behind what <title> and metadata say whole: a count, a
 * host's name, a label in the same element.
 */
static bool is_overfull(const struct titler *t, const struct title *title)
{
	size_t i, s, len;

	if (title->cuts[TITLE_H1] < CUT_NONE || title->cuts[TITLE_HEAD] >= CUT_NONE)
		return false;
	for (s = TITLE_OG; s <= TITLE_LD; s++) { /* microdata may be the heading's own */
		if (title->cuts[s] >= CUT_NONE)
			return false;
	}
	for (i = 0; i < t->count; i++) {
		const struct title *other = &t->titles[i];

		len = strlen(other->folded);
		if (other->cuts[TITLE_HEAD] >= CUT_NONE && is_backed(other) &&
			title_count_words(other->folded) >= HEADLINE_WORDS &&
			title_cut_length(other->text) == 0 &&
			str_starts(title->folded, other->folded) && title->folded[len] == ' ' &&
			title_count_words(title->folded + len + 1) <= REST_WORDS_MAX)
			return true;
	}
	return false;
}

/* "What it is | Section | Site", of which another heading says the first part alone. */
static bool is_path(const struct titler *t, const struct title *title)
{
	const char *bar = strstr(title->text, " | ");
	const char *first = bar ? title_fold(t->arena, arena_strndup(t->arena, title->text,
							       (size_t)(bar - title->text)))
				: NULL;
	size_t i;

	for (i = 0; bar && i < t->count; i++) {
		const struct title *other = &t->titles[i];

		if (str_eq(other->folded, first) &&
			(other->cuts[TITLE_H1] >= CUT_NONE || other->cuts[TITLE_H2] >= CUT_NONE))
			return true;
	}
	return false;
}

/* A text in a heading rather than a headline; nothing else says it. */
static bool is_text(const struct title *title)
{
	return title_count_words(title->folded) > TITLE_WORDS_MAX && !is_backed(title) &&
	       title->cuts[TITLE_HEAD] < CUT_NONE;
}

/*
 * What stands on many pages of a site rather than for this one: a heading above the article or that
 * leads to the front page, the section, the part of <title> whose other part is the headline.
 */
static bool is_sign(const struct titler *t, const struct title *title)
{
	bool is_heading = title->cuts[TITLE_H1] >= CUT_NONE || title->cuts[TITLE_H2] >= CUT_NONE;

	if (is_cut_short(t, title) || is_text(title) || is_drawn_out(t, title) ||
		is_overfull(t, title) || is_path(t, title))
		return true;
	if (is_backed(title) || title->is_in_main)
		return false;
	/* nor is what is left of a headline whose beginning was cut off at a guess */
	return title->is_logo ||
	       (title->cuts[TITLE_H1] == CUT_FIRST && whole_sources(title) == 0) ||
	       is_rest_said(t, title) ||
	       (is_heading && t->has_main && title->cuts[TITLE_HEAD] < CUT_NONE) ||
	       str_ieq(title->text, t->meta->crumb_section);
}

void title_fill(const struct titler *t, const struct title *title, float *x)
{
	struct row row = {.x = x};

	put_sources(&row, t, title);
	put_agreement(&row, t, title);
	put_text(&row, t, title);
	put_heading(&row, t, title);
	put_rest(&row, t, title);
	put_parts(&row, t, title);
	put(&row, is_sign(t, title));
	assert(row.count == TITLE_FEATURES);
}
