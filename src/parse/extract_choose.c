#include "parse/extract_steps.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/extract_model.h"

#include <stdlib.h>
#include <string.h>

/* Blocks likelier than this are kept; cross-validated, flat from 0.4 to 0.55. */
static const float threshold = 0.5f;
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

void extraction_choose(struct extraction *x)
{
	size_t count = x->blocks.block_count, i;

	x->kept = xcalloc(count + 1, sizeof(*x->kept));
	for (i = 0; i < count; i++)
		x->kept[i] = x->scores[i] > threshold;
	drop_bare_headings(x);
}
