#include "parse/blocks.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/terms.h"
#include "core/utf8.h"
#include "parse/extract_hints.h"
#include "parse/html.h"

#include <stdlib.h>
#include <string.h>

enum {
	BLOCKS_MAX = 60000,    /* blocks of one page */
	ELEMENTS_MAX = 400000, /* elements of one page */
	KNOWN_NAMES = 256,
	PROSE_WORDS = 10, /* a block of sentences has this many words at least */
	UNSEEN_MAX = 64,  /* pieces of a block that are not seen; each node of it is compared */
	VERSE_LINES = 2,  /* line breaks in a block that are the author's */
};

#define IDEOGRAPHIC_SPACE "\xE3\x80\x80"

static const struct {
	const char *name;
	enum tag tag;
	uint8_t level;
} tags[] = {
	{"a", TAG_LINK, 0},
	{"abbr", TAG_INLINE, 0},
	{"acronym", TAG_INLINE, 0},
	{"address", TAG_BLOCK, 0},
	{"article", TAG_ARTICLE, 0},
	{"aside", TAG_ASIDE, 0},
	{"audio", TAG_NONE, 0},
	{"b", TAG_INLINE, 0},
	{"bdi", TAG_INLINE, 0},
	{"bdo", TAG_INLINE, 0},
	{"big", TAG_INLINE, 0},
	{"blockquote", TAG_QUOTE, 0},
	{"br", TAG_BREAK, 0},
	{"button", TAG_BUTTON, 0},
	{"canvas", TAG_NONE, 0},
	{"caption", TAG_CAPTION, 0},
	{"cite", TAG_INLINE, 0},
	{"code", TAG_INLINE, 0},
	{"data", TAG_INLINE, 0},
	{"dd", TAG_TERM, 0},
	{"del", TAG_INLINE, 0},
	{"details", TAG_DETAILS, 0},
	{"dfn", TAG_INLINE, 0},
	{"div", TAG_DIV, 0},
	{"dl", TAG_LIST, 0},
	{"dt", TAG_TERM, 0},
	{"em", TAG_INLINE, 0},
	{"figcaption", TAG_CAPTION, 0},
	{"figure", TAG_FIGURE, 0},
	{"font", TAG_INLINE, 0},
	{"footer", TAG_FOOTER, 0},
	{"form", TAG_FORM, 0},
	{"h1", TAG_HEADING, 1},
	{"h2", TAG_HEADING, 2},
	{"h3", TAG_HEADING, 3},
	{"h4", TAG_HEADING, 4},
	{"h5", TAG_HEADING, 5},
	{"h6", TAG_HEADING, 6},
	{"head", TAG_NONE, 0},
	{"header", TAG_HEADER, 0},
	{"hgroup", TAG_HEADER, 0},
	{"i", TAG_INLINE, 0},
	{"img", TAG_IMAGE, 0},
	{"ins", TAG_INLINE, 0},
	{"kbd", TAG_INLINE, 0},
	{"label", TAG_INLINE, 0},
	{"li", TAG_ITEM, 0},
	{"main", TAG_MAIN, 0},
	{"mark", TAG_INLINE, 0},
	{"math", TAG_INLINE, 0},
	{"menu", TAG_LIST, 0},
	{"nav", TAG_NAV, 0},
	{"nobr", TAG_INLINE, 0},
	{"noscript", TAG_NOSCRIPT, 0},
	{"ol", TAG_LIST, 0},
	{"p", TAG_P, 0},
	{"picture", TAG_INLINE, 0},
	{"pre", TAG_PRE, 0},
	{"q", TAG_INLINE, 0},
	{"rp", TAG_NONE, 0},
	{"rt", TAG_NONE, 0},
	{"ruby", TAG_INLINE, 0},
	{"s", TAG_INLINE, 0},
	{"samp", TAG_INLINE, 0},
	{"script", TAG_NONE, 0},
	{"section", TAG_SECTION, 0},
	{"small", TAG_INLINE, 0},
	{"span", TAG_INLINE, 0},
	{"strike", TAG_INLINE, 0},
	{"strong", TAG_INLINE, 0},
	{"style", TAG_NONE, 0},
	{"sub", TAG_INLINE, 0},
	{"sup", TAG_INLINE, 0},
	{"table", TAG_TABLE, 0},
	{"td", TAG_CELL, 0},
	{"th", TAG_CELL, 0},
	{"time", TAG_INLINE, 0},
	{"title", TAG_NONE, 0},
	{"tr", TAG_ROW, 0},
	{"tt", TAG_INLINE, 0},
	{"u", TAG_INLINE, 0},
	{"ul", TAG_LIST, 0},
	{"var", TAG_INLINE, 0},
	{"video", TAG_NONE, 0},
	{"wbr", TAG_INLINE, 0},
};

static size_t tag_row(const xmlNode *node)
{
	size_t low = 0, high = ARRAY_LEN(tags), middle;
	int order;

	while (low < high) {
		middle = (low + high) / 2;
		order = strcmp((const char *)node->name, tags[middle].name);
		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return ARRAY_LEN(tags);
}

enum tag tag_of(const xmlNode *node)
{
	size_t row = tag_row(node);

	return row < ARRAY_LEN(tags) ? tags[row].tag : TAG_BLOCK;
}

static void *note_of(size_t index)
{
	return (void *)(uintptr_t)(index + 1);
}

size_t block_of_node(const xmlNode *node)
{
	return (size_t)(uintptr_t)node->_private;
}

const char *block_text(const struct page_blocks *page, size_t index)
{
	return buf_text(&page->text) + page->blocks[index].text;
}

uint32_t block_hints(const struct page_blocks *page, size_t index, int levels)
{
	const struct element *element = &page->elements[page->blocks[index].element];
	uint32_t hints = page->blocks[index].hints;

	for (; levels > 0; levels--) {
		hints |= element->hints;
		if (element->parent == 0)
			break;
		element = &page->elements[element->parent];
	}
	return hints;
}

/* The names under which systems hide what only screen readers are to say. */
static bool is_unseen(const xmlNode *node, const char *class_name)
{
	static const char *const names[] = {"sr-only", "visually-hidden", "visuallyhidden",
		"screen-reader-text", "u-visually-hidden", "is-sr-only"};
	size_t i;

	for (i = 0; class_name && i < ARRAY_LEN(names); i++) {
		if (html_has_token(class_name, names[i]))
			return true;
	}
	return html_attr(node, "data-unseen") != NULL;
}

/* The first of what is not seen in a block or behind it. */
static size_t first_unseen(const struct page_blocks *page, size_t block)
{
	size_t low = 0, high = page->unseen_count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (page->unseen[middle].block < block)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void block_put(const struct page_blocks *page, size_t index, struct buf *to)
{
	const char *text = block_text(page, index);
	size_t i = first_unseen(page, index), at = 0, end, before = to->len;

	for (; i < page->unseen_count && page->unseen[i].block == index; i++) {
		end = page->unseen[i].at + page->unseen[i].len;
		if (page->unseen[i].at > at)
			buf_put(to, text + at, page->unseen[i].at - at);
		at = end;
	}
	if (at < page->blocks[index].len)
		buf_puts(to, text + at);
	if (to->len == before)
		buf_puts(to, text);
}

bool block_is_unseen(const struct page_blocks *page, size_t index, const xmlNode *text)
{
	size_t i = first_unseen(page, index), len = 0;
	const xmlNode *node;

	for (; i < page->unseen_count && page->unseen[i].block == index; i++)
		len += page->unseen[i].len;
	if (len == 0 || len >= page->blocks[index].len)
		return false;
	for (node = text->parent; node && tag_of(node) < TAG_BLOCK; node = node->parent) {
		if (is_unseen(node, html_attr(node, "class")))
			return true;
	}
	return node && tag_of(node) == TAG_BUTTON &&
	       page->elements[page->blocks[index].element].tag == TAG_HEADING;
}

uint64_t text_hash(const char *text, size_t len)
{
	uint64_t hash = 1469598103934665603u; /* FNV-1a */
	bool has_any = false;
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)str_lower_char(text[i]);

		if (c < 0x80 && !str_is_alpha((char)c) && !str_is_digit((char)c))
			continue;
		hash = (hash ^ c) * 1099511628211u;
		has_any = true;
	}
	return has_any ? hash : 0;
}

/* The state of a walk. */
/* The hints of names that were seen: a list gives the same to all its items. */
struct known_name {
	uint64_t hash;
	uint32_t hints;
};

struct walk {
	struct page_blocks *page;
	struct known_name names[KNOWN_NAMES]; /* by hash; a later one takes an earlier's place */
	uint32_t element;                     /* the innermost open one */
	struct block block;                   /* the one being collected */
	size_t start;                         /* of its text */
	unsigned links;                       /* open links */
	unsigned buttons;                     /* ... buttons */
	const xmlNode *unseen;                /* open: only screen readers say it; NULL */
	size_t unseen_at;                     /* where it begins in the text */
	unsigned pre;                         /* open pre elements */
	unsigned breaks;                      /* line breaks since the last word */
	unsigned lines;                       /* of the block, that line breaks end */
	bool has_space;                       /* white space since the last word */
	bool has_break;                       /* ... a line break among it */
	bool in_word;
};

static void count_characters(struct block *block, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned chars = 0, digits = 0, uppers = 0, commas = 0, stops = 0;

	for (; *s; s++) {
		if ((*s & 0xC0) == 0x80)
			continue;
		chars++;
		if (*s >= '0' && *s <= '9')
			digits++;
		else if (*s >= 'A' && *s <= 'Z')
			uppers++;
		else if (*s == ',' || *s == ';')
			commas++;
		else if ((*s == '.' || *s == '!' || *s == '?') &&
			 (s[1] == ' ' || s[1] == '\n' || !s[1] || s[1] >= 0x80 || s[1] == '"'))
			stops++;
		else if (*s == 0xE3 && s[1] == 0x80 && s[2] == 0x82) /* U+3002 */
			stops++;
		else if (*s == 0xE3 && s[1] == 0x80 && s[2] == 0x81) /* U+3001 */
			commas++;
		else if (*s == 0xEF && s[1] == 0xBC && s[2] == 0x8C) /* U+FF0C */
			commas++;
		else if (*s == 0xEF && s[1] == 0xBC && (s[2] == 0x81 || s[2] == 0x9F))
			stops++;
		else if (*s == 0xE0 && s[1] == 0xA5 && s[2] == 0xA4) /* danda */
			stops++;
		else if (*s == 0xD8 && s[1] == 0x9F) /* Arabic question mark */
			stops++;
		else if (*s == 0xD8 && s[1] == 0x8C) /* Arabic comma */
			commas++;
	}
	block->chars = (uint16_t)(chars < UINT16_MAX ? chars : UINT16_MAX);
	block->digits = (uint16_t)(digits < UINT16_MAX ? digits : UINT16_MAX);
	block->uppers = (uint16_t)(uppers < UINT16_MAX ? uppers : UINT16_MAX);
	block->commas = (uint16_t)(commas < UINT16_MAX ? commas : UINT16_MAX);
	block->stops = (uint16_t)(stops < UINT16_MAX ? stops : UINT16_MAX);
}

static bool is_heading(const struct page_blocks *page, uint32_t element)
{
	return page->elements[element].tag == TAG_HEADING;
}

static void join_lines(struct page_blocks *page, size_t start)
{
	for (; start < page->text.len; start++) {
		if (page->text.data[start] == '\n')
			page->text.data[start] = ' ';
	}
}

/* The block that was collected ends here; one without a word is none. A line break or two are the
 * layout's; more are the author's, as in verse. */
static void end_block(struct walk *walk)
{
	struct page_blocks *page = walk->page;
	struct block *block = &walk->block;
	const char *text;

	while (page->text.len > walk->start && str_is_space(page->text.data[page->text.len - 1]))
		buf_truncate(&page->text, page->text.len - 1);
	if (walk->lines > 0 && (walk->lines < VERSE_LINES || is_heading(page, walk->element)))
		join_lines(page, walk->start);
	if (block->words > 0 && page->block_count < BLOCKS_MAX) {
		block->element = walk->element;
		block->text = (uint32_t)walk->start;
		block->len = (uint32_t)(page->text.len - walk->start);
		text = buf_text(&page->text) + walk->start;
		count_characters(block, text);
		block->phrases = hints_of_text(text, block->len);
		block->hash = text_hash(text, block->len);
		block->original = (uint32_t)page->block_count;
		ARRAY_GROW(page->blocks, page->block_count, page->block_space);
		page->blocks[page->block_count++] = *block;
		buf_putc(&page->text, '\0');
	} else {
		page->is_cut = page->is_cut || block->words > 0;
		buf_truncate(&page->text, walk->start);
		while (page->unseen_count > 0 &&
			page->unseen[page->unseen_count - 1].block == page->block_count)
			page->unseen_count--;
	}
	memset(block, 0, sizeof(*block));
	walk->start = page->text.len;
	walk->has_space = walk->has_break = walk->in_word = false;
	walk->breaks = walk->lines = 0;
}

static void add_words(struct walk *walk, float words)
{
	walk->block.words += words;
	if (walk->links > 0)
		walk->block.link_words += words;
	if (walk->buttons > 0)
		walk->block.button_words += words;
}

static void add_text(struct walk *walk, const char *s)
{
	struct buf *text = &walk->page->text;
	const char *run;
	size_t size, len = strlen(s);
	unsigned code_point;

	while (*s) {
		if (str_is_space(*s) || (s[0] == '\xC2' && s[1] == '\xA0')) {
			/* the first line of a sample of code is indented, too */
			if (walk->pre && (text->len > walk->start || *s == ' ' || *s == '\t'))
				buf_putc(text, *s == '\n' || *s == '\t' ? *s : ' ');
			else
				walk->has_space = true;
			walk->in_word = false;
			size = *s == '\xC2' ? 2 : 1;
			s += size;
			len -= size;
			continue;
		}
		if (*s == '\xE3' && text->len == walk->start && str_starts(s, IDEOGRAPHIC_SPACE)) {
			s += strlen(IDEOGRAPHIC_SPACE); /* indents a paragraph */
			len -= strlen(IDEOGRAPHIC_SPACE);
			continue;
		}
		if (walk->has_space && text->len > walk->start) {
			buf_putc(text, walk->has_break ? '\n' : ' ');
			walk->lines += walk->has_break;
		}
		walk->has_space = walk->has_break = false;
		walk->breaks = 0;
		/* up to the next white space; ASCII needs no decoding */
		for (run = s; *s && !str_is_space(*s) && (signed char)*s > 0; s++) {
			if (!walk->in_word && (str_is_alpha(*s) || str_is_digit(*s))) {
				add_words(walk, 1);
				walk->in_word = true;
			}
		}
		len -= (size_t)(s - run);
		if (*s && (signed char)*s < 0 && !(s[0] == '\xC2' && s[1] == '\xA0')) {
			code_point = utf8_decode(s, len, &size);
			if (utf8_is_unspaced(code_point)) {
				add_words(walk, 0.5f);
			} else if (!walk->in_word && (code_point < 0x2000 || code_point > 0x2BFF)) {
				add_words(walk, 1);
				walk->in_word = true;
			}
			s += size;
			len -= size;
		}
		buf_put(text, run, (size_t)(s - run));
	}
}

static uint32_t signature_of(const xmlNode *node, const char *class_name)
{
	uint32_t hash = 2166136261u;
	const char *s;

	for (s = (const char *)node->name; *s; s++)
		hash = (hash ^ (unsigned char)*s) * 16777619u;
	for (s = class_name ? class_name : ""; *s; s++) {
		/* numbers in names count the elements of a list */
		if (!str_is_digit(*s))
			hash = (hash ^ (unsigned char)*s) * 16777619u;
	}
	return hash;
}

static uint32_t hints_of(struct walk *walk, const char *name)
{
	uint64_t hash = terms_hash(name, strlen(name));
	struct known_name *known = &walk->names[hash % KNOWN_NAMES];

	if (known->hash != hash)
		*known = (struct known_name){hash, hints_of_name(name)};
	return known->hints;
}

static uint32_t hints_of_node(
	struct walk *walk, const xmlNode *node, const char **class_name, bool *is_hidden)
{
	const xmlAttr *a;
	const char *name, *value;
	uint32_t hints = 0;

	for (a = node->properties; a; a = a->next) {
		name = (const char *)a->name;
		value = a->children && a->children->content ? (const char *)a->children->content
							    : "";
		if (strcmp(name, "class") == 0) {
			*class_name = value;
			hints |= hints_of(walk, value);
		} else if (strcmp(name, "id") == 0 || strcmp(name, "role") == 0 ||
			   strcmp(name, "itemprop") == 0) {
			hints |= hints_of(walk, value);
		} else if (strcmp(name, "hidden") == 0 ||
			   (strcmp(name, "aria-hidden") == 0 && str_eq(value, "true"))) {
			*is_hidden = true;
		}
	}
	if (*is_hidden)
		hints |= 1u << HINT_HIDDEN;
	return hints;
}

static bool is_anchor(const xmlNode *link)
{
	const xmlAttr *a;

	for (a = link->properties; a; a = a->next) {
		if (strcmp((const char *)a->name, "href") == 0)
			return a->children && a->children->content &&
			       a->children->content[0] == '#';
	}
	return false;
}

/* A sign that leads to a place on the page, as to a heading's own or from a note back: no text. */
static bool is_sign(const xmlNode *link)
{
	const unsigned char *s;
	size_t size;

	if (!is_anchor(link) || !link->children || link->children->next ||
		link->children->type != XML_TEXT_NODE || !link->children->content)
		return false;
	for (s = link->children->content; *s && *s < 0x80; s++) {
		if (str_is_alpha((char)*s) || str_is_digit((char)*s))
			return false;
	}
	/* signs, arrows, pictures */
	size = strlen((const char *)s);
	return size == 0 || *s == 0xC2 || *s == 0xE2 || *s == 0xEF || *s == 0xF0;
}

static void open_element(struct walk *walk, xmlNode *node, size_t row)
{
	struct page_blocks *page = walk->page;
	struct element *element, *parent;
	const char *class_name = NULL;

	end_block(walk);
	ARRAY_GROW(page->elements, page->element_count, page->element_space);
	element = &page->elements[page->element_count];
	memset(element, 0, sizeof(*element));
	parent = &page->elements[walk->element];
	element->node = node;
	element->parent = walk->element;
	element->tag = TAG_BLOCK;
	if (row < ARRAY_LEN(tags)) {
		element->tag = (uint8_t)tags[row].tag;
		element->level = tags[row].level;
	}
	element->hints = hints_of_node(walk, node, &class_name, &element->is_hidden);
	element->signature = signature_of(node, class_name);
	if (page->element_count > 0) {
		element->depth = (uint16_t)(parent->depth + 1);
		element->signature ^= parent->signature * 31;
	}
	element->first_block = (uint32_t)page->block_count;
	walk->element = (uint32_t)page->element_count++;
	if (element->tag == TAG_PRE)
		walk->pre++;
}

static void close_element(struct walk *walk)
{
	struct page_blocks *page = walk->page;
	struct element *element;

	end_block(walk);
	element = &page->elements[walk->element];
	element->end = (uint32_t)page->element_count;
	element->end_block = (uint32_t)page->block_count;
	if (element->tag == TAG_PRE && walk->pre > 0)
		walk->pre--;
	walk->element = element->parent;
}

static bool is_unknown_inline(const xmlNode *node, size_t row)
{
	/* Custom elements are boxes, misspelt ones mostly letters in a line. */
	return row == ARRAY_LEN(tags) && !strchr((const char *)node->name, '-') &&
	       strlen((const char *)node->name) < 3;
}

static bool enter_element(struct walk *walk, xmlNode *node, size_t row)
{
	if (walk->page->element_count >= ELEMENTS_MAX) {
		walk->page->is_cut = true;
		return false;
	}
	open_element(walk, node, row);
	return true;
}

static void begin_unseen(struct walk *walk, const xmlNode *node)
{
	walk->unseen = node;
	walk->unseen_at = walk->page->text.len;
}

static void end_unseen(struct walk *walk)
{
	struct page_blocks *page = walk->page;

	walk->unseen = NULL;
	if (walk->unseen_at < walk->start || page->text.len == walk->unseen_at)
		return; /* it began in another block, or has no words */
	if (page->unseen_count >= UNSEEN_MAX &&
		page->unseen[page->unseen_count - UNSEEN_MAX].block == page->block_count)
		return;
	ARRAY_GROW(page->unseen, page->unseen_count, page->unseen_space);
	page->unseen[page->unseen_count++] = (struct unseen){.block = (uint32_t)page->block_count,
		.at = (uint32_t)(walk->unseen_at - walk->start),
		.len = (uint32_t)(page->text.len - walk->unseen_at)};
}

/* True: go on below this node. */
static bool enter(struct walk *walk, xmlNode *node)
{
	const char *class_name = NULL;
	bool is_hidden = false;
	uint32_t hints;
	size_t row;
	enum tag tag;

	node->_private = note_of(walk->page->block_count);
	if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
		if (node->content)
			add_text(walk, (const char *)node->content);
		return false;
	}
	if (node->type != XML_ELEMENT_NODE)
		return false;
	row = tag_row(node);
	tag = row < ARRAY_LEN(tags) ? tags[row].tag : TAG_BLOCK;
	if (is_unknown_inline(node, row))
		tag = TAG_INLINE;
	switch (tag) {
	case TAG_NONE: return false;
	case TAG_IMAGE: walk->block.images++; return false;
	case TAG_BREAK:
		walk->in_word = false;
		if (walk->pre) {
			buf_putc(&walk->page->text, '\n');
			return false;
		}
		if (++walk->breaks > 1) {
			end_block(walk);
			node->_private = note_of(walk->page->block_count);
		}
		walk->has_space = walk->has_break = true;
		return false;
	case TAG_LINK:
		if (is_sign(node))
			return false;
		walk->links++;
		walk->block.links++;
		walk->block.anchors += is_anchor(node);
		break;
	case TAG_BUTTON:
		walk->buttons++;
		if (is_heading(walk->page, walk->element) && !walk->unseen)
			begin_unseen(walk, node);
		break;
	case TAG_INLINE: break;
	default: return enter_element(walk, node, row);
	}
	if (!node->properties)
		return true;
	hints = hints_of_node(walk, node, &class_name, &is_hidden);
	walk->block.hints |= hints;
	/* names are compared where they hide something */
	if (tag == TAG_INLINE && !walk->unseen &&
		is_unseen(node, hints & (1u << HINT_HIDDEN) ? class_name : NULL))
		begin_unseen(walk, node);
	return true;
}

static void leave(struct walk *walk, const xmlNode *node)
{
	size_t row = tag_row(node);
	enum tag tag = row < ARRAY_LEN(tags) ? tags[row].tag : TAG_BLOCK;

	if (tag == TAG_LINK && walk->links > 0)
		walk->links--;
	if (tag == TAG_BUTTON && walk->buttons > 0)
		walk->buttons--;
	if (node == walk->unseen)
		end_unseen(walk);
	if (tag >= TAG_BLOCK && !is_unknown_inline(node, row) &&
		walk->page->elements[walk->element].node == node)
		close_element(walk);
}

static void walk_tree(struct walk *walk, xmlNode *top)
{
	xmlNode *node = top;
	bool is_below;

	for (;;) {
		is_below = enter(walk, node);
		if (is_below && node->children) {
			node = node->children;
			continue;
		}
		if (is_below)
			leave(walk, node);
		while (!node->next) {
			if (node == top)
				return;
			node = node->parent;
			leave(walk, node);
			if (node == top)
				return;
		}
		if (node == top)
			return;
		node = node->next;
	}
}

/* Blocks that say the same as an earlier one remember it. */
static void find_copies(struct page_blocks *page)
{
	size_t space = 64, i, at;
	uint32_t *table;

	while (space < page->block_count * 2)
		space *= 2;
	table = xcalloc(space, sizeof(*table));
	for (i = 0; i < page->block_count; i++) {
		at = page->blocks[i].hash & (space - 1);
		while (table[at] && page->blocks[table[at] - 1].hash != page->blocks[i].hash)
			at = (at + 1) & (space - 1);
		if (table[at])
			page->blocks[i].original = table[at] - 1;
		else
			table[at] = (uint32_t)i + 1;
	}
	free(table);
}

static void add_up(struct page_blocks *page)
{
	struct element *element;
	struct block *block;
	size_t i;

	for (i = 0; i < page->block_count; i++) {
		block = &page->blocks[i];
		element = &page->elements[block->element];
		element->words += block->words;
		element->link_words += block->link_words;
		element->links += block->links;
		element->anchors += block->anchors;
		if (block->words >= PROSE_WORDS && block->link_words * 3 < block->words)
			element->prose += block->words;
	}
	for (i = page->element_count; i-- > 1;) {
		element = &page->elements[i];
		page->elements[element->parent].words += element->words;
		page->elements[element->parent].link_words += element->link_words;
		page->elements[element->parent].prose += element->prose;
		page->elements[element->parent].links += element->links;
		page->elements[element->parent].anchors += element->anchors;
	}
	page->words = page->elements[0].words;
	page->link_words = page->elements[0].link_words;
	page->prose = page->elements[0].prose;
}

void blocks_read(xmlDoc *doc, struct page_blocks *page)
{
	struct walk walk = {.page = page};
	struct element *top;
	xmlNode *node;

	memset(page, 0, sizeof(*page));
	ARRAY_GROW(page->elements, page->element_count, page->element_space);
	top = &page->elements[page->element_count++];
	memset(top, 0, sizeof(*top));
	top->node = (xmlNode *)doc;
	top->tag = TAG_BLOCK;
	/* Pages that go on behind </html> have more than one root. */
	for (node = doc->children; node; node = node->next)
		walk_tree(&walk, node);
	walk.element = 0;
	end_block(&walk);
	page->elements[0].end = (uint32_t)page->element_count;
	page->elements[0].end_block = (uint32_t)page->block_count;
	find_copies(page);
	add_up(page);
}

void blocks_finish(struct page_blocks *page)
{
	if (!page)
		return;
	buf_finish(&page->text);
	free(page->elements);
	free(page->blocks);
	free(page->unseen);
	memset(page, 0, sizeof(*page));
}
