/* What pictures show: no part of the text without them, and with them in the HTML. Known by their
 * element, by its name, or as the words that stand in for the picture. */
#include "parse/extract_steps.h"

#include "core/mem.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

enum {
	CAPTION_LEVELS = 3, /* elements above a block that are looked at */
	BOX_LEVELS = 3,     /* ... below one that is named a picture's */
	CAPTION_WORDS = 80,
	BESIDE_WORDS = 60, /* in a box with a picture */
	ALT_BYTES = 12,    /* of the words that stand in for a picture; fewer say what kind it is */
	ALT_NEAR = 2,      /* blocks from a picture to what it shows */
	KINDS_MAX = 16,    /* of elements that hold paragraphs */
	PROSE_WORDS = 12,
	KEPT_NEAR = 8,       /* ... from what is kept to where captions are looked for */
	ARTICLE_WORDS = 150, /* beside a gallery */
	ANNOUNCED_WORDS = 8, /* of the line above it */
	CREDIT_WORDS = 25,   /* that a caption has and they have not */
	BLOCKS_MAX = 40,     /* of a caption */
	NODES_MAX = 1000,    /* of a box that is looked through for a picture */
};

/* All captions may take this share of the chosen words at most. */
static const float captions_share_max = 0.3f;

/* Of a block's words, in an inline element that is a caption, where they are a block of their own.
 */
static const float most = 0.8f;

static bool has_picture(const xmlNode *top)
{
	const xmlNode *node;
	size_t i = 0;

	for (node = top; node && i < NODES_MAX; node = html_next_node(node, top), i++) {
		if (node->type == XML_ELEMENT_NODE && tag_of(node) == TAG_IMAGE)
			return true;
	}
	return false;
}

/* The figure around a block; 0: there is none. */
static size_t figure_of(const struct page_blocks *page, size_t i)
{
	size_t index = page->blocks[i].element;

	while (index > 0 && page->elements[index].tag != TAG_FIGURE)
		index = page->elements[index].parent;
	return index;
}

static bool shows_picture(const struct page_blocks *page, size_t i)
{
	size_t figure = figure_of(page, i);

	return figure > 0 && has_picture(page->elements[figure].node);
}

/* What stands below a quotation says whose it is, beside a picture of them or not. */
static bool is_below_quotation(const struct page_blocks *page, size_t i)
{
	size_t figure = figure_of(page, i), k;

	for (k = figure + 1; figure > 0 && k < page->elements[figure].end; k++) {
		if (page->elements[k].tag == TAG_QUOTE)
			return true;
	}
	return false;
}

/* One of the words in a class or an id; all at once, as every element is asked. */
static bool is_named(const xmlNode *node, const char *const *words, size_t count)
{
	const char *names[] = {html_attr(node, "class"), html_attr(node, "id")};
	uint32_t firsts = 0; /* a bit each: letters that one of the words begins with */
	const char *s;
	size_t i, k;

	for (k = 0; k < count; k++)
		firsts |= 1U << (*words[k] & 0x1F);
	for (i = 0; i < ARRAY_LEN(names); i++) {
		for (s = names[i]; s && *s; s++) {
			for (k = 0; k < count && firsts >> (*s & 0x1F) & 1; k++) {
				if ((*s | 0x20) == *words[k] && str_istarts(s, words[k]))
					return true;
			}
		}
	}
	return false;
}

/* "captionText", "cutline" */
static bool names_caption(const xmlNode *node)
{
	static const char *const words[] = {"caption", "cutline"};

	return is_named(node, words, ARRAY_LEN(words));
}

/* "absatzbild", "photo-text", "img-wrap" */
static bool names_picture(const xmlNode *node)
{
	const char *name = html_attr(node, "class");

	static const char *const words[] = {"bild", "foto", "photo", "imag", "picture", "legend"};

	return (name && (str_istarts(name, "img") || strstr(name, " img"))) ||
	       is_named(node, words, ARRAY_LEN(words));
}

/* A line or two in a figure. */
static bool is_in_figure(const struct page_blocks *page, size_t i)
{
	size_t figure = figure_of(page, i), index = page->blocks[i].element;
	enum tag tag = page->elements[index].tag;

	if (figure == 0 || page->elements[figure].words > BESIDE_WORDS ||
		(tag != TAG_P && tag != TAG_DIV))
		return false;
	for (; index != figure; index = page->elements[index].parent) {
		if (page->elements[index].tag == TAG_QUOTE ||
			page->elements[index].tag == TAG_TABLE)
			return false;
	}
	return true; /* a script may draw what it shows */
}

/* The blocks that an element's text is in, from the first to one past the last; of what is no
 * caption, as it has many, none. */
static size_t blocks_of(const xmlNode *top, size_t *end)
{
	const xmlNode *node;
	size_t first = 0;

	*end = 0;
	for (node = top; node; node = html_next_node(node, top)) {
		if (node->type != XML_TEXT_NODE || xmlIsBlankNode(node) || block_of_node(node) == 0)
			continue;
		*end = block_of_node(node);
		if (first == 0)
			first = *end;
		if (*end > first + BLOCKS_MAX) {
			*end = 0;
			break;
		}
	}
	return first == 0 ? *end : first - 1;
}

/* A block, or a part of it, right within an element. */
static bool is_right_within(const struct page_blocks *page, size_t i, const xmlNode *box)
{
	size_t index = page->blocks[i].element;
	int level;

	for (level = 0; level < BOX_LEVELS && index > 0; level++) {
		if (page->elements[index].node == box)
			return true;
		index = page->elements[index].parent;
	}
	return tag_of(box) < TAG_BLOCK;
}

/* An element named a picture's holds it and what it shows; a point or a cell may hold a teaser. */
static bool is_beside_picture(
	const struct page_blocks *page, size_t i, const xmlNode *box, uint32_t usual)
{
	const struct element *own = &page->elements[page->blocks[i].element];

	return is_right_within(page, i, box) && own->tag != TAG_ITEM && own->signature != usual &&
	       page->blocks[i].links == 0 &&
	       !extraction_is_within(page, i, TAG_CELL, CAPTION_LEVELS) &&
	       !extraction_is_within(page, i, TAG_QUOTE, CAPTION_LEVELS);
}

/* What stands in an element that its name says is a caption's, or a picture's with the picture. */
static void find_named(const struct page_blocks *page, const xmlNode *node, uint32_t usual,
	struct buf *text, bool *is_found)
{
	bool is_caption = names_caption(node);
	size_t end, i, first;
	float words;

	if (is_caption && tag_of(node) < TAG_BLOCK && !has_picture(node->parent))
		return; /* of a sample of code */
	if (!is_caption && !(names_picture(node) && has_picture(node)))
		return;
	first = blocks_of(node, &end);
	if (first >= end || end > page->block_count)
		return;
	buf_clear(text);
	html_text(node, text);
	words = count_words(buf_text(text));
	if (words > (is_caption ? CAPTION_WORDS : BESIDE_WORDS))
		return;
	for (i = first; i < end; i++) {
		if ((end == first + 1 && words < page->blocks[i].words * most) ||
			(is_caption ? figure_of(page, i) > 0 && !shows_picture(page, i)
				    : !is_beside_picture(page, i, node, usual)))
			continue;
		is_found[i] = true;
	}
}

/* One begins with the other: what a picture shows, and whose it is. */
static bool is_said_by(const struct block *block, const struct buf *alt, const struct buf *said)
{
	if (alt->len < ALT_BYTES || said->len < ALT_BYTES)
		return false;
	if (said->len <= alt->len)
		return memcmp(alt->data, said->data, said->len) == 0;
	return memcmp(alt->data, said->data, alt->len) == 0 &&
	       block->words <= (float)alt->len / 4 + CREDIT_WORDS;
}

/* "... at the harbour. (Photo: A. Name/Agency)" */
static bool ends_with_credit(const struct block *block, const char *text)
{
	static const char *const pictures[] = {"photo", "image", "picture", "foto", "bild"};
	const char *open = strrchr(text, '(');
	size_t i;

	if (!open || !str_ends(text, ")") || block->words > BESIDE_WORDS ||
		count_words(open) > CREDIT_WORDS)
		return false;
	for (i = 0; i < ARRAY_LEN(pictures); i++) {
		const char *rest = open + 1 + strlen(pictures[i]);

		if (!str_istarts(open + 1, pictures[i]))
			continue;
		rest += strspn(rest, "s ");
		if (*rest == ':' || str_istarts(rest, "by ") || str_istarts(rest, "credit"))
			return true;
	}
	return false;
}

/* A point or a cell may be the picture's name alone. */
static bool may_show(const struct page_blocks *page, size_t i, uint32_t usual)
{
	const struct element *own = &page->elements[page->blocks[i].element];

	return own->tag != TAG_ITEM && own->tag != TAG_CELL && own->tag != TAG_TERM &&
	       own->signature != usual && page->blocks[i].words <= CAPTION_WORDS;
}

/* The words that stand in for a picture, again beside it. */
static void find_alt(const struct extraction *x, const xmlNode *node, size_t headline,
	uint32_t usual, struct buf *alt, struct buf *said, bool *is_found)
{
	const struct page_blocks *page = &x->blocks;
	const char *text = html_attr(node, "alt");
	size_t at = block_of_node(node), i;

	if (!text || at == 0)
		return;
	buf_clear(alt);
	extraction_put_said(text, strlen(text), alt);
	for (i = at - 1; i < page->block_count && i < at - 1 + ALT_NEAR; i++) {
		const struct block *block = &page->blocks[i];

		if (!may_show(page, i, usual) || extraction_is_own_standfirst(x, headline, i))
			continue;
		buf_clear(said);
		extraction_put_said(block_text(page, i), block->len, said);
		is_found[i] |= is_said_by(block, alt, said);
	}
}

/* Marks those at what is kept, each block's place in is_found. */
static void find_captions(const struct extraction *x, bool *is_found)
{
	const struct page_blocks *page = &x->blocks;
	size_t headline = headline_block(page, x->signals.title), at = 0, end, i;
	size_t first = extraction_kept_span(x, &end);
	const xmlNode *top = xmlDocGetRootElement(x->html.doc), *node;
	struct buf text = {0}, said = {0};
	uint16_t depth = 0;
	uint32_t usual = extraction_usual_signature(x, &depth);

	for (node = top; node && at <= end + KEPT_NEAR; node = html_next_node(node, top)) {
		if (node->type == XML_TEXT_NODE && block_of_node(node) > 0)
			at = block_of_node(node);
		if (node->type != XML_ELEMENT_NODE || at + KEPT_NEAR < first)
			continue;
		if (tag_of(node) == TAG_IMAGE)
			find_alt(x, node, headline, usual, &text, &said, is_found);
		else
			find_named(page, node, usual, &text, is_found);
	}
	for (i = 0; i < page->block_count; i++)
		is_found[i] = page->elements[page->blocks[i].element].tag != TAG_HEADING &&
			      !is_below_quotation(page, i) &&
			      (is_found[i] || is_in_figure(page, i) ||
				      ends_with_credit(&page->blocks[i], block_text(page, i)) ||
				      (extraction_is_within(page, i, TAG_CAPTION, CAPTION_LEVELS) &&
					      shows_picture(page, i)));
	buf_finish(&text);
	buf_finish(&said);
}

/* "gallery", "slideshow": pictures to be leafed through. */
static bool names_gallery(const xmlNode *node)
{
	static const char *const words[] = {
		"gallery", "slideshow", "diaporama", "fotostrecke", "galerie", "galeria"};

	return is_named(node, words, ARRAY_LEN(words));
}

/* Named so, and not around the headline; with headings it is told like an article. */
static bool may_be_gallery(
	const struct page_blocks *page, const struct element *element, size_t headline)
{
	size_t i;

	if (element->first_block >= element->end_block || !names_gallery(element->node) ||
		(headline >= element->first_block && headline < element->end_block))
		return false;
	for (i = element->first_block; i < element->end_block; i++) {
		if (page->elements[page->blocks[i].element].tag == TAG_HEADING)
			return false;
	}
	return true;
}

/* Marks all blocks of galleries. */
static void find_galleries(const struct extraction *x, bool *is_found)
{
	const struct page_blocks *page = &x->blocks;
	size_t headline = headline_block(page, x->signals.title), i, k;

	for (i = 1; i < page->element_count; i++) {
		const struct element *element = &page->elements[i];

		if (!may_be_gallery(page, element, headline))
			continue;
		for (k = element->first_block; k < element->end_block; k++)
			is_found[k] = true;
		i = element->end - 1;
	}
}

/* The kinds of elements that hold the paragraphs kept beside what is marked. */
static size_t kinds_beside(const struct extraction *x, const bool *is_found, uint32_t *kinds)
{
	const struct page_blocks *page = &x->blocks;
	size_t count = 0, i, k;

	for (i = 0; i < page->block_count && count < KINDS_MAX; i++) {
		uint32_t kind = page->elements[page->blocks[i].element].signature;

		if (!x->kept[i] || is_found[i] || page->blocks[i].words < PROSE_WORDS)
			continue;
		for (k = 0; k < count && kinds[k] != kind; k++)
			;
		if (k == count)
			kinds[count++] = kind;
	}
	return count;
}

/* What leads up to it: a few words that are no sentence. */
static bool announces(const struct page_blocks *page, size_t i)
{
	const struct block *block = &page->blocks[i];

	return page->elements[block->element].tag != TAG_HEADING &&
	       block->words <= ANNOUNCED_WORDS && block->stops == 0 && block->links == 0;
}

/* A gallery amid or below an article goes with the line above it, however much it tells; what is
 * like the article's paragraphs stays, a story told by its pictures, too. */
void extraction_drop_galleries(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	bool *is_found = xcalloc(page->block_count + 1, sizeof(*is_found));
	uint32_t kinds[KINDS_MAX];
	size_t count, i, k;
	float words = 0;

	find_galleries(x, is_found);
	count = kinds_beside(x, is_found, kinds);
	for (i = 0; i < page->block_count; i++) {
		for (k = 0; k < count && is_found[i]; k++)
			is_found[i] = page->elements[page->blocks[i].element].signature != kinds[k];
		words += x->kept[i] && !is_found[i] ? page->blocks[i].words : 0;
	}
	for (i = 1; i < page->block_count && words >= ARTICLE_WORDS; i++) {
		if (is_found[i] && !is_found[i - 1] && announces(page, i - 1))
			x->kept[i - 1] = false;
		x->kept[i] = x->kept[i] && !is_found[i];
	}
	free(is_found);
}

void extraction_add_captions(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	bool *is_found = xcalloc(page->block_count + 1, sizeof(*is_found));
	size_t end, i = extraction_kept_span(x, &end);

	find_captions(x, is_found);
	for (; i < end; i++) {
		const struct block *block = &page->blocks[i];

		x->kept[i] |= is_found[i] && block->words > 0 &&
			      block->link_words * 2 <= block->words &&
			      !extraction_is_in_box(page, i);
	}
	free(is_found);
}

/* What a picture shows is no part of the text without it, unless the pictures are what is told. */
void extraction_drop_captions(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	bool *is_found = xcalloc(page->block_count + 1, sizeof(*is_found));
	float all = 0, words = 0;
	size_t i;

	find_captions(x, is_found);
	for (i = 0; i < page->block_count; i++) {
		if (!x->kept[i])
			continue;
		all += page->blocks[i].words;
		words += is_found[i] ? page->blocks[i].words : 0;
	}
	if (extraction_is_manual(x)) /* they are of samples of code there */
		words = all;
	for (i = 0; i < page->block_count && words <= all * captions_share_max; i++)
		x->kept[i] = x->kept[i] && !is_found[i];
	free(is_found);
}
