/* Features of what stands around a block: its section, the likes of what holds it, the sentences
 * before and behind, and what says that the article is over. */
#include "parse/extract_view.h"

#include "core/mem.h"

#include <stdlib.h>

enum {
	LIKES_LEVELS = 4,
	FAR_BLOCKS = 300, /* distance of what is not there */
	MARKER_WORDS = 8,
	LONG_WORDS = 20,
	LISTING_LEVELS = 12,
};

/* From the heading above to the next one: what stands between two headings belongs together. */
void fill_section(const struct view *view, size_t i, float *row)
{
	const struct page_blocks *page = view->page;
	size_t start = view->heading[i] == BLOCK_NONE ? 0 : view->heading[i] + 1;
	size_t end = view->next[i];
	const struct before *from, *to = &view->before[end];
	const struct block *heading;

	if (page->elements[page->blocks[i].element].tag == TAG_HEADING)
		start = i + 1; /* the section that it heads */
	from = &view->before[start < end ? start : end];
	row[0] = to->words - from->words;
	row[1] = (float)(end - (start < end ? start : end));
	row[2] = share(to->link_words - from->link_words, row[0]);
	row[3] = share(to->prose - from->prose, row[0]);
	row[4] = (float)(end - i);
	row[5] = row[6] = row[7] = -1;
	if (start > 0) {
		heading = &page->blocks[start - 1];
		row[5] = share(heading->link_words, heading->words);
		row[6] = view_group(view, page->elements[heading->element].signature)->count;
	}
	if (end < page->block_count)
		row[7] = share(page->blocks[end].link_words, page->blocks[end].words);
}

/* How many elements on the page are like those that hold the block, and what they hold. */
void fill_likes(const struct view *view, size_t i, float *row)
{
	const struct page_blocks *page = view->page;
	const struct element *element = &page->elements[page->blocks[i].element];
	const struct kind *kind;
	size_t level;

	for (level = 0; level < LIKES_LEVELS; level++, row += 3) {
		kind = view_kind(view, element->signature);
		row[0] = kind->count;
		row[1] = share(kind->prose, kind->count);
		row[2] = share(kind->link_words, kind->words);
		element = &page->elements[element->parent];
	}
}

/* Sentences before and behind. */
void fill_prose(const struct view *view, size_t i, float *row)
{
	const struct page_blocks *page = view->page;
	const struct element *body = &page->elements[view->body];
	const struct before *start = &view->before[body->first_block];
	const struct before *end = &view->before[body->end_block], *at = &view->before[i];
	size_t from = i > 5 ? i - 5 : 0;
	size_t to = i + 6 < page->block_count ? i + 6 : page->block_count;
	size_t behind = i + 1 < to ? i + 1 : to;

	row[0] = share(at->prose - start->prose, end->prose - start->prose);
	row[1] = at->prose - view->before[from].prose;
	row[2] = view->before[to].prose - view->before[behind].prose;
	row[3] = share(at->link_words - view->before[from].link_words,
		at->words - view->before[from].words);
	row[4] = share(view->before[to].link_words - view->before[behind].link_words,
		view->before[to].words - view->before[behind].words);
}

/* The nearest table above, else the outermost list of those that follow each other upwards. */
static size_t listing_of(const struct page_blocks *page, size_t index)
{
	size_t list = 0;
	int level;

	for (level = 0; level < LISTING_LEVELS && index > 0; level++) {
		enum tag tag = page->elements[index].tag;

		if (tag == TAG_TABLE)
			return index;
		if (tag == TAG_LIST)
			list = index;
		else if (list && tag != TAG_ITEM && tag != TAG_TERM)
			break;
		index = page->elements[index].parent;
	}
	return list;
}

static float prose_words(const struct page_blocks *page, long i)
{
	return i < 0 || (size_t)i >= page->block_count || !is_prose(&page->blocks[i])
		       ? 0
		       : page->blocks[i].words;
}

/* The list or table that the block is in, as a whole, and whether it stands amid sentences. */
void fill_listing(const struct view *view, size_t i, float *row)
{
	const struct page_blocks *page = view->page;
	const struct block *block = &page->blocks[i];
	size_t index = listing_of(page, block->element), k;
	const struct element *list = &page->elements[index], *parent;

	for (k = 2; k < 10; k++)
		row[k] = -1;
	row[0] = share(block->anchors, block->links);
	row[1] = block->links > 0 ? block->anchors : -1;
	if (index == 0)
		return;
	parent = &page->elements[list->parent];
	row[2] = (float)(list->end_block - list->first_block);
	row[3] = list->words;
	row[4] = share(list->link_words, list->words);
	row[5] = share(list->anchors, list->links);
	row[6] = prose_words(page, (long)list->first_block - 1) +
		 prose_words(page, (long)list->first_block - 2);
	row[7] = prose_words(page, list->end_block) + prose_words(page, (long)list->end_block + 1);
	row[8] = share(parent->prose - list->prose, view->before[page->block_count].prose);
	row[9] = share(list->prose, list->words);
}

static const uint32_t markers[] = {
	1u << PHRASE_COMMENT,
	1u << PHRASE_RELATED | 1u << PHRASE_MORE,
	1u << PHRASE_SUBSCRIBE,
	1u << PHRASE_SHARE,
	1u << PHRASE_AUTHOR,
	1u << PHRASE_TAGS,
	1u << PHRASE_PAGER,
	1u << PHRASE_COPYRIGHT | 1u << PHRASE_COOKIE,
};

/* Distance to the last and the next short line that says what is behind it, and to the nearest
 * long run of sentences on either side. */
void fill_markers(const struct view *view, float *rows)
{
	const struct page_blocks *page = view->page;
	size_t i, k, count = page->block_count;
	long last[ARRAY_LEN(markers) + 1];
	float *row;
	int way;

	for (way = 0; way < 2; way++) {
		for (k = 0; k <= ARRAY_LEN(markers); k++)
			last[k] = -FAR_BLOCKS;
		for (i = 0; i < count; i++) {
			const struct block *block = &page->blocks[way ? count - 1 - i : i];

			row = rows + (size_t)(block - page->blocks) * FEATURE_COUNT_2 +
			      (size_t)way * (ARRAY_LEN(markers) + 1);
			for (k = 0; k <= ARRAY_LEN(markers); k++)
				row[k] = (long)i - last[k] < FAR_BLOCKS ? (float)((long)i - last[k])
									: FAR_BLOCKS;
			for (k = 0; block->words <= MARKER_WORDS && k < ARRAY_LEN(markers); k++) {
				if (block->phrases & markers[k])
					last[k] = (long)i;
			}
			if (is_prose(block) && block->words >= LONG_WORDS)
				last[ARRAY_LEN(markers)] = (long)i;
		}
	}
}

/* Other guesses at the container: each element that holds sentences directly gets them, its parent
 * half of them; and the article or main element with the most sentences. */
static size_t body_by_parents(const struct page_blocks *page)
{
	float *scores = xcalloc(page->element_count, sizeof(*scores));
	size_t i, parent, best = 0;

	for (i = 0; i < page->block_count; i++) {
		if (!is_prose(&page->blocks[i]))
			continue;
		parent = page->blocks[i].element;
		if (page->elements[parent].tag == TAG_P)
			parent = page->elements[parent].parent;
		scores[parent] += page->blocks[i].words;
		scores[page->elements[parent].parent] += page->blocks[i].words / 2;
	}
	for (i = 1; i < page->element_count; i++) {
		if (scores[i] > scores[best])
			best = i;
	}
	free(scores);
	return best;
}

static size_t body_by_name(const struct page_blocks *page)
{
	const struct element *element, *most = &page->elements[0];
	uint32_t hints = 1u << HINT_ARTICLE | 1u << HINT_CONTENT;
	size_t i, best = 0;

	for (i = 1; i < page->element_count; i++) {
		element = &page->elements[i];
		if (element->parent <= 1)
			continue;
		if (element->tag != TAG_ARTICLE && element->tag != TAG_MAIN &&
			(element->hints & hints) == 0)
			continue;
		/* the smallest that holds nearly as much */
		if (best == 0 || element->prose > most->prose ||
			(element->prose >= most->prose * 0.9f && i < most->end)) {
			best = i;
			most = element;
		}
	}
	return best;
}

void fill_bodies(const struct view *view, float *rows)
{
	const struct page_blocks *page = view->page;
	size_t bodies[2] = {body_by_parents(page), body_by_name(page)}, i, k;
	const struct element *body;
	float *row, size;

	for (i = 0; i < page->block_count; i++) {
		row = rows + i * FEATURE_COUNT_2;
		for (k = 0; k < ARRAY_LEN(bodies); k++, row += 4) {
			body = &page->elements[bodies[k]];
			size = (float)(body->end_block - body->first_block);
			row[0] = i >= body->first_block && i < body->end_block;
			row[1] = size > 0 ? ((float)i - (float)body->first_block) / size : -1;
			row[2] = share(body->prose, page->prose);
			row[3] = share(body->link_words, body->words);
		}
	}
}
