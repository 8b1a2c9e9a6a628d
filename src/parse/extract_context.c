/* Features of the second stage: what the first one says of a block's surroundings. */
#include "parse/extract_view.h"

#include "core/mem.h"

#include <stdlib.h>

enum { WINDOW = 4, WIDE_WINDOW = 25, ABOVE_LEVELS = 4, LIKES_LEVELS = 3 };

/* The trunk holds this share of the words that the first stage takes for the article. */
static const float trunk_share = 0.6f;

/* Means of the first stage's result, weighted by words. */
struct means {
	float *element_score; /* words times probability in each element's subtree */
	float *group_score;   /* ... in each group, by its place in the table */
	float *kind_score;    /* ... in each kind */
	double *before;       /* ... before each block, and before the end */
	double *words_before;
	uint32_t *trunk;  /* of each element: the nearest at or above it with most of it all */
	uint32_t *branch; /* ... the one below the trunk that leads to it */
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
	means->group_score = xcalloc(view->space, sizeof(float));
	means->kind_score = xcalloc(view->space, sizeof(float));
	means->before = xcalloc(page->block_count + 1, sizeof(double));
	means->words_before = xcalloc(page->block_count + 1, sizeof(double));
	means->trunk = xcalloc(page->element_count, sizeof(*means->trunk));
	means->branch = xcalloc(page->element_count, sizeof(*means->branch));
	means->first = page->block_count;
	means->last = 0;
	for (i = 0; i < page->block_count; i++) {
		const struct block *block = &page->blocks[i];

		score = block->words * first[i];
		means->element_score[block->element] += score;
		means->group_score[view_group(view, page->elements[block->element].signature) -
				   view->groups] += score;
		means->before[i + 1] = means->before[i] + score;
		means->words_before[i + 1] = means->words_before[i] + block->words;
		if (first[i] > 0.5f && block->words >= 8) {
			if (means->first > i)
				means->first = i;
			means->last = i;
		}
	}
	means->total = (float)means->before[page->block_count];
	for (i = page->element_count; i-- > 1;)
		means->element_score[page->elements[i].parent] += means->element_score[i];
	means->body = best_element(page, first, 0.45f);
	for (i = 0; i < page->element_count; i++) {
		uint32_t parent = page->elements[i].parent;
		const struct kind *kind = view_kind(view, page->elements[i].signature);

		means->kind_score[kind - view->kinds] += means->element_score[i];
		if (i == 0 || means->element_score[i] >= means->total * trunk_share) {
			means->trunk[i] = means->branch[i] = (uint32_t)i;
			continue;
		}
		means->trunk[i] = means->trunk[parent];
		means->branch[i] =
			means->trunk[parent] == parent ? (uint32_t)i : means->branch[parent];
	}
}

static void means_finish(struct means *means)
{
	free(means->element_score);
	free(means->group_score);
	free(means->kind_score);
	free(means->before);
	free(means->words_before);
	free(means->trunk);
	free(means->branch);
}

static float score_at(const struct page_blocks *page, const float *first, long at)
{
	return at < 0 || (size_t)at >= page->block_count ? -1 : first[at];
}

/* Mean over the blocks from at to at + count, weighted by words. */
static float mean_over(
	const struct page_blocks *page, const struct means *means, long at, long count)
{
	size_t start = at < 0 ? 0 : (size_t)at, end = at + count < 0 ? 0 : (size_t)(at + count);
	double words;

	end = end < page->block_count ? end : page->block_count;
	if (start >= end)
		return -1;
	words = means->words_before[end] - means->words_before[start];
	return words > 0 ? (float)((means->before[end] - means->before[start]) / words) : -1;
}

static float max_over(const struct page_blocks *page, const float *first, long at, long count)
{
	float max = -1;
	long i;

	for (i = at < 0 ? 0 : at; i < at + count && (size_t)i < page->block_count; i++)
		max = first[i] > max ? first[i] : max;
	return max;
}

/* Where in the tree the block hangs, seen from what holds most of the article. */
static void fill_branch(const struct view *view, const struct means *means, size_t i, float *row)
{
	const struct page_blocks *page = view->page;
	size_t index = page->blocks[i].element, k;
	const struct element *trunk = &page->elements[means->trunk[index]];
	const struct element *branch = &page->elements[means->branch[index]];
	const struct kind *kind;

	row[0] = (float)page->elements[index].depth - (float)trunk->depth;
	row[1] = share(means->element_score[means->branch[index]], branch->words);
	row[2] = share(means->element_score[means->branch[index]], means->total);
	row[3] = branch->words;
	row[4] = share(branch->link_words, branch->words);
	row[5] = share(means->element_score[means->trunk[index]], trunk->words);
	row[6] = share((float)means->before[i], means->total);
	for (k = 0; k < LIKES_LEVELS; k++) {
		kind = view_kind(view, page->elements[index].signature);
		row[7 + k] = share(means->kind_score[kind - view->kinds], kind->words);
		index = page->elements[index].parent;
	}
	index = page->blocks[i].element;
	for (k = 0; k < ABOVE_LEVELS; k++) {
		index = page->elements[index].parent;
		row[7 + LIKES_LEVELS + k] = share(means->element_score[index], means->total);
	}
}

/* What the first stage says of the blocks up to the headings around, and further. */
static void fill_around(const struct view *view, const struct means *means, const float *first,
	size_t i, float *row)
{
	const struct page_blocks *page = view->page;
	long at = (long)i, start = view->heading[i] == BLOCK_NONE ? 0 : (long)view->heading[i] + 1;
	long end = (long)view->next[i];

	if (page->elements[page->blocks[i].element].tag == TAG_HEADING)
		start = at + 1;
	row[0] = mean_over(page, means, start, end - start);
	row[1] = score_at(page, first, end);
	row[2] = mean_over(page, means, at - WIDE_WINDOW, WIDE_WINDOW);
	row[3] = mean_over(page, means, at + 1, WIDE_WINDOW);
	row[4] = max_over(page, first, at - 10, 10);
	row[5] = max_over(page, first, at + 1, 10);
}

static void fill_context(const struct view *view, const struct means *means, const float *first,
	size_t i, float *row)
{
	const struct page_blocks *page = view->page;
	const struct block *block = &page->blocks[i];
	const struct element *element = &page->elements[block->element];
	const struct element *body = &page->elements[means->body];
	const struct group *group = view_group(view, element->signature);
	size_t index = block->element, k;
	long at = (long)i;

	row[0] = first[i];
	for (k = 1; k <= 3; k++) {
		row[k] = score_at(page, first, at - (long)k);
		row[3 + k] = score_at(page, first, at + (long)k);
	}
	row[7] = mean_over(page, means, at - WINDOW, WINDOW);
	row[8] = mean_over(page, means, at + 1, WINDOW);
	row[9] = mean_over(page, means, at - 10, 10);
	row[10] = mean_over(page, means, at + 1, 10);
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
	for (i = 0; i < page->block_count; i++) {
		float *row = rows + i * FEATURE_COUNT_2;

		fill_context(&view, &means, first, i, row + FEATURE_CONTEXT);
		fill_branch(&view, &means, i, row + FEATURE_BRANCH);
		fill_around(&view, &means, first, i, row + FEATURE_AROUND);
	}
	means_finish(&means);
	view_finish(&view);
}
