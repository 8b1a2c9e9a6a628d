#include "parse/extract_steps.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/extract_hints.h"
#include "parse/extract_model.h"

#include <stdlib.h>
#include <string.h>

enum {
	CELL_WORDS = 20,        /* mean words of a cell: beyond it tables are layout */
	HEADING_WORDS_MAX = 25, /* a longer one is a paragraph */
	LABEL_WORDS = 4,
	AMID_BLOCKS = 2,    /* left out between a table and the text around it */
	CODE_BLOCKS = 3,    /* ... between a sample of code and the text above it */
	MANUAL_BLOCKS = 20, /* ... between two pieces of a manual's text */
	TAIL_BLOCKS = 6,    /* that a manual ends with */
	SENTENCE_WORDS = 12,
	HEAD_WORDS = 6, /* of the first line of a box */
	HEAD_LEVELS = 3,
	HEAD_BLOCKS = 2, /* up to what it heads */
	BOX_WORDS = 150,
};

static const float sure = 0.75f;

/* Of the threshold, for tables and lists amid the text. */
static const float amid_share = 0.5f;
/* ... for a sample of code that follows on text. */
static const float code_share = 0.35f;
/* ... for all that stands amid a manual's, and what follows on it. */
static const float manual_share = 0.2f, tail_share = 0.4f;
/* What the model must grant to the first line of a box. */
static const float head_score = 0.4f;

/* What one model of the first stage puts below this is decided: most of a page is clearly no
 * article. tools/train-extract knows it too. */
static const float hopeless = 0.02f;

/* The blocks that are left to a model: their rows, places and scores. */
struct open_blocks {
	const float **rows;
	size_t *at;
	float *scores;
	size_t count;
};

/* Leaves out what is decided: its probability is in first. */
static void keep_open(struct open_blocks *open, float factor, float *first)
{
	size_t i, left = 0;

	for (i = 0; i < open->count; i++) {
		first[open->at[i]] = probability_of(open->scores[i] * factor);
		if (first[open->at[i]] < hopeless)
			continue;
		open->rows[left] = open->rows[i];
		open->at[left] = open->at[i];
		open->scores[left++] = open->scores[i];
	}
	open->count = left;
}

void extraction_score(struct extraction *x)
{
	size_t count = x->blocks.block_count, i;
	struct open_blocks open = {.rows = xcalloc(count + 1, sizeof(*open.rows)),
		.at = xcalloc(count + 1, sizeof(*open.at)),
		.scores = xcalloc(count + 1, sizeof(*open.scores)),
		.count = count};

	x->rows = xcalloc(count + 1, sizeof(*x->rows) * FEATURE_COUNT_2);
	x->scores = xcalloc(count + 1, sizeof(*x->scores));
	features_first(&x->blocks, &x->signals, x->rows);
	for (i = 0; i < count; i++) {
		open.rows[i] = x->rows + i * FEATURE_COUNT_2;
		open.at[i] = i;
	}
	model_add_scores(&extract_models[MODEL_FIRST], open.rows, open.count, open.scores);
	keep_open(&open, extract_first_stage, x->scores);
	model_add_scores(&extract_models[MODEL_FIRST_OTHERS], open.rows, open.count, open.scores);
	keep_open(&open, 1, x->scores);
	features_second(&x->blocks, x->scores, x->rows);
	memset(open.scores, 0, open.count * sizeof(*open.scores));
	model_add_scores(&extract_models[MODEL_SECOND], open.rows, open.count, open.scores);
	for (i = 0; i < open.count; i++)
		x->scores[open.at[i]] = probability_of(open.scores[i]);
	free(open.rows);
	free(open.at);
	free(open.scores);
}

/* A heading is kept with what it heads: not when nothing kept follows before the next like it,
 * unless the model is sure of it, as of a list whose points are headings. */
static void drop_bare_headings(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t i, k;
	int level, other;

	for (i = 0; i < page->block_count; i++) {
		level = page->elements[page->blocks[i].element].level;
		if (level == 0 || !x->kept[i] || page->blocks[i].words >= HEADING_WORDS_MAX ||
			x->scores[i] >= sure)
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

/* "Suggested topics:" with none of them behind it. */
void extraction_drop_bare_labels(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t i;

	if (is_forum(&x->signals) || extraction_is_manual(x))
		return;
	for (i = 0; i < page->block_count; i++) {
		if (x->kept[i] && page->blocks[i].words <= LABEL_WORDS &&
			(x->scores[i] < sure || page->blocks[i].phrases & (1u << PHRASE_RELATED)) &&
			str_ends(block_text(page, i), ":") &&
			(i + 1 == page->block_count || !x->kept[i + 1]))
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

bool is_layout(const struct element *table)
{
	float blocks = (float)(table->end_block - table->first_block);

	return table->tag == TAG_TABLE &&
	       (table->words > blocks * CELL_WORDS || table->prose > table->words / 3);
}

static float mean_score(const struct extraction *x, const struct element *element)
{
	float score = 0;
	size_t i;

	for (i = element->first_block; i < element->end_block; i++)
		score += x->scores[i] * (x->blocks.blocks[i].words + 1);
	return score / (element->words + (float)(element->end_block - element->first_block));
}

/* Within the same parent, something kept stands on either side of it; a box that holds it alone is
 * part of it. */
static bool is_amid_kept(const struct extraction *x, const struct element *element)
{
	const struct element *parent = &x->blocks.elements[element->parent];
	size_t before, behind;

	while (parent->parent != element->parent && parent->first_block == element->first_block &&
		parent->end_block == element->end_block) {
		if (parent->hints & (1u << HINT_SHARE | 1u << HINT_RELATED | 1u << HINT_NAV))
			return false;
		element = parent;
		parent = &x->blocks.elements[element->parent];
	}
	before = element->first_block;
	behind = element->end_block;
	while (before > parent->first_block && !x->kept[before - 1])
		before--;
	while (behind < parent->end_block && !x->kept[behind])
		behind++;
	return before > parent->first_block && behind < parent->end_block &&
	       element->first_block - before <= AMID_BLOCKS &&
	       behind - element->end_block <= AMID_BLOCKS;
}

/*
 * A table or list that is kept is kept whole, a table of which half is, too, unless it is there for
 * the layout of the page. One amid the text needs less for it: data look little like sentences.
 */
static void choose_listings(struct extraction *x, float threshold)
{
	const struct page_blocks *page = &x->blocks;
	const struct element *element;
	size_t e = 1, i;
	float limit;
	bool is_whole;

	while (e < page->element_count) {
		element = &page->elements[e];
		if ((element->tag != TAG_TABLE && element->tag != TAG_LIST) ||
			element->end_block == element->first_block || is_layout(element)) {
			e++;
			continue;
		}
		limit = threshold;
		if (element->link_words * 2 < element->words && is_amid_kept(x, element))
			limit *= amid_share;
		else if (element->tag == TAG_LIST)
			limit = 2; /* as its items say */
		is_whole = mean_score(x, element) >= limit ||
			   (element->tag == TAG_TABLE &&
				   extraction_kept_words(x, element) * 2 >= element->words);
		for (i = element->first_block; i < element->end_block; i++)
			x->kept[i] = x->kept[i] || is_whole;
		e = element->end;
	}
}

/* Text kept stands right above it: file name and buttons of the sample may be between. */
static bool follows_kept(const struct extraction *x, const struct element *element)
{
	size_t back;

	for (back = 1; back <= CODE_BLOCKS + 1 && back <= element->first_block; back++) {
		if (x->kept[element->first_block - back])
			return true;
	}
	return false;
}

/* Code looks like no sentence and is part of the text that explains it. */
static void choose_code(struct extraction *x, float threshold)
{
	const struct page_blocks *page = &x->blocks;
	size_t e, i;

	for (e = 1; e < page->element_count; e++) {
		const struct element *element = &page->elements[e];

		if (element->tag != TAG_PRE || !follows_kept(x, element))
			continue;
		for (i = element->first_block; i < element->end_block; i++)
			x->kept[i] = x->kept[i] || x->scores[i] >= threshold * code_share;
	}
}

/* The element that holds the page's content: <main>, <article> or their role, around everything
 * kept; 0: there is none. */
static size_t main_of_kept(const struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t first = 0, end = page->block_count, index;

	while (first < end && !x->kept[first])
		first++;
	while (end > first && !x->kept[end - 1])
		end--;
	if (first == end)
		return 0;
	for (index = page->blocks[first].element; index > 0; index = page->elements[index].parent) {
		const struct element *element = &page->elements[index];
		const char *role = html_attr(element->node, "role");

		if (element->end_block >= end &&
			(element->tag == TAG_MAIN || element->tag == TAG_ARTICLE ||
				(role && str_eq(role, "main"))))
			return index;
	}
	return 0;
}

static bool is_beside(const struct page_blocks *page, size_t i, size_t within)
{
	uint32_t hints = 1u << HINT_NAV | 1u << HINT_FOOTER | 1u << HINT_SIDE | 1u << HINT_RELATED |
			 1u << HINT_COMMENT | 1u << HINT_NEWSLETTER | 1u << HINT_AD |
			 1u << HINT_POPUP | 1u << HINT_HIDDEN | 1u << HINT_SHARE;
	size_t index = page->blocks[i].element;

	for (; index > within; index = page->elements[index].parent) {
		enum tag tag = page->elements[index].tag;

		if (tag == TAG_NAV || tag == TAG_FOOTER || tag == TAG_ASIDE || tag == TAG_FORM ||
			page->elements[index].hints & hints)
			return true;
	}
	return false;
}

/* Sentences of a manual within its content, but for those that are clearly none: the model has seen
 * few manuals. */
static void choose_sentences(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t content = extraction_is_manual(x) ? main_of_kept(x) : 0, i;

	for (i = page->elements[content].first_block;
		content > 0 && i < page->elements[content].end_block; i++) {
		const struct block *block = &page->blocks[i];

		if (!x->kept[i] && block->words >= SENTENCE_WORDS && block->stops > 0 &&
			block->link_words * 3 < block->words && !is_beside(page, i, content) &&
			x->scores[i] >= hopeless)
			x->kept[i] = true;
	}
}

/* The first line of a small box of which more is kept: what a note is called, the file of a sample.
 */
static bool heads_kept(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	const struct block *block = &page->blocks[i];
	size_t index = block->element, k;
	int level;

	if (block->words == 0 || block->words > HEAD_WORDS || block->stops > 0 ||
		block->button_words > 0)
		return false;
	for (level = 0; level < HEAD_LEVELS && index > 0; level++) {
		const struct element *box = &page->elements[index];

		if (box->first_block != i || box->words > BOX_WORDS)
			return false;
		for (k = i + 1; k < box->end_block && k <= i + HEAD_BLOCKS; k++) {
			if (x->kept[k])
				return true;
		}
		index = box->parent;
	}
	return false;
}

/* A manual is read from end to end: what stands amid its text needs less to be of it. */
static void choose_amid(struct extraction *x, float threshold)
{
	size_t last = BLOCK_NONE, i, k;

	for (i = 0; i < x->blocks.block_count; i++)
		x->kept[i] |= x->scores[i] >= head_score && heads_kept(x, i);
	if (!extraction_is_manual(x))
		return;
	for (i = 0; i < x->blocks.block_count; i++) {
		if (!x->kept[i])
			continue;
		for (k = i; last != BLOCK_NONE && i - last <= MANUAL_BLOCKS + 1 && --k > last;)
			x->kept[k] = x->scores[k] >= threshold * manual_share;
		last = i;
	}
	for (k = last + 1; last != BLOCK_NONE && k < x->blocks.block_count &&
			   k <= last + TAIL_BLOCKS && x->scores[k] >= threshold * tail_share;
		k++)
		x->kept[k] = true;
}

/* What a button says, unless it is a heading or the model is sure of it, as where a question
 * unfolds its answer, and it is said once. */
static void drop_buttons(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t i;

	for (i = page->block_count; i-- > 0;) {
		const struct block *block = &page->blocks[i];

		if (block->button_words < block->words ||
			page->elements[block->element].tag == TAG_HEADING)
			continue;
		if (block->original != i)
			x->scores[block->original] = 0;
		if (block->original != i || x->scores[i] < sure)
			x->kept[i] = false;
	}
}

void extraction_choose(struct extraction *x)
{
	size_t count = x->blocks.block_count, i;
	float threshold = threshold_of(x);

	x->kept = xcalloc(count + 1, sizeof(*x->kept));
	for (i = 0; i < count; i++)
		x->kept[i] = x->scores[i] >= threshold;
	choose_listings(x, threshold);
	choose_code(x, threshold);
	choose_sentences(x);
	choose_amid(x, threshold);
	drop_buttons(x);
	drop_bare_headings(x);
}
