#include "parse/extract_view.h"

#include "core/hash.h"
#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

enum { PROSE_WORDS = 10 };

float share(float part, float whole)
{
	return whole > 0 ? part / whole : 0;
}

bool is_prose(const struct block *block)
{
	return block->words >= PROSE_WORDS && block->link_words * 3 < block->words;
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
	if (is_prose(block))
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

struct group *view_group(const struct view *view, uint32_t signature)
{
	size_t at = hash_number(signature) & (view->space - 1);

	while (view->groups[at].count > 0 && view->groups[at].signature != signature)
		at = (at + 1) & (view->space - 1);
	view->groups[at].signature = signature;
	return &view->groups[at];
}

static struct kind *kind_of(const struct view *view, uint32_t signature)
{
	size_t at = hash_number(signature) & (view->space - 1);

	while (view->kinds[at].count > 0 && view->kinds[at].signature != signature)
		at = (at + 1) & (view->space - 1);
	view->kinds[at].signature = signature;
	return &view->kinds[at];
}

const struct kind *view_kind(const struct view *view, uint32_t signature)
{
	return kind_of(view, signature);
}

static void add_kinds(struct view *view)
{
	const struct page_blocks *page = view->page;
	const struct element *element;
	struct kind *kind;
	size_t i;

	for (i = 0; i < page->element_count; i++) {
		element = &page->elements[i];
		kind = kind_of(view, element->signature);
		kind->count++;
		kind->words += element->words;
		kind->link_words += element->link_words;
		kind->prose += element->prose;
	}
}

static void find_headings(struct view *view)
{
	const struct page_blocks *page = view->page;
	uint32_t heading = BLOCK_NONE;
	size_t i;

	for (i = 0; i < page->block_count; i++) {
		view->heading[i] = heading;
		if (page->elements[page->blocks[i].element].tag == TAG_HEADING)
			heading = (uint32_t)i;
	}
	heading = (uint32_t)page->block_count;
	for (i = page->block_count; i-- > 0;) {
		view->next[i] = heading;
		if (page->elements[page->blocks[i].element].tag == TAG_HEADING)
			heading = (uint32_t)i;
	}
}

void view_init(struct view *view, const struct page_blocks *page)
{
	struct before sum = {0};
	struct group *group;
	size_t i;

	view->page = page;
	view->space = 64;
	while (view->space < page->element_count * 2)
		view->space *= 2;
	view->groups = xcalloc(view->space, sizeof(*view->groups));
	view->kinds = xcalloc(view->space, sizeof(*view->kinds));
	view->before = xcalloc(page->block_count + 1, sizeof(*view->before));
	view->heading = xcalloc(page->block_count + 1, sizeof(*view->heading));
	view->next = xcalloc(page->block_count + 1, sizeof(*view->next));
	for (i = 0; i < page->block_count; i++) {
		const struct block *block = &page->blocks[i];

		group = view_group(view, page->elements[block->element].signature);
		group->count++;
		group->words += block->words;
		group->link_words += block->link_words;
		view->before[i] = sum;
		sum.words += block->words;
		sum.link_words += block->link_words;
		sum.prose += is_prose(block) ? block->words : 0;
	}
	view->before[i] = sum;
	add_kinds(view);
	find_headings(view);
	view->body = crude_body(page);
}

void view_finish(struct view *view)
{
	free(view->groups);
	free(view->kinds);
	free(view->before);
	free(view->heading);
	free(view->next);
}
