/* The walk over a page that takes it apart. */
#include "parse/blocks.h"

#include "core/hash.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/terms.h"
#include "core/utf8.h"
#include "parse/blocks_joint.h"
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

static void *note_of(size_t index)
{
	return (void *)(uintptr_t)(index + 1);
}

/* The hints of names that were seen: a list gives the same to all its items. */
struct known_name {
	uint64_t hash;
	uint32_t hints;
};

/* The state of a walk. */
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
			} else if (code_point == UTF8_TSHEG) {
				walk->in_word = false;
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

/* Attributes that say what an element is for, as its class does. */
static bool names_part(const char *attribute)
{
	static const char *const names[] = {"id", "role", "itemprop", "data-testid",
		"data-component", "data-component-name", "data-hook"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq(attribute, names[i]))
			return true;
	}
	return false;
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
		} else if (names_part(name)) {
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

static void open_element(struct walk *walk, xmlNode *node, const struct tag_row *row)
{
	struct page_blocks *page = walk->page;
	struct element *element, *parent;
	const char *class_name = NULL, *label;

	end_block(walk);
	ARRAY_GROW(page->elements, page->element_count, page->element_space);
	element = &page->elements[page->element_count];
	memset(element, 0, sizeof(*element));
	parent = &page->elements[walk->element];
	element->node = node;
	element->parent = walk->element;
	element->tag = (uint8_t)(row ? row->tag : TAG_BLOCK);
	element->level = row ? row->level : 0;
	element->hints = hints_of_node(walk, node, &class_name, &element->is_hidden);
	label = html_attr(node, "aria-label");
	if (label)
		element->hints |= hints_of(walk, label);
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

static bool is_unknown_inline(const xmlNode *node, const struct tag_row *row)
{
	const char *name = (const char *)node->name;

	if (row)
		return false;
	/* Custom elements are boxes but for those that write a time ("relative-time", "time-ago");
	 * misspelt ones mostly letters in a line. */
	return strchr(name, '-') ? str_ends(name, "-time") || str_starts(name, "time-")
				 : strlen(name) < 3;
}

static bool enter_element(struct walk *walk, xmlNode *node, const struct tag_row *row)
{
	if (walk->page->element_count >= ELEMENTS_MAX) {
		walk->page->is_cut = true;
		return false;
	}
	open_element(walk, node, row);
	return true;
}

/* A sample that is not shown: what a manual's example needs besides, or the page once more, in
 * Markdown, to be copied. A hidden paragraph may be unfolded; nobody unfolds these. */
static bool is_hidden_sample(const xmlNode *node)
{
	const char *class_name = html_attr(node, "class");

	return html_attr(node, "hidden") || (class_name && html_has_token(class_name, "hidden"));
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

/* In the tree, too: the article's HTML is written from there. The words are counted as one, as the
 * model has learned them. */
static void put_space(struct walk *walk, xmlNode *node)
{
	xmlNode *space = xmlAddPrevSibling(node, xmlNewText(BAD_CAST " "));

	if (space)
		space->_private = node->_private;
	walk->has_space = true;
}

/* True: go on below this node. */
static bool enter(struct walk *walk, xmlNode *node)
{
	const char *class_name = NULL;
	bool is_hidden = false;
	uint32_t hints;
	const struct tag_row *row;
	enum tag tag;

	node->_private = note_of(walk->page->block_count);
	if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
		if (node->content)
			add_text(walk, (const char *)node->content);
		return false;
	}
	if (node->type != XML_ELEMENT_NODE)
		return false;
	row = tag_find(node);
	tag = row ? row->tag : TAG_BLOCK;
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
	case TAG_INLINE:
		if (!walk->pre && joint_parts_words(node))
			put_space(walk, node);
		break;
	default:
		if (node->properties &&
			(node_asks_consent(node) || (tag == TAG_PRE && is_hidden_sample(node)))) {
			end_block(walk);
			return false;
		}
		return enter_element(walk, node, row);
	}
	if (!node->properties)
		return true;
	hints = hints_of_node(walk, node, &class_name, &is_hidden);
	walk->block.hints |= hints;
	/* names are compared where they hide something */
	if (tag == TAG_INLINE && !walk->unseen &&
		node_is_unseen(node, hints & (1u << HINT_HIDDEN) ? class_name : NULL))
		begin_unseen(walk, node);
	return true;
}

static void leave(struct walk *walk, const xmlNode *node)
{
	const struct tag_row *row = tag_find(node);
	enum tag tag = row ? row->tag : TAG_BLOCK;

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

/*
 * Blocks that say the same as an earlier one remember it. The place in the table is keyed: a page
 * could have a million blocks whose hashes would all meet there.
 */
static void find_copies(struct page_blocks *page)
{
	size_t space = 64, i, at;
	uint32_t *table;

	while (space < page->block_count * 2)
		space *= 2;
	table = xcalloc(space, sizeof(*table));
	for (i = 0; i < page->block_count; i++) {
		at = hash_number(page->blocks[i].hash) & (space - 1);
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
