#include "parse/extract_features.h"

#include "core/mem.h"
#include "core/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	FAR = 40,        /* distance of what is not there */
	NEAR_BLOCKS = 2, /* blocks before and after that are looked at */
	ABOVE_LEVELS = 4,
	CLIMB_MAX = 60, /* elements above a block that are looked at */
	WINDOW = 4,
};

/* Blocks in elements of the same signature. */
struct group {
	uint32_t signature;
	float count, words, link_words, first;
};

/* What is worked out once for a page. */
struct view {
	const struct page_blocks *page;
	const struct page_signals *signals;
	size_t body;     /* the heaviest container */
	size_t headline; /* index of a block or BLOCK_NONE */
	struct group *groups;
	size_t group_space;
	float *words_before; /* words of all blocks before each block */
	uint32_t *heading;   /* the last heading before each block */
};

static float share(float part, float whole)
{
	return whole > 0 ? part / whole : 0;
}

size_t best_element(const struct page_blocks *page, const float *scores, float threshold)
{
	float *sums = xcalloc(page->element_count, sizeof(*sums));
	size_t i, best = 0;

	for (i = 0; i < page->block_count; i++)
		sums[page->blocks[i].element] += page->blocks[i].words * (scores[i] - threshold);
	for (i = page->element_count; i-- > 1;)
		sums[page->elements[i].parent] += sums[i];
	for (i = 1; i < page->element_count; i++) {
		/* Descendants stand behind their ancestors: the last of the equal is the smallest.
		 */
		if (sums[i] >= sums[best])
			best = i;
	}
	free(sums);
	return best;
}

/* A block as a rule of thumb sees it: sentences count for, links and stray words against. */
static float crude_score(const struct block *block)
{
	if (block->words >= 10 && block->link_words * 3 < block->words)
		return 1;
	if (block->link_words * 2 > block->words)
		return -1;
	return block->words >= 4 ? 0 : -0.5f;
}

static size_t crude_body(const struct page_blocks *page)
{
	float *scores = xcalloc(page->block_count + 1, sizeof(*scores));
	size_t i, body;

	for (i = 0; i < page->block_count; i++)
		scores[i] = crude_score(&page->blocks[i]);
	body = best_element(page, scores, 0);
	free(scores);
	return body;
}

size_t headline_block(const struct page_blocks *page, const char *title)
{
	uint64_t hash = title ? text_hash(title, strlen(title)) : 0;
	size_t i, same = BLOCK_NONE, first = BLOCK_NONE;
	const struct element *element;

	for (i = 0; i < page->block_count; i++) {
		element = &page->elements[page->blocks[i].element];
		if (hash && page->blocks[i].hash == hash) {
			if (element->tag == TAG_HEADING)
				return i;
			if (same == BLOCK_NONE)
				same = i;
		}
		if (first == BLOCK_NONE && element->level == 1)
			first = i;
	}
	return first != BLOCK_NONE ? first : same;
}

static struct group *group_of(const struct view *view, uint32_t signature)
{
	size_t at = (signature * 2654435761u) & (view->group_space - 1);

	while (view->groups[at].count > 0 && view->groups[at].signature != signature)
		at = (at + 1) & (view->group_space - 1);
	view->groups[at].signature = signature;
	return &view->groups[at];
}

static void view_init(struct view *view, const struct page_blocks *page)
{
	uint32_t heading = BLOCK_NONE;
	struct group *group;
	float words = 0;
	size_t i;

	view->page = page;
	view->group_space = 64;
	while (view->group_space < page->element_count * 2)
		view->group_space *= 2;
	view->groups = xcalloc(view->group_space, sizeof(*view->groups));
	view->words_before = xcalloc(page->block_count + 1, sizeof(*view->words_before));
	view->heading = xcalloc(page->block_count + 1, sizeof(*view->heading));
	for (i = 0; i < page->block_count; i++) {
		const struct block *block = &page->blocks[i];
		const struct element *element = &page->elements[block->element];

		group = group_of(view, element->signature);
		group->count++;
		group->words += block->words;
		group->link_words += block->link_words;
		view->words_before[i] = words;
		words += block->words;
		view->heading[i] = heading;
		if (element->tag == TAG_HEADING)
			heading = (uint32_t)i;
	}
}

static void view_finish(struct view *view)
{
	free(view->groups);
	free(view->words_before);
	free(view->heading);
}

static float ending_of(const char *text, size_t len)
{
	while (len > 0 && strchr("\"')]", text[len - 1]))
		len--;
	if (len == 0)
		return 0;
	switch (text[len - 1]) {
	case '.': return 1;
	case ':': return 2;
	case '?':
	case '!': return 3;
	case (char)0x82: return 1; /* the last byte of an ideographic full stop */
	case (char)0xA6: return 4; /* ... of an ellipsis */
	default: return 0;
	}
}

static void fill_own(const struct view *view, size_t i, float *row)
{
	const struct block *block = &view->page->blocks[i];
	const struct element *element = &view->page->elements[block->element];
	const char *text = block_text(view->page, i);
	float chars = block->chars > 0 ? block->chars : 1;

	row[0] = block->words;
	row[1] = share(block->chars, block->words);
	row[2] = share(block->link_words, block->words);
	row[3] = block->stops;
	row[4] = share(block->stops, block->words);
	row[5] = share(block->commas, block->words);
	row[6] = ending_of(text, block->len);
	row[7] = *text >= 'A' && *text <= 'Z';
	row[8] = *text >= 'a' && *text <= 'z';
	row[9] = block->digits / chars;
	row[10] = block->uppers / chars;
	row[11] = block->links;
	row[12] = block->images;
	row[13] = element->tag;
	row[14] = element->level;
	row[15] = block->original != i;
	row[16] = (float)element->depth;
	row[17] = (float)(element->end_block - element->first_block);
	row[18] = strchr(text, '@') != NULL;
}

/* Tags above whose distance counts, and whether their share of the page does. */
static const struct {
	enum tag tag;
	bool has_share;
} tags_above[] = {
	{TAG_ARTICLE, true},
	{TAG_MAIN, true},
	{TAG_SECTION, false},
	{TAG_ASIDE, true},
	{TAG_NAV, true},
	{TAG_HEADER, true},
	{TAG_FOOTER, true},
	{TAG_FORM, true},
	{TAG_LIST, false},
	{TAG_TABLE, false},
	{TAG_FIGURE, false},
	{TAG_QUOTE, false},
	{TAG_NOSCRIPT, false},
	{TAG_DETAILS, false},
};

/* Distances to tags and hints above an element: the same for all blocks in it. */
static void fill_above(const struct view *view, size_t index, uint32_t own_hints, float *row)
{
	const struct page_blocks *page = view->page;
	float *tags = row + FEATURE_TAGS, *hints = row + FEATURE_HINTS;
	float *shares = row + FEATURE_SHARES, page_words = page->words;
	uint32_t seen = own_hints, new_hints;
	const struct element *element;
	size_t i, level, column;
	int bit;

	for (i = 0; i < FEATURE_HINTS - FEATURE_TAGS; i++)
		tags[i] = i < ARRAY_LEN(tags_above) ? FAR : -1;
	for (i = 0; i < HINT_COUNT; i++) {
		hints[i] = own_hints & (1u << i) ? 0 : FAR;
		shares[i] = own_hints & (1u << i) ? 0 : -1;
	}
	for (level = 0; level < CLIMB_MAX && index > 0; level++, index = element->parent) {
		element = &page->elements[index];
		for (i = 0, column = ARRAY_LEN(tags_above); i < ARRAY_LEN(tags_above); i++) {
			if (element->tag == tags_above[i].tag && tags[i] == FAR) {
				tags[i] = (float)level;
				if (tags_above[i].has_share)
					tags[column] = share(element->words, page_words);
			}
			column += tags_above[i].has_share;
		}
		if (element->parent <= 1)
			continue; /* names of body and html say little */
		new_hints = element->hints & ~seen;
		seen |= new_hints;
		while (new_hints) {
			bit = __builtin_ctz(new_hints);
			new_hints &= new_hints - 1;
			hints[bit] = (float)level;
			shares[bit] = share(element->words, page_words);
		}
	}
}

static void fill_phrases(const struct view *view, size_t i, float *row)
{
	uint32_t phrases = view->page->blocks[i].phrases;
	size_t k;

	for (k = 0; k < PHRASE_COUNT; k++)
		row[k] = phrases & (1u << k) ? 1 : 0;
}

/* The block at a distance: words, link share, level of a heading, likeness, place. */
static void fill_near_one(const struct view *view, size_t i, long at, float *row)
{
	const struct page_blocks *page = view->page;
	const struct block *block, *own = &page->blocks[i];
	const struct element *element;

	if (at < 0 || (size_t)at >= page->block_count) {
		row[0] = row[1] = row[2] = row[3] = row[4] = -1;
		return;
	}
	block = &page->blocks[at];
	element = &page->elements[block->element];
	row[0] = block->words;
	row[1] = share(block->link_words, block->words);
	row[2] = element->tag;
	row[3] = element->signature == page->elements[own->element].signature;
	row[4] = element->parent == page->elements[own->element].parent;
}

static void fill_near(const struct view *view, size_t i, float *row)
{
	long k;

	for (k = 1; k <= NEAR_BLOCKS; k++) {
		fill_near_one(view, i, (long)i - k, row);
		fill_near_one(view, i, (long)i + k, row + 5);
		row += 10;
	}
}

/* The heading that this block stands under says what it belongs to. */
static void fill_heading(const struct view *view, size_t i, float *row)
{
	static const enum phrase kinds[] = {PHRASE_RELATED, PHRASE_COMMENT, PHRASE_SUBSCRIBE,
		PHRASE_SHARE, PHRASE_AUTHOR, PHRASE_MORE};
	const struct page_blocks *page = view->page;
	uint32_t at = view->heading[i];
	size_t k;

	for (k = 0; k < 9; k++)
		row[k] = -1;
	if (at == BLOCK_NONE)
		return;
	row[0] = (float)(i - at);
	row[1] = page->elements[page->blocks[at].element].level;
	row[2] = page->blocks[at].words;
	for (k = 0; k < ARRAY_LEN(kinds); k++)
		row[3 + k] = page->blocks[at].phrases & (1u << kinds[k]) ? 1 : 0;
}

static void fill_levels(const struct view *view, size_t i, float *row)
{
	const struct page_blocks *page = view->page;
	const struct element *element = &page->elements[page->blocks[i].element];
	size_t level;

	for (level = 0; level < ABOVE_LEVELS; level++, row += 5) {
		element = &page->elements[element->parent];
		row[0] = element->words;
		row[1] = share(element->link_words, element->words);
		row[2] = share(element->words, (float)(element->end_block - element->first_block));
		row[3] = share(element->words, page->words);
		row[4] = share(element->prose, element->words);
	}
}

static void fill_body(const struct view *view, size_t i, float *row)
{
	const struct page_blocks *page = view->page;
	const struct element *body = &page->elements[view->body];
	const struct element *own = &page->elements[page->blocks[i].element];

	row[0] = i >= body->first_block && i < body->end_block;
	row[1] = share(body->words, page->words);
	row[2] = (float)own->depth - (float)body->depth;
	row[3] = body->end_block > body->first_block
			 ? ((float)i - (float)body->first_block) /
				   (float)(body->end_block - body->first_block)
			 : -1;
	row[4] = body->words;
	row[5] = share(body->prose, page->prose);
	row[6] = body->end_block > i ? 0 : (float)(i - body->end_block + 1);
}

static void fill_alike(const struct view *view, size_t i, float *row)
{
	const struct page_blocks *page = view->page;
	const struct block *block = &page->blocks[i];
	const struct group *group = group_of(view, page->elements[block->element].signature);
	const struct element *parent = &page->elements[page->elements[block->element].parent];

	row[0] = group->count;
	row[1] = share(group->words, group->count);
	row[2] = share(group->link_words, group->words);
	row[3] = share(group->words, page->words);
	row[4] = share((float)(parent->end_block - parent->first_block), group->count);
	row[5] = (float)i - (float)block->original;
}

static void fill_place(const struct view *view, size_t i, float *row)
{
	const struct page_blocks *page = view->page;
	bool has_headline = view->headline != BLOCK_NONE;

	row[0] = share(view->words_before[i], page->words);
	row[1] = share((float)i, (float)page->block_count);
	row[2] = (float)i;
	row[3] = (float)(page->block_count - i);
	row[4] = view->words_before[i];
	row[5] = has_headline ? (float)i - (float)view->headline : -9999;
	row[6] = has_headline ? view->words_before[i] - view->words_before[view->headline] : -9999;
	row[7] = has_headline && page->blocks[i].hash == page->blocks[view->headline].hash;
	row[8] = has_headline ? page->elements[page->blocks[view->headline].element].level : -1;
}

/* Share of the page's words in elements that hint at something. */
static float words_hinting(const struct page_blocks *page, enum hint hint)
{
	float words = 0;
	size_t i;

	for (i = 1; i < page->element_count;) {
		if (page->elements[i].hints & (1u << hint) && page->elements[i].parent > 1) {
			words += page->elements[i].words;
			i = page->elements[i].end;
		} else {
			i++;
		}
	}
	return share(words, page->words);
}

static size_t count_tag(const struct page_blocks *page, enum tag tag)
{
	size_t i, count = 0;

	for (i = 0; i < page->element_count; i++)
		count += page->elements[i].tag == tag;
	return count;
}

static bool url_has(const struct page_signals *signals, const char *const *words, size_t count)
{
	size_t i;

	for (i = 0; signals->url && i < count; i++) {
		if (str_ifind(signals->url, words[i]))
			return true;
	}
	return false;
}

static bool has_address_of_forum(const struct page_signals *signals)
{
	static const char *const words[] = {
		"forum", "thread", "topic", "/t/", "question", "viewtopic", "discuss", "community"};

	return url_has(signals, words, ARRAY_LEN(words));
}

bool is_forum(const struct page_signals *signals)
{
	return signals->is_ld_forum || has_address_of_forum(signals);
}

bool is_reference(const struct page_signals *signals)
{
	static const char *const words[] = {"docs", "documentation", "/manual", "/reference",
		"/api", "readthedocs", "/guide", "wiki"};

	return url_has(signals, words, ARRAY_LEN(words));
}

static void fill_page(const struct view *view, float *row)
{
	const struct page_blocks *page = view->page;
	const struct page_signals *signals = view->signals;

	row[0] = page->words;
	row[1] = (float)page->block_count;
	row[2] = share(page->link_words, page->words);
	row[3] = share(page->prose, page->words);
	row[4] = words_hinting(page, HINT_FORUM);
	row[5] = words_hinting(page, HINT_COMMENT);
	row[6] = words_hinting(page, HINT_DOC);
	row[7] = (float)count_tag(page, TAG_ARTICLE);
	row[8] = signals->is_og_article;
	row[9] = signals->is_ld_article;
	row[10] = signals->is_ld_forum;
	row[11] = has_address_of_forum(signals);
	row[12] = is_reference(signals);
}

void features_first(const struct page_blocks *page, const struct page_signals *signals, float *rows)
{
	struct view view = {.signals = signals};
	float of_page[FEATURE_COUNT_1 - FEATURE_PAGE];
	float *row = rows;
	size_t i;

	view_init(&view, page);
	view.body = crude_body(page);
	view.headline = headline_block(page, signals->title);
	fill_page(&view, of_page);
	for (i = 0; i < page->block_count; i++, row += FEATURE_COUNT_2) {
		const struct block *block = &page->blocks[i];

		fill_own(&view, i, row + FEATURE_OWN);
		if (i > 0 && block->element == block[-1].element && block->hints == 0 &&
			block[-1].hints == 0)
			memcpy(row + FEATURE_TAGS, row + FEATURE_TAGS - FEATURE_COUNT_2,
				(FEATURE_PHRASES - FEATURE_TAGS) * sizeof(*row));
		else
			fill_above(&view, block->element, block->hints, row);
		fill_phrases(&view, i, row + FEATURE_PHRASES);
		fill_near(&view, i, row + FEATURE_NEAR);
		fill_heading(&view, i, row + FEATURE_HEADING);
		fill_levels(&view, i, row + FEATURE_ABOVE);
		fill_body(&view, i, row + FEATURE_BODY);
		fill_alike(&view, i, row + FEATURE_ALIKE);
		fill_place(&view, i, row + FEATURE_PLACE);
		memcpy(row + FEATURE_PAGE, of_page, sizeof(of_page));
	}
	view_finish(&view);
}

/* Means of the first stage's result, weighted by words. */
struct means {
	float *element_score; /* words times probability in each element's subtree */
	float *group_score;   /* ... in each group, by its place in the table */
	float total;
	size_t first, last; /* blocks more likely in than out, by words */
	size_t body;
};

static void means_init(struct means *means, const struct view *view, const float *first)
{
	const struct page_blocks *page = view->page;
	float score;
	size_t i;

	means->element_score = xcalloc(page->element_count, sizeof(float));
	means->group_score = xcalloc(view->group_space, sizeof(float));
	means->total = 0;
	means->first = page->block_count;
	means->last = 0;
	for (i = 0; i < page->block_count; i++) {
		const struct block *block = &page->blocks[i];

		score = block->words * first[i];
		means->element_score[block->element] += score;
		means->group_score[group_of(view, page->elements[block->element].signature) -
				   view->groups] += score;
		means->total += score;
		if (first[i] > 0.5f && block->words >= 8) {
			if (means->first > i)
				means->first = i;
			means->last = i;
		}
	}
	for (i = page->element_count; i-- > 1;)
		means->element_score[page->elements[i].parent] += means->element_score[i];
	means->body = best_element(page, first, 0.45f);
}

static float score_at(const struct page_blocks *page, const float *first, long at)
{
	return at < 0 || (size_t)at >= page->block_count ? -1 : first[at];
}

/* Mean over the blocks from at to at + count, weighted by words. */
static float mean_over(const struct page_blocks *page, const float *first, long at, long count)
{
	float words = 0, sum = 0;
	long i;

	for (i = at < 0 ? 0 : at; i < at + count && (size_t)i < page->block_count; i++) {
		words += page->blocks[i].words;
		sum += page->blocks[i].words * first[i];
	}
	return words > 0 ? sum / words : -1;
}

static void fill_context(const struct view *view, const struct means *means, const float *first,
	size_t i, float *row)
{
	const struct page_blocks *page = view->page;
	const struct block *block = &page->blocks[i];
	const struct element *element = &page->elements[block->element];
	const struct element *body = &page->elements[means->body];
	const struct group *group = group_of(view, element->signature);
	size_t index = block->element, k;
	long at = (long)i;

	row[0] = first[i];
	for (k = 1; k <= 3; k++) {
		row[k] = score_at(page, first, at - (long)k);
		row[3 + k] = score_at(page, first, at + (long)k);
	}
	row[7] = mean_over(page, first, at - WINDOW, WINDOW);
	row[8] = mean_over(page, first, at + 1, WINDOW);
	row[9] = mean_over(page, first, at - 10, 10);
	row[10] = mean_over(page, first, at + 1, 10);
	for (k = 0; k < 5; k++) {
		row[11 + k] = share(means->element_score[index], page->elements[index].words);
		index = page->elements[index].parent;
	}
	row[16] = share(means->group_score[group - view->groups], group->words);
	row[17] = i >= body->first_block && i < body->end_block;
	row[18] = share(means->element_score[means->body], body->words);
	row[19] = share(means->element_score[means->body], means->total);
	row[20] = (float)element->depth - (float)body->depth;
	row[21] = body->end_block > body->first_block
			  ? ((float)i - (float)body->first_block) /
				    (float)(body->end_block - body->first_block)
			  : -1;
	row[22] = means->total;
	row[23] = share(means->total, page->words);
	row[24] = (float)i - (float)means->first;
	row[25] = (float)i - (float)means->last;
	row[26] = view->heading[i] == BLOCK_NONE ? -1 : first[view->heading[i]];
	row[27] = block->original == i ? -1 : first[block->original];
	row[28] = share(body->words, page->words);
	row[29] = (float)(body->end_block) - (float)i;
}

void features_second(const struct page_blocks *page, const float *first, float *rows)
{
	struct view view = {0};
	struct means means;
	size_t i;

	view_init(&view, page);
	means_init(&means, &view, first);
	for (i = 0; i < page->block_count; i++)
		fill_context(&view, &means, first, i, rows + i * FEATURE_COUNT_2 + FEATURE_CONTEXT);
	free(means.element_score);
	free(means.group_score);
	view_finish(&view);
}
