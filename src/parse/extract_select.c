#include "parse/extract_steps.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/text.h"

#include <stdlib.h>
#include <string.h>

enum {
	STORY_WORDS = 20,   /* of prose in an element that may be another story */
	SITE_WORDS_MIN = 3, /* shorter blocks recur for other reasons */
};

/* What recurs on a site may take this share of the chosen words at most: the same article can be
 * there twice. */
static const float site_share_max = 0.3f;

static size_t first_heading(const struct page_blocks *page, const struct element *element)
{
	size_t i;

	for (i = element->first_block; i < element->end_block; i++) {
		if (page->elements[page->blocks[i].element].tag == TAG_HEADING)
			return i;
	}
	return BLOCK_NONE;
}

static bool has_phrase(
	const struct page_blocks *page, const struct element *element, enum phrase phrase)
{
	size_t i;

	for (i = element->first_block; i < element->end_block; i++) {
		if (page->blocks[i].words <= 6 && page->blocks[i].phrases & (1u << phrase))
			return true;
	}
	return false;
}

/* An element like the one that holds the headline is another story when it has a headline as high,
 * or is cut off by a "keep reading". */
static bool is_other_story(
	const struct page_blocks *page, const struct element *element, size_t headline)
{
	const struct element *own = &page->elements[page->blocks[headline].element];
	size_t heading = first_heading(page, element);
	int level;

	if (heading == BLOCK_NONE || element->prose < STORY_WORDS)
		return false;
	level = page->elements[page->blocks[heading].element].level;
	return (own->level > 0 && level <= own->level) || has_phrase(page, element, PHRASE_MORE);
}

static void drop(struct extraction *x, const struct element *element)
{
	size_t i;

	for (i = element->first_block; i < element->end_block; i++)
		x->kept[i] = false;
}

/*
 * Several stories in like containers, as on pages that scroll on without end: only the one with
 * the headline stays. Every element above the headline is compared with its likes.
 */
void extraction_drop_stories(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t headline = headline_block(page, x->signals.title), at, i;
	const struct element *own;

	if (headline == BLOCK_NONE)
		return;
	for (at = page->blocks[headline].element; at > 0; at = page->elements[at].parent) {
		own = &page->elements[at];
		if (own->tag == TAG_HEADING || own->prose > page->prose * 0.95f)
			continue;
		for (i = 1; i < page->element_count; i++) {
			const struct element *other = &page->elements[i];

			if (i != at && other->signature == own->signature &&
				other->depth == own->depth &&
				(headline < other->first_block || headline >= other->end_block) &&
				is_other_story(page, other, headline))
				drop(x, other);
		}
	}
}

static int compare_hashes(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Blocks that recur on the site are no part of this article, unless they would be much of it. */
void extraction_drop_site_blocks(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t count = x->job->site_block_count, i;
	float dropped = 0, all = 0;
	uint64_t *hashes;
	bool *recurs;

	if (count == 0)
		return;
	hashes = xmalloc(count * sizeof(*hashes));
	memcpy(hashes, x->job->site_blocks, count * sizeof(*hashes));
	qsort(hashes, count, sizeof(*hashes), compare_hashes);
	recurs = xcalloc(page->block_count + 1, sizeof(*recurs));
	for (i = 0; i < page->block_count; i++) {
		if (!x->kept[i])
			continue;
		all += page->blocks[i].words;
		recurs[i] = page->blocks[i].words >= SITE_WORDS_MIN &&
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

/* The title opens the page's article, not its text. */
void extraction_drop_title(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	uint64_t title = x->meta.title ? text_hash(x->meta.title, strlen(x->meta.title)) : 0;
	size_t i, k;

	for (i = 0, k = 0; i < page->block_count && k < 3; i++) {
		if (!x->kept[i])
			continue;
		k++;
		if (page->blocks[i].hash == title ||
			page->elements[page->blocks[i].element].level == 1)
			x->kept[i] = false;
	}
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
