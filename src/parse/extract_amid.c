/* What stands amid an article's paragraphs and is part of it though it does not look so, or looks
 * so and is not: pull quotes, lists of other stories. */
#include "parse/extract_steps.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <stdlib.h>
#include <string.h>

enum {
	ANSWER_BLOCKS = 4, /* behind a question, the first line of its answer */
	HINT_LEVELS = 3,   /* elements above a block that are looked at */
	BOX_LEVELS = 5,
	NOTE_LEVELS = 4,
	NOTE_WORDS_MIN = 3,
	NOTE_WORDS_MAX = 500, /* of all: more are the references of a paper */
	NOTES_BEHIND = 40,    /* blocks behind the text where notes stand */
	PULL_WORDS_MIN = 4,
	PULL_WORDS_MAX = 40,
	QUOTE_LEVELS = 3,
	QUOTE_GAP = 3, /* blocks between a quotation and the text around it */
	SPEAKER_WORDS = 20,
	PULL_HEAD_WORDS = 2, /* "Quotation" */
	PULL_DISTANCE = 30,  /* blocks to the paragraph that says the same */
	PARAGRAPH_BYTES = 8192,
	PROSE_WORDS = 12,
	SIGNATURES_MAX = 8,
	ALIKE_LEVELS = 4, /* elements above a paragraph that hold its likes */
	LINK_LIST_MAX = 6,
	HEADLINE_WORDS_MIN = 4,
};

/* Share of the sentences kept that stands in like elements. */
static const float usual_share = 0.5f;
/* Of what is like them and was left out. */
static const float alike_score = 0.1f;

size_t extraction_kept_span(const struct extraction *x, size_t *end)
{
	size_t i, first = x->blocks.block_count;

	*end = 0;
	for (i = 0; i < x->blocks.block_count; i++) {
		if (!x->kept[i])
			continue;
		if (first > i)
			first = i;
		*end = i + 1;
	}
	return first;
}

bool extraction_is_within(const struct page_blocks *page, size_t i, enum tag tag, int levels)
{
	size_t index = page->blocks[i].element;

	for (; levels > 0 && index > 0; levels--, index = page->elements[index].parent) {
		if (page->elements[index].tag == tag)
			return true;
	}
	return false;
}

bool extraction_is_in_box(const struct page_blocks *page, size_t i)
{
	uint32_t boxes = 1u << HINT_RELATED | 1u << HINT_AD | 1u << HINT_NEWSLETTER |
			 1u << HINT_AUTHOR | 1u << HINT_COMMENT;
	size_t index = page->blocks[i].element;
	int levels;

	for (levels = 0; levels < BOX_LEVELS && index > 0; levels++) {
		const struct element *element = &page->elements[index];

		if (element->hints & boxes || element->tag == TAG_ASIDE || element->tag == TAG_NAV)
			return true;
		index = element->parent;
	}
	return page->blocks[i].is_link;
}

static bool is_paragraph(const struct page_blocks *page, size_t i)
{
	return page->blocks[i].words >= PROSE_WORDS &&
	       page->elements[page->blocks[i].element].tag != TAG_HEADING;
}

uint32_t extraction_usual_signature(const struct extraction *x, uint16_t *depth)
{
	const struct page_blocks *page = &x->blocks;
	float words, best = 0, all = 0;
	uint32_t signature = 0;
	size_t i, k, tried = 0;

	for (i = 0; i < page->block_count; i++)
		all += x->kept[i] && is_paragraph(page, i) ? page->blocks[i].words : 0;
	for (i = 0; i < page->block_count && tried < SIGNATURES_MAX; i++) {
		const struct element *own = &page->elements[page->blocks[i].element];

		if (!x->kept[i] || page->blocks[i].words < PROSE_WORDS ||
			own->signature == signature)
			continue;
		tried++;
		for (k = 0, words = 0; k < page->block_count; k++) {
			const struct element *other = &page->elements[page->blocks[k].element];

			if (x->kept[k] && other->signature == own->signature &&
				other->depth == own->depth && page->blocks[k].words >= PROSE_WORDS)
				words += page->blocks[k].words;
		}
		if (words > best) {
			best = words;
			signature = own->signature;
			*depth = own->depth;
		}
	}
	return best >= all * usual_share ? signature : 0;
}

/* Marked as a paragraph of the article. */
static bool is_marked_body(const struct page_blocks *page, size_t i)
{
	const char *name = html_attr(page->elements[page->blocks[i].element].node, "itemprop");

	return name && str_ieq(name, "articleBody");
}

/* Of the article's box, what is like most of its paragraphs and was left out: the model has little
 * to go by in a short text between other boxes. */
void extraction_add_alike(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	uint16_t depth = 0;
	uint32_t signature = extraction_usual_signature(x, &depth);
	size_t end, first = extraction_kept_span(x, &end), top, i;
	bool marks_body = false;

	/* sections of manuals are alike, also those beyond the page's subject */
	if (signature == 0 || is_forum(&x->signals) || extraction_is_manual(x))
		return;
	top = page->blocks[first].element;
	for (i = 0; i < ALIKE_LEVELS && top > 0; i++)
		top = page->elements[top].parent;
	for (i = first; i < end; i++)
		marks_body |= x->kept[i] && is_paragraph(page, i) && is_marked_body(page, i);
	for (i = page->elements[top].first_block; i < page->elements[top].end_block; i++) {
		const struct block *block = &page->blocks[i];
		const struct element *element = &page->elements[block->element];

		bool is_marked = marks_body && is_marked_body(page, i);

		if (x->kept[i] || block->words < PROSE_WORDS || block->stops == 0 ||
			block->link_words * 4 >= block->words ||
			(!is_marked &&
				(element->signature != signature || element->depth != depth ||
					x->scores[i] < alike_score)))
			continue;
		x->kept[i] = true;
	}
	/* headings right between two of them */
	for (i = page->elements[top].first_block + 1; i + 1 < page->elements[top].end_block; i++) {
		if (page->elements[page->blocks[i].element].level > 1 &&
			x->scores[i] >= alike_score && x->kept[i - 1] && x->kept[i + 1] &&
			is_paragraph(page, i - 1) && is_paragraph(page, i + 1))
			x->kept[i] = true;
	}
}

static bool is_named_footnote(const xmlNode *node)
{
	static const char *const attributes[] = {"class", "id", "role"};
	const char *value;
	size_t i;

	for (i = 0; i < ARRAY_LEN(attributes); i++) {
		value = html_attr(node, attributes[i]);
		if (value && (str_ifind(value, "footnote") || str_ifind(value, "endnote")))
			return true;
	}
	return false;
}

/* A link within the page, as the sign that leads from a note back to its mark. */
static bool has_anchor(const xmlNode *top)
{
	const xmlNode *node;
	const char *href;

	for (node = top->children; node; node = html_next_node((xmlNode *)node, (xmlNode *)top)) {
		href = node->type == XML_ELEMENT_NODE ? html_attr(node, "href") : NULL;
		if (href && *href == '#')
			return true;
	}
	return false;
}

/* Named so, with a link to the mark in the text. */
static bool is_footnote(const struct page_blocks *page, size_t i)
{
	size_t index = page->blocks[i].element;
	int levels;

	for (levels = 0; levels < NOTE_LEVELS && index > 0; levels++) {
		const struct element *element = &page->elements[index];

		if (element->hints & (1u << HINT_NOTE) && element->words <= NOTE_WORDS_MAX &&
			is_named_footnote(element->node) && has_anchor(element->node))
			return true;
		index = element->parent;
	}
	return false;
}

/* At the article's end, where the model sees small print. */
void extraction_add_footnotes(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t end, i;

	extraction_kept_span(x, &end);
	for (i = end; end > 0 && i < page->block_count && i < end + NOTES_BEHIND; i++) {
		const struct block *block = &page->blocks[i];

		if (block->words >= NOTE_WORDS_MIN && block->link_words * 2 <= block->words &&
			is_footnote(page, i))
			x->kept[i] = true;
	}
}

static bool is_named_quote(const struct element *element)
{
	const char *name = html_attr(element->node, "class");

	return name && (str_ifind(name, "quote") || str_ifind(name, "pull"));
}

static bool is_hinted_quote(const struct page_blocks *page, size_t i)
{
	size_t index = page->blocks[i].element;
	bool is_point = page->elements[index].tag == TAG_ITEM;
	bool is_heading = page->elements[index].tag == TAG_HEADING;
	int levels;

	for (levels = 0; levels < HINT_LEVELS && index > 0; levels++) {
		const struct element *element = &page->elements[index];

		/* a heading in what is named "subheadline" is one; the points of a summary are
		 * beside it */
		if (element->tag == TAG_QUOTE || (element->tag == TAG_ASIDE && !is_point) ||
			(element->tag != TAG_HEADING && element->hints & (1u << HINT_QUOTE) &&
				(!is_heading || is_named_quote(element))))
			return true;
		index = element->parent;
	}
	return false;
}

/* No space, and no mark: of ASCII, Latin-1, the general ones, those of East Asia. */
static bool is_said(unsigned c)
{
	if (c < 0x80)
		return str_is_alpha((char)c) || str_is_digit((char)c);
	return c > 0xBF && !(c >= 0x2000 && c <= 0x206F) && !(c >= 0x3000 && c <= 0x301F);
}

void extraction_put_said(const char *text, size_t len, struct buf *to)
{
	size_t at = 0, size, k;

	buf_clear(to);
	while (at < len) {
		unsigned c = utf8_decode(text + at, len - at, &size);

		for (k = 0; k < size && is_said(c); k++)
			buf_putc(to, str_lower_char(text[at + k]));
		at += size;
	}
}

/* Each of a quotation's sentences is in one paragraph, where "she said" may stand between them. */
static bool says_all(const char *quote, const char *paragraph, struct buf *said, struct buf *piece)
{
	size_t len, pieces = 0;

	extraction_put_said(paragraph, strlen(paragraph), said);
	for (; *quote; quote += len + (quote[len] != '\0')) {
		len = strcspn(quote, ".!?,");
		extraction_put_said(quote, len, piece);
		if (piece->len > 0 && !strstr(buf_text(said), buf_text(piece)))
			return false;
		pieces += piece->len > 0;
	}
	return pieces > 0;
}

static bool is_said_elsewhere(const struct extraction *x, size_t quote)
{
	const struct page_blocks *page = &x->blocks;
	size_t i = quote > PULL_DISTANCE ? quote - PULL_DISTANCE : 0;
	struct buf said = {0}, piece = {0};
	bool found = false;

	for (; i < page->block_count && i <= quote + PULL_DISTANCE && !found; i++)
		found = i != quote && x->kept[i] &&
			page->blocks[i].words >= page->blocks[quote].words &&
			(page->blocks[i].words > page->blocks[quote].words + 1 ||
				!is_hinted_quote(page, i)) &&
			page->blocks[i].len <= PARAGRAPH_BYTES &&
			says_all(block_text(page, quote), block_text(page, i), &said, &piece);
	buf_finish(&said);
	buf_finish(&piece);
	return found;
}

/* No sentence stands in a box but the quotation. */
static bool is_quote_alone(const struct page_blocks *page, const struct element *box, size_t quote)
{
	size_t i;

	for (i = box->first_block; i < box->end_block; i++) {
		if (i != quote && page->blocks[i].stops > 0)
			return false;
	}
	return box->words <= page->blocks[quote].words + SPEAKER_WORDS;
}

/* With a pull quote goes who said it: what else the box around it holds, which is little. */
static void drop_speaker(struct extraction *x, size_t quote)
{
	const struct page_blocks *page = &x->blocks;
	size_t index = page->blocks[quote].element, box = 0, i;

	while (index > 0 && is_quote_alone(page, &page->elements[index], quote)) {
		box = index;
		index = page->elements[index].parent;
	}
	for (i = page->elements[box].first_block; box > 0 && i < page->elements[box].end_block; i++)
		x->kept[i] = false;
}

/* Set large between two paragraphs: what one of them says. */
void extraction_drop_pull_quotes(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t i;

	if (is_forum(&x->signals) || extraction_is_manual(x))
		return;
	for (i = 0; i < page->block_count; i++) {
		const struct block *block = &page->blocks[i];

		/* who said it, or what heads it, may have been kept without it */
		if ((x->kept[i] || (i > 0 && x->kept[i - 1]) ||
			    (i + 1 < page->block_count && x->kept[i + 1])) &&
			block->words >= PULL_WORDS_MIN && block->words <= PULL_WORDS_MAX &&
			is_hinted_quote(page, i) && is_said_elsewhere(x, i)) {
			x->kept[i] = false;
			drop_speaker(x, i);
			if (i > 0 && page->blocks[i - 1].words <= PULL_HEAD_WORDS &&
				page->elements[page->blocks[i - 1].element].tag == TAG_HEADING)
				x->kept[i - 1] = false;
		}
	}
}

static bool is_near_kept(const struct extraction *x, size_t i, int step)
{
	size_t count = x->blocks.block_count;
	int k;

	for (k = 0; k < QUOTE_GAP; k++) {
		i += (size_t)step;
		if (i >= count)
			return false;
		if (x->kept[i])
			return true;
	}
	return false;
}

/* Block i says who said what stands above it: the end of a quotation that is kept, or the line
 * below it in its figure. */
static bool names_speaker(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	size_t quotation = page->blocks[i - 1].element, figure = page->blocks[i].element;

	if (!x->kept[i - 1] || page->blocks[i].words > 2 * SPEAKER_WORDS)
		return false;
	while (quotation > 0 && page->elements[quotation].tag != TAG_QUOTE)
		quotation = page->elements[quotation].parent;
	if (quotation == 0 || extraction_is_answered(x, &page->elements[quotation]))
		return false;
	if (page->elements[quotation].end_block == i + 1)
		return true;
	while (figure > 0 && page->elements[figure].tag != TAG_FIGURE)
		figure = page->elements[figure].parent;
	return figure > 0 && page->elements[figure].first_block <= i - 1 &&
	       extraction_is_within(page, i, TAG_CAPTION, QUOTE_LEVELS);
}

/* In a quotation that is called a pull quote: the text says it, if in other words. */
static bool is_pulled(const struct page_blocks *page, size_t i)
{
	size_t index = page->blocks[i].element;
	const char *name;
	int level;

	for (level = 0; level < QUOTE_LEVELS && index > 0; level++) {
		name = html_attr(page->elements[index].node, "class");
		if (page->elements[index].tag == TAG_QUOTE && name && str_istarts(name, "pull"))
			return true;
		index = page->elements[index].parent;
	}
	return false;
}

/* A quotation between two paragraphs that no other text says, and who said what is quoted. */
void extraction_add_quotations(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t i;

	if (is_forum(&x->signals))
		return;
	for (i = 1; i < page->block_count; i++) {
		const struct block *block = &page->blocks[i];

		if (!x->kept[i] && block->words >= PULL_WORDS_MIN && x->scores[i] >= alike_score &&
			block->link_words * 2 < block->words &&
			extraction_is_within(page, i, TAG_QUOTE, QUOTE_LEVELS) &&
			!is_pulled(page, i) && !extraction_is_in_box(page, i) &&
			is_near_kept(x, i, -1) && is_near_kept(x, i, 1) && !is_said_elsewhere(x, i))
			x->kept[i] = true;
		else if (!x->kept[i] && names_speaker(x, i))
			x->kept[i] = true;
	}
}

bool extraction_is_answered(const struct extraction *x, const struct element *quote)
{
	const struct page_blocks *page = &x->blocks;
	size_t next = quote->end_block, end = page->elements[quote->parent].end_block;

	if (quote->tag != TAG_QUOTE || !element_is_hinted(quote, HINT_COMMENT) ||
		!x->signals.is_ld_article)
		return false;
	end = end < next + ANSWER_BLOCKS ? end : next + ANSWER_BLOCKS;
	while (next < end && !x->kept[next])
		next++;
	return next < end && is_paragraph(page, next);
}

/* What readers ask in a live blog, above the answer to it; not their names. */
void extraction_add_questions(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t i, k;

	if (is_forum(&x->signals))
		return;
	for (i = 1; i < page->element_count; i++) {
		if (!extraction_is_answered(x, &page->elements[i]))
			continue;
		for (k = page->elements[i].first_block; k < page->elements[i].end_block; k++)
			x->kept[k] = x->kept[k] ||
				     (page->blocks[k].stops > 0 && x->scores[k] >= alike_score);
	}
}

static bool is_sentence_end(const struct page_blocks *page, size_t i)
{
	const struct block *block = &page->blocks[i];
	const char *text = block_text(page, i);

	return block->words >= PROSE_WORDS && block->link_words * 3 < block->words &&
	       block->len > 0 && !str_ends(text, ":") && !str_ends(text, "\xEF\xBC\x9A");
}

/* Headlines, each the whole of its point and a link, that nothing leads up to. */
static bool is_link_list(const struct page_blocks *page, const struct element *list)
{
	size_t i, count = list->end_block - list->first_block;

	if (list->tag != TAG_LIST || count == 0 || count > LINK_LIST_MAX || list->anchors > 0 ||
		list->first_block == 0 || list->end_block >= page->block_count ||
		!is_sentence_end(page, list->first_block - 1))
		return false;
	for (i = list->first_block; i < list->end_block; i++) {
		const struct block *block = &page->blocks[i];

		if (block->words < HEADLINE_WORDS_MIN || block->links != 1 ||
			block->link_words < block->words)
			return false;
	}
	return true;
}

/* A paragraph that is a link or several, between two of sentences: a call or a headline. */
static bool is_link_line(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	const struct block *block = &page->blocks[i];
	enum tag tag = page->elements[block->element].tag;

	return x->kept[i] && (tag == TAG_P || tag == TAG_DIV) && i > 0 &&
	       i + 1 < page->block_count && block->words >= HEADLINE_WORDS_MIN &&
	       block->links > 0 && block->anchors == 0 && block->link_words >= block->words &&
	       is_sentence_end(page, i - 1) && x->kept[i - 1] && x->kept[i + 1] &&
	       page->blocks[i + 1].words >= PROSE_WORDS &&
	       page->blocks[i + 1].link_words * 3 < page->blocks[i + 1].words;
}

void extraction_drop_link_lines(struct extraction *x)
{
	size_t i;

	for (i = 1; i < x->blocks.block_count; i++) {
		if (is_link_line(x, i))
			x->kept[i] = false;
	}
}

void extraction_drop_link_lists(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t end, first = extraction_kept_span(x, &end), i, k;

	for (i = 1; i < page->element_count; i++) {
		const struct element *list = &page->elements[i];

		if (list->first_block < first || list->end_block >= end ||
			!is_link_list(page, list))
			continue;
		for (k = list->first_block; k < list->end_block; k++)
			x->kept[k] = false;
	}
}
