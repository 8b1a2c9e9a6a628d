/* What systems of newspapers put amid an article's paragraphs and behind them, known by its shape
 * and place, in whatever language: boxes that end with a button, labels with a headline behind
 * them, who signs; and headings and quotations that belong there. */
#include "parse/extract_steps.h"

#include "core/identity.h"
#include "core/mem.h"
#include "core/str.h"
#include "parse/extract_hints.h"

#include <stdlib.h>
#include <string.h>

enum {
	PROSE_WORDS = 12,
	BOX_WORDS = 60,
	BOX_WORDS_MIN = 8, /* fewer are a name and what may be done with it */
	BOXES_MAX = 3,     /* more of one kind are what the article lists */
	LABEL_WORDS = 4,   /* before a headline */
	LABEL_BYTES = 48,  /* ... with its colon */
	POINTED_WORDS = 4, /* of the headline */
	SIGN_LINES = 2,    /* that sign an article */
	SIGN_BYTES = 8,    /* "AB/CD" */
	DESK_BYTES = 24,   /* "/abc/de/fgh" */
	CALL_WORDS = 60,   /* of a paragraph that ends an article with a call */
	CALL_LINK_WORDS = 12,
	WRITE_WORDS = 30,
	QUOTE_WORDS = 150,
	POSTS_NEAR = 60, /* blocks between the headings of two posts */
	TIME_WORDS = 3,  /* above the heading of a post */
	CORRECTION_BLOCKS = 2,
	LAST_WORDS = 6,   /* of a paragraph that ends an article */
	NOTES_BEHIND = 6, /* blocks behind the text where a correction stands */
	BYLINE_WORDS = 8,
	HELPERS_WORDS = 40,
	HEAD_WORDS = 6,
	BOX_WORDS_MAX = 150, /* of a box whose first line heads it */
	NAMED_WORDS = 20,    /* that begin with a surname */
	VERDICT_WORDS = 120,
	ADDRESS_WORDS = 10, /* before an address */
};

/* What the model must grant to what stands amid blocks that it chose. */
static const float amid_score = 0.1f;
/* ... to what may head it. */
static const float head_score = 0.25f;

static bool is_prose_kept(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;

	return i < page->block_count && x->kept[i] && page->blocks[i].words >= PROSE_WORDS &&
	       page->elements[page->blocks[i].element].tag != TAG_HEADING;
}

/* Of the paragraphs kept, the first and one past the last. */
static size_t prose_span(const struct extraction *x, size_t *end)
{
	size_t i, first = x->blocks.block_count;

	*end = 0;
	for (i = 0; i < x->blocks.block_count; i++) {
		if (!is_prose_kept(x, i))
			continue;
		if (first > i)
			first = i;
		*end = i + 1;
	}
	return first;
}

static bool is_heading(const struct page_blocks *page, size_t i)
{
	return page->elements[page->blocks[i].element].tag == TAG_HEADING;
}

/* A kept heading stands in the same kind of element, as those of posts do. */
static bool is_heading_like_others(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	const struct element *own = &page->elements[page->blocks[i].element];
	size_t k = i > POSTS_NEAR ? i - POSTS_NEAR : 0;

	for (; k < page->block_count && k < i + POSTS_NEAR; k++) {
		const struct element *other = &page->elements[page->blocks[k].element];

		if (k != i && x->kept[k] && other->signature == own->signature &&
			other->depth == own->depth)
			return true;
	}
	return false;
}

/* Its name, or that of the box that holds no more, calls it a correction. */
static bool is_named_correction(const struct page_blocks *page, size_t i)
{
	static const char *const words[] = {"correct", "correc", "correz", "korrekt", "rettels",
		"r\xC3\xA4ttels", "rectific", "rettific", "clarification", "erratum"};
	const struct element *element = &page->elements[page->blocks[i].element];
	const struct element *box = &page->elements[element->parent];
	const char *names[2] = {html_attr(element->node, "class"), NULL};
	size_t n, k;

	if (element->tag != TAG_P)
		return false;
	/* "Found a mistake? Write to us" asks for one */
	if (box->end_block - box->first_block <= CORRECTION_BLOCKS && page->blocks[i].links == 0 &&
		!strchr(block_text(page, i), '?'))
		names[1] = html_attr(box->node, "class");
	for (n = 0; n < ARRAY_LEN(names); n++) {
		for (k = 0; k < ARRAY_LEN(words) && names[n]; k++) {
			if (str_ifind(names[n], words[k]))
				return true;
		}
	}
	return false;
}

/* What is called a correction, in the article's box, or begins as one. */
static bool is_correction(const struct page_blocks *page, size_t i)
{
	static const char *const beginnings[] = {"a correction was made on ",
		"a correction has been made", "correction: ", "correction, ",
		"corrections: ", "clarification: ", "an earlier version of this ",
		"a previous version of this ", "this article was amended on ",
		"this article was corrected ", "this story was corrected ",
		"this story has been corrected "};
	size_t k;

	if (page->blocks[i].words < PROSE_WORDS || page->blocks[i].stops == 0)
		return false;
	for (k = 0; k < ARRAY_LEN(beginnings); k++) {
		if (str_istarts(block_text(page, i), beginnings[k]))
			return true;
	}
	return is_named_correction(page, i);
}

/* "factbox", "infobox": part of the article, though a button may unfold it. */
static bool is_fact_box(const struct element *element)
{
	const char *name = html_attr(element->node, "class");

	return name &&
	       (str_ifind(name, "fact") || str_ifind(name, "fakt") || str_ifind(name, "infobox"));
}

bool extraction_is_verdict(const struct element *element)
{
	const char *name = html_attr(element->node, "class");
	const char *pros = name ? str_ifind(name, "pros") : NULL;
	const char *cons = pros ? str_ifind(pros, "cons") : NULL;

	return cons && (size_t)(cons - pros) <= strlen("pros-and-") &&
	       element->words <= VERDICT_WORDS;
}

static void add_verdicts(struct extraction *x, size_t end)
{
	const struct page_blocks *page = &x->blocks;
	size_t headline = headline_block(page, x->signals.title), i, k;

	for (i = 1; i < page->element_count && headline != BLOCK_NONE; i++) {
		const struct element *box = &page->elements[i];

		if (box->first_block <= headline || box->end_block > end ||
			!extraction_is_verdict(box))
			continue;
		for (k = box->first_block; k < box->end_block; k++)
			x->kept[k] |= page->blocks[k].links == 0;
	}
}

/* "A. Name contributed reporting from a place", below a pager or in a box of its own. */
static bool names_helpers(const struct page_blocks *page, size_t i)
{
	static const char *const beginnings[] = {"additional reporting by ", "with files from ",
		"with reporting by ", "reporting by ", "edited by ", "editing by ",
		"with assistance from "};
	const struct block *block = &page->blocks[i];
	const char *text = block_text(page, i);
	size_t k;

	text += str_starts(text, "\xE2\x80\x94 ") ? strlen("\xE2\x80\x94 ") : 0;
	if (block->words > HELPERS_WORDS || block->link_words * 2 > block->words ||
		block->phrases & (1u << PHRASE_COPYRIGHT))
		return false;
	for (k = 0; k < ARRAY_LEN(beginnings); k++) {
		if (str_istarts(text, beginnings[k]))
			return true;
	}
	return str_ifind(text, " contributed reporting") ||
	       str_ifind(text, " contributed to this ");
}

/* "Reporting by A. Name; editing by B. Name" */
static bool is_desk_note(const struct block *block, const char *text)
{
	text += *text == '(';
	return block->words <= HELPERS_WORDS &&
	       (str_istarts(text, "reporting by") || str_istarts(text, "edited by") ||
		       str_istarts(text, "editing by"));
}

/* Short, without a link or an end of a sentence. */
static bool may_head(const struct block *block)
{
	return block->words > 0 && block->words <= HEAD_WORDS && block->links == 0 &&
	       !(block->phrases & (1u << PHRASE_RELATED | 1u << PHRASE_CONTENTS)) &&
	       block->digits == 0 && block->stops == 0 && block->images == 0 &&
	       block->button_words == 0;
}

/* The first line of a box whose points are kept: "In short", "Pros". */
static bool heads_kept_box(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	size_t index = page->blocks[i].element, k;

	if (!may_head(&page->blocks[i]))
		return false;
	while (index > 0 && page->elements[index].end_block == i + 1)
		index = page->elements[index].parent;
	if (index == 0 || page->elements[index].first_block != i ||
		page->elements[index].words > BOX_WORDS_MAX)
		return false;
	for (k = i + 1; k < page->elements[index].end_block; k++) {
		if (!x->kept[k] || page->elements[page->blocks[k].element].tag != TAG_ITEM)
			return false;
	}
	return k > i + 1;
}

/* A line amid two paragraphs in no element of its own but the one that holds them: a system's
 * heading. */
static bool is_bare_heading(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;

	return may_head(&page->blocks[i]) && is_prose_kept(x, i - 1) && is_prose_kept(x, i + 1) &&
	       page->elements[page->blocks[i - 1].element].parent == page->blocks[i].element &&
	       page->elements[page->blocks[i + 1].element].parent == page->blocks[i].element &&
	       !extraction_is_ad_label(page, i);
}

/* The only text of a heading that was kept. */
static bool follows_kept_heading(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	const struct block *block = &page->blocks[i];

	return x->kept[i - 1] && is_heading(page, i - 1) && block->words >= PROSE_WORDS &&
	       block->stops > 0 && block->link_words * 2 < block->words &&
	       page->elements[block->element].parent ==
		       page->elements[page->blocks[i - 1].element].parent;
}

/* A sentence or two behind a box at the end, in the same element as the first paragraph and like
 * it. */
static bool is_last_paragraph(const struct extraction *x, size_t first, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	const struct element *own = &page->elements[page->blocks[i].element];
	const struct element *other = &page->elements[page->blocks[first].element];

	return own->tag == TAG_P && own->parent == other->parent &&
	       own->signature == other->signature && page->blocks[i].words >= LAST_WORDS &&
	       page->blocks[i].stops > 0 && page->blocks[i].links == 0 &&
	       page->blocks[i].phrases == 0;
}

/* Headings right between two paragraphs, what stands beside a kept part of a quotation or a box of
 * facts, corrections, and who had a hand in it. */
void extraction_add_amid(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t end, first = prose_span(x, &end), i, k;

	if (is_forum(&x->signals) || extraction_is_manual(x))
		return;
	for (i = first; i < page->block_count && i < end + NOTES_BEHIND; i++)
		x->kept[i] |= names_helpers(page, i) ||
			      (x->scores[i] >= amid_score &&
				      (is_correction(page, i) ||
					      (i >= end && (is_last_paragraph(x, first, i) ||
								   is_desk_note(&page->blocks[i],
									   block_text(page, i))))));
	for (i = 1; i + 1 < page->block_count; i++)
		x->kept[i] |= x->scores[i] >= head_score &&
			      (heads_kept_box(x, i) || is_bare_heading(x, i) ||
				      follows_kept_heading(x, i));
	for (i = first + 1; i + 1 < page->block_count && i < end; i++) {
		if (!is_heading(page, i) || page->blocks[i].links > 0)
			continue;
		x->kept[i] |=
			x->scores[i] >= amid_score && is_prose_kept(x, i + 1) &&
			(is_prose_kept(x, i - 1) || (page->blocks[i - 1].words <= TIME_WORDS &&
							    is_heading_like_others(x, i)));
		x->kept[i] |= x->scores[i] >= head_score && x->kept[i + 1];
	}
	add_verdicts(x, end);
	for (i = 1; i < page->element_count; i++) {
		const struct element *box = &page->elements[i];
		bool is_kept = false;

		if ((box->tag != TAG_QUOTE && !is_fact_box(box)) || box->words > QUOTE_WORDS)
			continue;
		for (k = box->first_block; k < box->end_block; k++)
			is_kept |= x->kept[k];
		for (k = box->first_block; k < box->end_block && is_kept; k++)
			x->kept[k] |= x->scores[k] >= amid_score && page->blocks[k].stops > 0 &&
				      page->blocks[k].link_words * 2 < page->blocks[k].words;
	}
}

/* Lines, then a button: what asks the reader for something. */
static bool ends_with_button(const struct page_blocks *page, const struct element *element)
{
	const struct block *last = &page->blocks[element->end_block - 1];
	const struct block *head = &page->blocks[element->first_block];

	return element->words <= BOX_WORDS && element->words >= BOX_WORDS_MIN &&
	       !is_fact_box(element) && last != head && last->words > 0 &&
	       last->button_words >= last->words && head->button_words == 0 &&
	       element->tag != TAG_ITEM && element->tag != TAG_LIST && element->tag != TAG_ROW &&
	       element->tag != TAG_TABLE;
}

/* A sample of code or a cell in it, or a sentence that stands as those of the article do: the post
 * of a live blog, a section. */
static bool is_of_text(
	const struct page_blocks *page, const struct element *element, uint32_t usual)
{
	size_t i;

	for (i = element->first_block; i < element->end_block; i++) {
		const struct element *own = &page->elements[page->blocks[i].element];

		if (own->tag == TAG_PRE || own->tag == TAG_CELL ||
			(page->blocks[i].words >= PROSE_WORDS && own->signature == usual))
			return true;
	}
	return false;
}

/* A label, and below it headlines that lead elsewhere. */
static bool is_labelled_links(const struct page_blocks *page, const struct element *element)
{
	const struct block *head = &page->blocks[element->first_block];
	size_t i;

	if (element->words > BOX_WORDS || element->tag == TAG_LIST || element->tag == TAG_ITEM ||
		element->tag == TAG_ROW || element->tag == TAG_TABLE || head->links > 0 ||
		head->words > LABEL_WORDS || head->words == 0 || head->stops > 0 ||
		element->end_block < element->first_block + 2)
		return false;
	for (i = element->first_block + 1; i < element->end_block; i++) {
		const struct block *block = &page->blocks[i];
		enum tag tag = page->elements[block->element].tag;

		if (block->words < POINTED_WORDS || block->link_words < block->words ||
			block->anchors > 0 || tag == TAG_ITEM || tag == TAG_CELL || tag == TAG_PRE)
			return false;
	}
	return true;
}

/* The links of a block lead to the site of the page. */
static bool leads_within_site(const struct extraction *x, size_t i)
{
	const xmlNode *top = x->blocks.elements[x->blocks.blocks[i].element].node, *node;
	struct buf own = {0}, other = {0};
	bool is_within = x->job->url && url_site(x->job->url, &own);

	for (node = top->children; node && is_within; node = html_next_node(node, top)) {
		const char *href = tag_of(node) == TAG_LINK ? html_attr(node, "href") : NULL;

		if (href && strstr(href, "://"))
			is_within =
				url_site(href, &other) && str_eq(buf_text(&own), buf_text(&other));
	}
	buf_finish(&own);
	buf_finish(&other);
	return is_within;
}

static bool is_link_line(const struct extraction *x, size_t i)
{
	const struct block *block = &x->blocks.blocks[i];
	enum tag tag = x->blocks.elements[block->element].tag;

	return (tag == TAG_P || tag == TAG_DIV || tag == TAG_ITEM) && block->links > 0 &&
	       block->anchors == 0 && block->words >= POINTED_WORDS &&
	       block->link_words >= block->words;
}

/* What a label stands above: lines beside it, or the points of a list right below it. */
static bool is_labelled(const struct page_blocks *page, size_t i, uint32_t box)
{
	const struct element *own = &page->elements[page->blocks[i].element];

	return own->parent == box ||
	       (own->tag == TAG_ITEM && page->elements[own->parent].tag == TAG_LIST &&
		       page->elements[own->parent].parent == box);
}

/* "ALSO:", and lines below it that lead to other pages of the site. */
static void drop_labelled_lines(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t i, k;

	for (i = 1; i + 1 < page->block_count; i++) {
		const struct block *label = &page->blocks[i];
		uint32_t box = page->elements[label->element].parent;

		if (!x->kept[i] || label->words > LABEL_WORDS || label->links > 0 ||
			!str_ends(block_text(page, i), ":"))
			continue;
		for (k = i + 1; k < page->block_count && is_labelled(page, k, box) &&
				is_link_line(x, k) && leads_within_site(x, k);
			k++)
			x->kept[k] = false;
		if (k > i + 1)
			x->kept[i] = false;
	}
}

static size_t visit_boxes(struct extraction *x, bool drops)
{
	const struct page_blocks *page = &x->blocks;
	size_t end, first = prose_span(x, &end), i, k, count = 0;
	uint16_t depth = 0;
	uint32_t usual = extraction_usual_signature(x, &depth);

	for (i = 1; i < page->element_count; i++) {
		const struct element *element = &page->elements[i];

		if (element->end_block <= element->first_block || element->first_block <= first ||
			element->end_block >= end ||
			!(ends_with_button(page, element) || is_labelled_links(page, element)) ||
			is_of_text(page, element, usual))
			continue;
		count++;
		for (k = element->first_block; k < element->end_block && drops; k++)
			x->kept[k] = false;
		i = element->end - 1;
	}
	return count;
}

/* "[See a headline.]", "(MORE: a headline)" */
static bool is_bracketed_pointer(const struct block *block, const char *text)
{
	return ((*text == '[' && str_ends(text, "]")) || (*text == '(' && str_ends(text, ")"))) &&
	       block->link_words >= POINTED_WORDS &&
	       block->words - block->link_words <= LABEL_WORDS;
}

/* "A label: a headline | another label: another headline" */
static bool is_row_of_pointers(const struct block *block, const char *text)
{
	size_t bars = 0;

	for (; *text; text++)
		bars += *text == '|';
	return bars > 0 && block->links == bars + 1 && block->stops == 0 &&
	       block->link_words >= (float)block->links * 2 &&
	       block->words - block->link_words <= (float)block->links * LABEL_WORDS;
}

/* Before its colon nothing but capitals. */
static bool is_in_capitals(const char *text, const char *colon)
{
	size_t letters = 0;

	for (; text < colon; text++) {
		if ((unsigned char)*text >= 0x80 || str_lower_char(*text) != *text)
			letters++;
		else if (str_is_alpha(*text))
			return false;
	}
	return letters > 1;
}

/* "Label: a headline", all but the label a link; a box or an arrow may do for the colon. */
static bool is_pointer(const struct page_blocks *page, size_t i)
{
	static const char *const arrows[] = {">", "\xC2\xBB", "\xE2\x86\x92", "\xE2\x96\xB6",
		"\xE2\x96\xBA", "\xE2\x9E\xA1", "\xE2\x96\xBC", "\xE2\x98\x9E"};
	const struct block *block = &page->blocks[i];
	enum tag tag = page->elements[block->element].tag;
	const char *text = block_text(page, i), *colon;
	float label = block->words - block->link_words;
	size_t k;

	if ((tag != TAG_P && tag != TAG_DIV) || block->anchors > 0)
		return false;
	if (is_row_of_pointers(block, text))
		return true;
	colon = strchr(text, ':');
	if (block->links != 1 || label > LABEL_WORDS ||
		block->link_words < (colon && is_in_capitals(text, colon) ? 2 : POINTED_WORDS))
		return false;
	if (is_bracketed_pointer(block, text))
		return true;
	for (k = 0; k < ARRAY_LEN(arrows); k++) {
		if (str_starts(text, arrows[k]))
			return true;
	}
	if (!colon)
		colon = strstr(text, "\xEF\xBC\x9A");
	return colon && colon - text <= LABEL_BYTES && label > 0 &&
	       count_words(colon) <= block->link_words + 1 &&
	       count_words(colon) >= block->link_words;
}

/* A name and an office in boxes side by side, below the heading of a post and above its text; who
 * edits what follows. */
static bool is_post_byline(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	const struct block *block = &page->blocks[i];
	const xmlNode *node = page->elements[block->element].node->children;
	size_t boxes = 0;

	if (is_heading(page, i - 1) && is_desk_note(block, block_text(page, i)))
		return true;
	if (page->elements[block->element].tag != TAG_DIV || block->words > BYLINE_WORDS ||
		block->stops > 0 || block->commas > 0 || !is_heading(page, i - 1) ||
		!is_prose_kept(x, i + 1) ||
		page->elements[page->blocks[i + 1].element].tag != TAG_P)
		return false;
	for (; node; node = node->next) {
		if (node->type == XML_ELEMENT_NODE)
			boxes++;
		else if (!xmlIsBlankNode(node))
			return false;
	}
	return boxes >= 2;
}

/* Who wrote it, as desks of agencies sign: "/abc/de"; or the number that a system gives it. */
static bool is_desk_sign(const char *text, size_t len)
{
	size_t letters = strspn(text, "/abcdefghijklmnopqrstuvwxyz"), digits = 0;

	if (*text == '/' && letters == len && len <= DESK_BYTES)
		return true;
	/* in digits of Arabic or Persian, of two bytes: a year that ends a text is in others */
	while (text[digits] == '/' || ((text[digits] == '\xD9' || text[digits] == '\xDB') &&
					      (unsigned char)text[digits + 1] >= 0xA0 &&
					      (unsigned char)text[digits + 1] <= 0xB9))
		digits += text[digits] == '/' ? 1 : 2;
	return digits == len && len <= DESK_BYTES;
}

/* Who wrote it, in letters: "AB", "ab/cd", "(ab)", "name@example.org"; or signs that end a text. */
static bool is_sign(const struct page_blocks *page, size_t i)
{
	const struct block *block = &page->blocks[i];
	enum tag tag = page->elements[block->element].tag;
	const char *text = block_text(page, i), *at = strchr(text, '@'), *s;
	size_t letters = 0, uppers = 0;

	if ((tag != TAG_P && tag != TAG_DIV) || strchr(text, ' ') || block->images > 0)
		return false;
	if (at > text)
		return str_is_alpha(at[1]) && strchr(at, '.');
	if (is_desk_sign(text, block->len))
		return true;
	if (block->len > SIGN_BYTES)
		return false;
	for (s = text; *s; s++) {
		if ((unsigned char)*s >= 0x80 || str_is_digit(*s))
			return false;
		letters += str_is_alpha(*s);
		uppers += *s >= 'A' && *s <= 'Z';
	}
	return uppers == letters || strchr(text, '/') || *text == '(';
}

/* "Want more? Book a table today": begins with what is to be done. */
static bool says_what_to_do(const char *text)
{
	static const char *const beginnings[] = {"download ", "book ", "get the ", "get your ",
		"register ", "request a ", "start your ", "try "};
	size_t i;

	for (i = 0; i < ARRAY_LEN(beginnings); i++) {
		if (str_istarts(text, beginnings[i]))
			return true;
	}
	return false;
}

/* Behind a question or a colon the block ends with this text. */
static bool ends_with_answer(const char *block, const char *text)
{
	const char *at = strstr(block, text), *before = at;

	if (!at || strlen(at) > strlen(text) + 1)
		return false;
	while (before > block && before[-1] == ' ')
		before--;
	return before > block && (before[-1] == '?' || before[-1] == ':');
}

/* It has a link that says to sign up, or ends with one that says what to do. */
static bool links_to_call(const struct page_blocks *page, size_t i)
{
	const xmlNode *top = page->elements[page->blocks[i].element].node, *node;
	struct buf text = {0};
	bool found = false;

	for (node = top->children; node && !found; node = html_next_node(node, top)) {
		if (tag_of(node) != TAG_LINK || metadata_block(node->children) != i)
			continue;
		buf_clear(&text);
		html_text(node, &text);
		found = count_words(buf_text(&text)) <= CALL_LINK_WORDS &&
			(hints_of_text(buf_text(&text), text.len) & 1u << PHRASE_SUBSCRIBE ||
				(says_what_to_do(buf_text(&text)) &&
					ends_with_answer(block_text(page, i), buf_text(&text))));
	}
	buf_finish(&text);
	return found;
}

/* A question, and an address to send the answer to. */
static bool asks_to_write(const struct block *block, const char *text)
{
	const char *question = strchr(text, '?'), *at = question ? strchr(question, '@') : NULL;

	return block->words <= WRITE_WORDS && at && at[-1] != ' ' && str_is_alpha(at[1]);
}

/* "Ada Lind writes for ...", "Lind is on ...", "Follow Ada Lind": begins with a name of one who
 * wrote it; but "Ada Lind contributed" is of the article. */
static bool is_on_author(const struct extraction *x, const struct block *block, const char *text)
{
	const struct value_list *lists[] = {
		&x->meta.ld.authors, &x->meta.head.authors, &x->meta.item.authors};
	size_t i, k, len;

	if (block->words > CALL_WORDS || str_ifind(text, "contribut"))
		return false;
	if (str_istarts(text, "follow "))
		text += strlen("follow ");
	for (i = 0; i < ARRAY_LEN(lists); i++) {
		for (k = 0; k < lists[i]->count; k++) {
			const char *name = lists[i]->values[k], *last = NULL, *s;

			len = strcspn(name, ",|(");
			while (len > 0 && name[len - 1] == ' ')
				len--;
			for (s = name; s < name + len; s++) {
				if (*s == ' ')
					last = s + 1;
			}
			if (last && strncmp(text, name, len) == 0)
				return true;
			len -= last ? (size_t)(last - name) : 0;
			if (last && block->words <= NAMED_WORDS && strncmp(text, last, len) == 0 &&
				text[len] == ' ')
				return true;
		}
	}
	return false;
}

/* "Contact the writer: ada@example.org", "Follow us: @news" */
static bool ends_with_address(const struct block *block, const char *text)
{
	const char *last = strrchr(text, ' '), *at;

	if (!last || block->words > ADDRESS_WORDS)
		return false;
	at = strchr(last, '@');
	return at && (str_is_alpha(at[1]) || str_is_digit(at[1])) &&
	       (at == last + 1 || strchr(at, '.'));
}

static bool is_last_line(const struct extraction *x, size_t i)
{
	const struct page_blocks *page = &x->blocks;
	const struct block *block = &page->blocks[i];
	const char *text = block_text(page, i);

	return is_sign(page, i) || (block->words <= 2 && str_starts(text, "ISIN ")) ||
	       (block->words <= NAMED_WORDS && str_starts(text, "SOURCE ")) ||
	       extraction_names_author(x, block, text) || is_on_author(x, block, text) ||
	       ends_with_address(block, text) ||
	       (block->words <= CALL_WORDS && block->links > 0 &&
		       (links_to_call(page, i) || asks_to_write(block, text)));
}

/* The last lines, where they only sign the article or call for a newsletter. */
static void drop_end(struct extraction *x)
{
	size_t lines = 0, i = x->blocks.block_count;

	while (i-- > 0 && lines < SIGN_LINES) {
		if (!x->kept[i])
			continue;
		if (!is_last_line(x, i))
			return;
		x->kept[i] = false;
		lines++;
	}
}

/* Behind a paper: what it quotes, who wrote it, how to cite it. */
static bool heads_back_matter(const char *text)
{
	static const char *const words[] = {"references", "bibliography", "author information",
		"authors and affiliations", "author affiliations", "rights and permissions",
		"about this article", "cite this article"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (str_ieq(text, words[i]))
			return true;
	}
	return false;
}

static void drop_back_matter(struct extraction *x, size_t first)
{
	const struct page_blocks *page = &x->blocks;
	int level = 0, own; /* of the heading that is dropped with what is below it */
	size_t i;

	for (i = first; x->meta.is_paper && i < page->block_count; i++) {
		own = page->elements[page->blocks[i].element].level;
		if (own > 0 && (level == 0 || own <= level))
			level = heads_back_matter(block_text(page, i)) ? own : 0;
		x->kept[i] = x->kept[i] && level == 0;
	}
}

void extraction_drop_shapes(struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t end, first, i;

	if (is_forum(&x->signals) || extraction_is_manual(x))
		return;
	drop_labelled_lines(x);
	if (visit_boxes(x, false) <= BOXES_MAX)
		visit_boxes(x, true);
	first = prose_span(x, &end);
	for (i = first > 1 ? first - 1 : 1; i + 1 < end; i++) {
		if (x->kept[i] && (is_pointer(page, i) || is_post_byline(x, i)))
			x->kept[i] = false;
	}
	drop_back_matter(x, first);
	if (end > 0)
		drop_end(x);
}
