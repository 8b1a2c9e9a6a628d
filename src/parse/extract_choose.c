#include "parse/extract_steps.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/extract_model.h"

#include <stdlib.h>
#include <string.h>

enum { CELL_WORDS = 20 }; /* mean words of a cell: beyond it tables are layout */

/* The first stage alone decides below this: most of a page is clearly no article. */
static const float hopeless = 0.004f;

void extraction_score(struct extraction *x)
{
	size_t count = x->blocks.block_count, i;
	float *first = xcalloc(count + 1, sizeof(*first));

	x->rows = xcalloc(count + 1, sizeof(*x->rows) * FEATURE_COUNT_2);
	x->scores = xcalloc(count + 1, sizeof(*x->scores));
	features_first(&x->blocks, &x->signals, x->rows);
	for (i = 0; i < count; i++)
		first[i] = model_probability(&extract_models[0], x->rows + i * FEATURE_COUNT_2);
	features_second(&x->blocks, first, x->rows);
	for (i = 0; i < count; i++)
		x->scores[i] = first[i] < hopeless ? first[i]
						   : model_probability(&extract_models[1],
							     x->rows + i * FEATURE_COUNT_2);
	free(first);
}

/* A heading is kept with what it heads: not when nothing kept follows before the next like it. */
static void drop_bare_headings(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t i, k;
	int level, other;

	for (i = 0; i < page->block_count; i++) {
		level = page->elements[page->blocks[i].element].level;
		if (level == 0 || !x->kept[i])
			continue;
		for (k = i + 1; k < page->block_count; k++) {
			other = page->elements[page->blocks[k].element].level;
			if (other > 0 && other <= level) {
				k = page->block_count;
				break;
			}
			if (x->kept[k])
				break;
		}
		if (k == page->block_count)
			x->kept[i] = false;
	}
}

struct ranked {
	float score, words;
};

static int by_score(const void *a, const void *b)
{
	float x = ((const struct ranked *)a)->score, y = ((const struct ranked *)b)->score;

	return x < y ? 1 : x > y ? -1 : 0;
}

/*
 * The score from which on blocks are kept: the one for which the expected F1 of the words kept is
 * best. On a page of which the model is sure that is near 0.5, on others lower.
 */
static float threshold_of(const struct extraction *x)
{
	size_t count = x->blocks.block_count, i;
	struct ranked *ranked = xcalloc(count + 1, sizeof(*ranked));
	float kept = 0, right = 0, all = 0, best = 0, threshold = 1, f1;

	for (i = 0; i < count; i++) {
		ranked[i].score = x->scores[i];
		ranked[i].words = x->blocks.blocks[i].words;
		all += ranked[i].score * ranked[i].words;
	}
	qsort(ranked, count, sizeof(*ranked), by_score);
	for (i = 0; i < count; i++) {
		kept += ranked[i].words;
		right += ranked[i].score * ranked[i].words;
		f1 = 2 * right / (kept + all);
		if (f1 > best) {
			best = f1;
			threshold = ranked[i].score;
		}
	}
	free(ranked);
	return threshold;
}

/* A table that is kept is kept whole, unless it is there for the layout of the page. */
static void choose_tables(struct extraction *x, float threshold)
{
	const struct page_blocks *page = &x->blocks;
	const struct element *table;
	size_t e = 1, i, blocks;
	float score;
	bool is_whole;

	while (e < page->element_count) {
		table = &page->elements[e];
		blocks = table->end_block - table->first_block;
		if (table->tag != TAG_TABLE || blocks == 0 ||
			table->words > (float)blocks * CELL_WORDS ||
			table->prose > table->words / 3) {
			e++;
			continue;
		}
		score = 0;
		for (i = table->first_block; i < table->end_block; i++)
			score += x->scores[i] * (page->blocks[i].words + 1);
		is_whole = score / (table->words + (float)blocks) >= threshold;
		for (i = table->first_block; i < table->end_block; i++)
			x->kept[i] = x->kept[i] || is_whole;
		e = table->end;
	}
}

void extraction_choose(struct extraction *x)
{
	size_t count = x->blocks.block_count, i;
	float threshold = threshold_of(x);

	x->kept = xcalloc(count + 1, sizeof(*x->kept));
	for (i = 0; i < count; i++)
		x->kept[i] = x->scores[i] >= threshold;
	choose_tables(x, threshold);
	drop_bare_headings(x);
}
