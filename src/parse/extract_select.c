/* The corrections in their order; copies, and what recurs on the site. */
#include "parse/extract_steps.h"

#include "core/mem.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

enum {
	COPY_WORDS = 12,
	COPIES_MAX = 3, /* what is said more often is said of several things, as in a list */
	QUOTE_LEVELS = 4,
	PROSE_WORDS = 12,
	PREVIEW_BLOCKS = 40,
	PREVIEW_WORDS = 8,
	PREVIEW_PERCENT = 60,
	SITE_WORDS_MIN = 3, /* shorter blocks recur for other reasons */
};

/* What recurs on a site may take this share of the chosen words at most: the same article can be
 * there twice. */
static const float site_share_max = 0.3f;

float extraction_kept_words(const struct extraction *x, const struct element *element)
{
	float words = 0;
	size_t i;

	for (i = element->first_block; i < element->end_block; i++)
		words += x->kept[i] ? x->blocks.blocks[i].words : 0;
	return words;
}

void extraction_drop(struct extraction *x, const struct element *element)
{
	size_t i;

	for (i = element->first_block; i < element->end_block; i++)
		x->kept[i] = false;
}

static bool is_beside_prose(const struct page_blocks *page, size_t i)
{
	return (i > 0 && page->blocks[i - 1].words >= PROSE_WORDS) ||
	       (i + 1 < page->block_count && page->blocks[i + 1].words >= PROSE_WORDS);
}

/* "Advertisement", "Share", "Read more" between paragraphs. */
static bool is_label(const struct page_blocks *page, size_t i)
{
	const struct block *block = &page->blocks[i];
	const struct element *element = &page->elements[block->element];
	uint32_t phrases = 1u << PHRASE_AD | 1u << PHRASE_SHARE | 1u << PHRASE_MORE |
			   1u << PHRASE_SUBSCRIBE | 1u << PHRASE_COMMENT | 1u << PHRASE_CTA;
	uint32_t hints = 1u << HINT_AD | 1u << HINT_SHARE | 1u << HINT_NEWSLETTER;

	return element->tag != TAG_HEADING && element->tag != TAG_ITEM &&
	       element->tag != TAG_TERM && is_beside_prose(page, i) &&
	       (block->phrases & phrases || block->link_words == block->words ||
		       (element->hints | page->elements[element->parent].hints) & hints);
}

/* What a site writes where a call or an advertisement is put in: "google cta", "Mobile ad". */
static bool is_slot(const char *text)
{
	static const char *const ends[] = {" cta", " ad", " ads", " promo", " banner"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(ends); i++) {
		if (str_ends(text, ends[i]))
			return true;
	}
	return false;
}

/* Within a quotation: threads repeat what they answer. */
static bool is_quoted(const struct page_blocks *page, size_t i)
{
	size_t index = page->blocks[i].element;
	int level;

	for (level = 0; level < QUOTE_LEVELS && index > 0; level++) {
		if (page->elements[index].tag == TAG_QUOTE ||
			page->elements[index].hints & (1u << HINT_QUOTE))
			return true;
		index = page->elements[index].parent;
	}
	return false;
}

/* What says the same as a block kept before, and the same label again and again. Manuals say the
 * same of several things. */
static void drop_copies(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	uint32_t *copies;
	size_t i;

	if (extraction_is_manual(x))
		return;
	copies = xcalloc(page->block_count + 1, sizeof(*copies));
	for (i = 0; i < page->block_count; i++)
		copies[page->blocks[i].original]++;
	for (i = 0; i < page->block_count; i++) {
		const struct block *block = &page->blocks[i];
		enum tag tag = page->elements[block->element].tag;

		if (!x->kept[i] || tag == TAG_CELL || tag == TAG_PRE)
			continue;
		if (block->original != i && block->words >= COPY_WORDS &&
			x->kept[block->original] &&
			(copies[block->original] <= COPIES_MAX || is_quoted(page, i)))
			x->kept[i] = false;
		else if (copies[block->original] >= 3 && block->words <= 3 &&
			 (is_label(page, i) || is_slot(block_text(page, i))))
			x->kept[i] = false;
	}
	free(copies);
}

/* Another block has the beginning of this one, most of it. */
static bool is_begun_in(const struct page_blocks *page, size_t i, size_t other)
{
	const struct block *block = &page->blocks[i];
	char *text = xstrndup(block_text(page, i), block->len * PREVIEW_PERCENT / 100);
	bool found = strstr(block_text(page, other), text) != NULL;

	free(text);
	return found;
}

/* The first of the page's headings that is its title, and the last not far behind it. */
static size_t headline_copies(const struct extraction *x, size_t *last)
{
	const struct page_blocks *page = &x->blocks;
	uint64_t title = x->meta.title ? text_hash(x->meta.title, strlen(x->meta.title)) : 0;
	size_t i, first = BLOCK_NONE;

	*last = BLOCK_NONE;
	for (i = 0; i < page->block_count && title; i++) {
		if (page->blocks[i].hash != title ||
			page->elements[page->blocks[i].element].tag != TAG_HEADING)
			continue;
		if (first == BLOCK_NONE)
			first = i;
		if (i <= first + PREVIEW_BLOCKS)
			*last = i;
	}
	return first;
}

/*
 * A box above the headline to share the page by: it has the headline too, the article's beginning,
 * which stands below in full, and what is said when it was shared.
 */
static void drop_previews(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t last, first = headline_copies(x, &last), preview = BLOCK_NONE, i;

	if (last == first)
		return;
	for (i = first + 1; i < last; i++) {
		if (!x->kept[i] || page->blocks[i].words < PREVIEW_WORDS)
			continue;
		if (preview != BLOCK_NONE && page->blocks[i].words >= PROSE_WORDS)
			return; /* the article itself */
		if (preview == BLOCK_NONE)
			preview = i;
	}
	for (i = last + 1; i < page->block_count && i < last + PREVIEW_BLOCKS; i++) {
		if (preview == BLOCK_NONE || !is_begun_in(page, preview, i))
			continue;
		x->kept[i] = true;
		while (--last > first)
			x->kept[last] = false;
		return;
	}
}

static int compare_hashes(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Blocks that recur on the site are no part of this article, unless they would be much of it. */
static void drop_site_blocks(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t count = x->job->site_block_count, headline, i;
	float dropped = 0, all = 0;
	uint64_t *hashes;
	bool *recurs;

	if (count == 0)
		return;
	hashes = xmalloc(count * sizeof(*hashes));
	memcpy(hashes, x->job->site_blocks, count * sizeof(*hashes));
	qsort(hashes, count, sizeof(*hashes), compare_hashes);
	recurs = xcalloc(page->block_count + 1, sizeof(*recurs));
	headline = headline_block(page, x->signals.title);
	for (i = 0; i < page->block_count; i++) {
		if (!x->kept[i])
			continue;
		all += page->blocks[i].words;
		recurs[i] = page->blocks[i].words >= SITE_WORDS_MIN &&
			    !extraction_is_own_standfirst(x, headline, i) &&
			    bsearch(&page->blocks[i].hash, hashes, count, sizeof(*hashes),
				    compare_hashes);
		if (recurs[i])
			dropped += page->blocks[i].words;
	}
	for (i = 0; i < page->block_count && dropped <= all * site_share_max; i++)
		x->kept[i] = x->kept[i] && !recurs[i];
	free(recurs);
	free(hashes);
}

const struct correction extract_corrections[] = {
	{"standfirst", extraction_add_standfirst},
	{"alike", extraction_add_alike},
	{"questions", extraction_add_questions},
	{"amid", extraction_add_amid},
	{"notes", extraction_add_footnotes},
	{"quotations", extraction_add_quotations},
	{"stories", extraction_drop_stories},
	{"teasers", extraction_drop_teasers},
	{"latest", extraction_drop_story_lists},
	{"boxes", extraction_drop_boxes},
	{"calls", extraction_drop_calls},
	{"opinions", extraction_drop_opinions},
	{"comments", extraction_drop_comments},
	{"previews", drop_previews},
	{"copies", drop_copies},
	{"galleries", extraction_drop_galleries},
	{"captions", extraction_drop_captions},
	{"quotes", extraction_drop_pull_quotes},
	{"lines", extraction_drop_link_lines},
	{"lists", extraction_drop_link_lists},
	{"labels", extraction_drop_bare_labels},
	{"shapes", extraction_drop_shapes},
	{"site", drop_site_blocks},
	{"title", extraction_drop_title},
	{"byline", extraction_drop_byline},
	{"wall", extraction_drop_wall},
	{NULL, NULL},
};

void extraction_correct(struct extraction *x)
{
	const struct correction *correction;

	for (correction = extract_corrections; correction->name; correction++)
		correction->run(x);
}

/* Keep what a site's rule names, all of it. False: it names a body and none is there. */
bool extraction_keep_bodies(struct extraction *x, const struct rule_result *rule)
{
	const struct page_blocks *page = &x->blocks;
	bool found = false;
	size_t i, k, b;

	for (i = 1; i < page->element_count; i++) {
		for (k = 0; k < rule->body_count; k++) {
			if (page->elements[i].node != rule->bodies[k])
				continue;
			if (!found)
				memset(x->kept, 0, page->block_count * sizeof(*x->kept));
			found = true;
			for (b = page->elements[i].first_block; b < page->elements[i].end_block;
				b++)
				x->kept[b] = true;
		}
	}
	return found;
}

/* Hashes of the page's blocks, each once, for what the site's memory learns from. */
void extraction_put_hashes(const struct extraction *x, struct article *article)
{
	const struct page_blocks *page = &x->blocks;
	uint64_t *hashes = arena_alloc(x->arena, (page->block_count + 1) * sizeof(*hashes));
	size_t i, count = 0;

	for (i = 0; i < page->block_count && count < HASHES_MAX; i++) {
		if (page->blocks[i].original == i && page->blocks[i].words >= SITE_WORDS_MIN)
			hashes[count++] = page->blocks[i].hash;
	}
	article->block_hashes = hashes;
	article->block_hash_count = count;
}
