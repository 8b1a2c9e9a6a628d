#include "parse/extract_view.h"

#include "core/mem.h"
#include "core/str.h"

#include <string.h>

enum {
	FAR = 40,        /* distance of what is not there */
	NEAR_BLOCKS = 2, /* blocks before and after that are looked at */
	ABOVE_LEVELS = 4,
	CLIMB_MAX = 60, /* elements above a block that are looked at */
};

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
	const struct group *group = view_group(view, page->elements[block->element].signature);
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

	row[0] = share(view->before[i].words, page->words);
	row[1] = share((float)i, (float)page->block_count);
	row[2] = (float)i;
	row[3] = (float)(page->block_count - i);
	row[4] = view->before[i].words;
	row[5] = has_headline ? (float)i - (float)view->headline : -9999;
	row[6] = has_headline ? view->before[i].words - view->before[view->headline].words : -9999;
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

bool has_address_of_forum(const struct page_signals *signals)
{
	static const char *const words[] = {
		"forum", "thread", "topic", "/t/", "question", "viewtopic", "discuss", "community"};

	return url_has(signals, words, ARRAY_LEN(words));
}

bool is_forum(const struct page_signals *signals)
{
	return signals->is_ld_thread || (signals->is_forum_url && !signals->is_ld_article);
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
	row[11] = signals->is_forum_url;
	row[12] = is_reference(signals);
}

void features_first(const struct page_blocks *page, const struct page_signals *signals, float *rows)
{
	struct view view = {.signals = signals};
	float of_page[FEATURE_COUNT_1 - FEATURE_PAGE];
	float *row = rows;
	size_t i;

	view_init(&view, page);
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
		fill_section(&view, i, row + FEATURE_SECTION);
		fill_likes(&view, i, row + FEATURE_LIKES);
		fill_prose(&view, i, row + FEATURE_PROSE);
		fill_listing(&view, i, row + FEATURE_LISTING);
	}
	fill_markers(&view, rows + FEATURE_MARKERS);
	fill_bodies(&view, rows + FEATURE_BODIES);
	fill_words(&view, rows + FEATURE_WORDS);
	view_finish(&view);
}
