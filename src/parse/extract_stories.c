/* Corrections: other stories on the page, whole ones, teasers, and lists of headlines. */
#include "parse/extract_steps.h"

enum {
	STORY_WORDS = 20, /* of prose in an element that may be another story */
	OTHERS_MAX = 6,   /* times its words are dropped at most: else the rest is the article */
	OWN_WORDS = 40,   /* words chosen beside the headline that make a story */
	TEASER_WORDS = 150,
	LEAD_WORDS = 12,      /* of a line above a teaser's headline */
	STORY_LINK_WORDS = 3, /* of a headline that leads elsewhere */
	STORY_BLOCKS = 3,     /* ... to the sentences below it */
	PROSE_WORDS = 12,
	BOX_HEAD_WORDS = 6, /* "You may also like" */
};

/* One teaser may take this share of the chosen words at most, and all of them. */
static const float teaser_share_max = 1.0f / 3, teasers_share_max = 0.6f;

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

/* Element i tells another story than the one at an element above the headline. */
static bool is_other(const struct page_blocks *page, size_t i, size_t at, size_t headline)
{
	const struct element *own = &page->elements[at], *other = &page->elements[i];

	return i != at && other->signature == own->signature && other->depth == own->depth &&
	       (headline < other->first_block || headline >= other->end_block) &&
	       is_other_story(page, other, headline);
}

static float others_words(const struct extraction *x, size_t at, size_t headline)
{
	float words = 0;
	size_t i;

	for (i = 1; i < x->blocks.element_count; i++) {
		if (is_other(&x->blocks, i, at, headline))
			words += extraction_kept_words(x, &x->blocks.elements[i]);
	}
	return words;
}

static void drop_others(struct extraction *x, size_t at, size_t headline)
{
	size_t i;

	for (i = 1; i < x->blocks.element_count; i++) {
		if (is_other(&x->blocks, i, at, headline))
			extraction_drop(x, &x->blocks.elements[i]);
	}
}

/*
 * Several stories in like containers, as on pages that scroll on without end: only the one with
 * the headline stays. Every element above the headline is compared with its likes.
 */
void extraction_drop_stories(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t headline = headline_block(page, x->signals.title), at;
	const struct element *own;
	float own_words;

	if (headline == BLOCK_NONE)
		return;
	for (at = page->blocks[headline].element; at > 0; at = page->elements[at].parent) {
		own = &page->elements[at];
		if (own->tag == TAG_HEADING || own->prose > page->prose * 0.95f)
			continue;
		/* A header of its own holds the headline, not the story. */
		own_words = extraction_kept_words(x, own);
		if (own_words < OWN_WORDS)
			continue;
		if (others_words(x, at, headline) <= own_words * OTHERS_MAX)
			drop_others(x, at, headline);
	}
}

/* A headline that is a link, a few lines, "keep reading": a story told elsewhere. */
static bool is_teaser(const struct page_blocks *page, const struct element *element)
{
	size_t heading = first_heading(page, element), last = element->end_block;
	const struct block *end;

	if (heading == BLOCK_NONE || element->words > TEASER_WORDS ||
		heading > element->first_block + 2 || last < heading + 2)
		return false;
	end = &page->blocks[last - 1];
	return page->blocks[heading].link_words > 0 && end->words <= 4 && end->links > 0 &&
	       end->phrases & (1u << PHRASE_MORE);
}

/* Words kept of all teasers; each goes, unless they are only to be counted. */
static float visit_teasers(struct extraction *x, bool drops)
{
	const struct page_blocks *page = &x->blocks;
	const struct element *element;
	float all = extraction_kept_words(x, &page->elements[0]), words = 0, own;
	size_t i = 1;

	while (i < page->element_count) {
		element = &page->elements[i++];
		own = element->words <= TEASER_WORDS ? extraction_kept_words(x, element) : 0;
		if (own == 0 || own >= all * teaser_share_max || !is_teaser(page, element))
			continue;
		words += own;
		if (drops)
			extraction_drop(x, element);
		i = element->end;
	}
	return words;
}

/* One past a teaser whose lines stand side by side with the article's: a headline that leads
 * elsewhere, a few lines, "keep reading". 0: none begins here. */
static size_t flat_teaser_end(const struct page_blocks *page, size_t i)
{
	float words = page->blocks[i].words;
	size_t k;

	if (page->elements[page->blocks[i].element].tag != TAG_HEADING ||
		page->blocks[i].link_words < page->blocks[i].words || page->blocks[i].anchors > 0)
		return 0;
	for (k = i + 1; k < page->block_count && words <= TEASER_WORDS; k++) {
		const struct block *block = &page->blocks[k];

		if (page->elements[block->element].tag == TAG_HEADING)
			return 0;
		if (k > i + 1 && block->words <= 4 && block->link_words >= block->words &&
			block_says(block, PHRASE_MORE))
			return k + 1;
		words += block->words;
	}
	return 0;
}

/* What leads up to a teaser: its section, a label, the credit of its picture. */
static bool leads_to_teaser(const struct page_blocks *page, size_t i)
{
	const struct block *block = &page->blocks[i];

	return block->words <= LEAD_WORDS &&
	       (block->link_words >= block->words || block_says(block, PHRASE_CREDIT) ||
		       block_says(block, PHRASE_AD));
}

static float flat_words(const struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	float words = 0;
	size_t i, k, end;

	for (i = 1; i < page->block_count; i++) {
		end = flat_teaser_end(page, i);
		for (k = i; k < end; k++)
			words += x->kept[k] ? page->blocks[k].words : 0;
	}
	return words;
}

static void drop_flat_teasers(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t i, k, end;

	for (i = 1; i < page->block_count; i++) {
		end = flat_teaser_end(page, i);
		for (k = i; k < end; k++)
			x->kept[k] = false;
		for (k = i; end > 0 && k > 1 && leads_to_teaser(page, k - 1); k--)
			x->kept[k - 1] = false;
	}
}

/* Teasers within the article, where they are a small part of it: else they are what it is. */
void extraction_drop_teasers(struct extraction *x)
{
	float all = extraction_kept_words(x, &x->blocks.elements[0]);

	if (visit_teasers(x, false) < all * teasers_share_max)
		visit_teasers(x, true);
	if (flat_words(x) < all * teasers_share_max)
		drop_flat_teasers(x);
}

/* Short, and names what follows: "Latest news", "More from Local". */
static bool heads_other_stories(const struct page_blocks *page, size_t i)
{
	const struct block *head = &page->blocks[i];

	return head->words <= BOX_HEAD_WORDS && block_says(head, PHRASE_RELATED);
}

/* Its sentences all stand below headlines that lead elsewhere; links alone may be references. */
static bool is_story_list(const struct page_blocks *page, const struct element *element)
{
	size_t i, headlines = 0, sentences = 0, last = 0;

	for (i = element->first_block + 1; i < element->end_block; i++) {
		const struct block *block = &page->blocks[i];

		if (block->link_words >= block->words && block->words >= STORY_LINK_WORDS &&
			block->anchors == 0) {
			headlines++;
			last = i;
		} else if (block->words >= PROSE_WORDS) {
			if (headlines == 0 || i > last + STORY_BLOCKS || block->links > 0)
				return false;
			sentences++;
		}
	}
	return headlines >= 2 && sentences > 0;
}

/* Lists of other stories below or beside the article, however much longer they are than it. */
void extraction_drop_story_lists(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t headline = headline_block(page, x->signals.title), i;

	for (i = 1; i < page->element_count && headline != BLOCK_NONE; i++) {
		const struct element *element = &page->elements[i];

		if (element->end_block < element->first_block + 3 ||
			(headline >= element->first_block && headline < element->end_block) ||
			!heads_other_stories(page, element->first_block) ||
			!is_story_list(page, element))
			continue;
		if (extraction_kept_words(x, &page->elements[0]) -
				extraction_kept_words(x, element) >=
			STORY_WORDS)
			extraction_drop(x, element);
		i = element->end - 1;
	}
}
