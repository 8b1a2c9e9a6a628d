#include "parse/extract_steps.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/clean.h"

#include <string.h>

enum { POINT_BLOCKS = 2 };

/* The nearest element of this kind at or above index; 0: none. */
static size_t above(const struct page_blocks *page, size_t index, enum tag tag)
{
	while (index > 0 && page->elements[index].tag != tag)
		index = page->elements[index].parent;
	return index;
}

static const char *separator(const struct page_blocks *page, size_t previous, size_t next)
{
	size_t a = page->blocks[previous].element, b = page->blocks[next].element, row;

	if (above(page, a, TAG_CELL) && above(page, b, TAG_CELL) &&
		!is_layout(&page->elements[above(page, a, TAG_TABLE)])) {
		row = above(page, a, TAG_ROW);
		if (row && row == above(page, b, TAG_ROW))
			return above(page, a, TAG_CELL) == above(page, b, TAG_CELL) ? " " : " | ";
		if (row && above(page, row, TAG_TABLE) == above(page, b, TAG_TABLE))
			return "\n";
	}
	return "\n\n";
}

/* A list's point begins here: what holds more than a line or two is no point but a card or a post.
 */
static bool begins_point(const struct page_blocks *page, size_t i, size_t previous)
{
	size_t item = above(page, page->blocks[i].element, TAG_ITEM);
	const struct element *point = &page->elements[item];

	if (page->elements[page->blocks[i].element].tag == TAG_ITEM)
		return true;
	return item > 0 && point->end_block - point->first_block <= POINT_BLOCKS &&
	       (previous == BLOCK_NONE || previous < point->first_block);
}

void extraction_put_text(const struct extraction *x, struct buf *to)
{
	const struct page_blocks *page = &x->blocks;
	size_t i, previous = BLOCK_NONE;
	const char *between = "";

	for (i = 0; i < page->block_count; i++) {
		if (!x->kept[i])
			continue;
		if (previous != BLOCK_NONE)
			between = separator(page, previous, i);
		buf_puts(to, between);
		if ((previous == BLOCK_NONE || *between == '\n') && begins_point(page, i, previous))
			buf_puts(to, "- ");
		block_put(page, i, to);
		previous = i;
	}
}

/* The innermost element that holds all blocks kept. */
static size_t common_element(const struct extraction *x)
{
	const struct page_blocks *page = &x->blocks;
	size_t i, common = BLOCK_NONE, index;

	for (i = 0; i < page->block_count; i++) {
		if (!x->kept[i])
			continue;
		index = page->blocks[i].element;
		if (common == BLOCK_NONE)
			common = index;
		/* An element's descendants follow it up to its end. */
		while (index < common || index >= page->elements[common].end)
			common = page->elements[common].parent;
	}
	return common == BLOCK_NONE ? 0 : common;
}

static bool is_blank(const char *s)
{
	while (str_is_space(*s))
		s++;
	return !*s;
}

static char keep; /* its address marks nodes */

static void mark(xmlNode *node, const xmlNode *top)
{
	for (; node && node->_private != &keep; node = node->parent) {
		node->_private = &keep;
		if (node == top)
			return;
	}
}

/* Text and pictures that stay; pictures do beside a block that does. */
static bool is_kept_leaf(const struct extraction *x, const xmlNode *node)
{
	size_t note = block_of_node(node), index;

	if (note == 0)
		return false;
	index = note - 1;
	if (node->type == XML_TEXT_NODE)
		return index < x->blocks.block_count && x->kept[index] && node->content &&
		       !is_blank((const char *)node->content) &&
		       !block_is_unseen(&x->blocks, index, node);
	if (node->type != XML_ELEMENT_NODE || tag_of(node) != TAG_IMAGE)
		return false;
	return (index < x->blocks.block_count && x->kept[index]) ||
	       (index > 0 && x->kept[index - 1]);
}

static void prune(struct extraction *x, xmlNode *top)
{
	xmlNode *node, *next;

	for (node = top; node; node = html_next_node(node, top)) {
		if (node->type == XML_ELEMENT_NODE && tag_of(node) != TAG_IMAGE)
			node->_private = NULL;
	}
	top->_private = &keep;
	for (node = top->children; node; node = html_next_node(node, top)) {
		if (is_kept_leaf(x, node))
			mark(node, top);
	}
	for (node = top->children; node; node = next) {
		if (node->_private == &keep) {
			next = html_next_node(node, top);
			continue;
		}
		next = html_skip_node(node, top);
		if (node->type == XML_TEXT_NODE && node->content &&
			is_blank((const char *)node->content))
			continue;
		if (node->type == XML_ELEMENT_NODE &&
			(tag_of(node) == TAG_BREAK || str_eq((const char *)node->name, "hr")))
			continue;
		xmlUnlinkNode(node);
		xmlFreeNode(node);
	}
}

void extraction_put_html(struct extraction *x, struct buf *to)
{
	const struct page_blocks *page = &x->blocks;
	size_t top = common_element(x);
	const char *base = x->meta.base;
	xmlNode *node;

	while (top > 0 &&
		(page->elements[top].tag == TAG_ITEM || page->elements[top].tag == TAG_ROW ||
			page->elements[top].tag == TAG_CELL || page->elements[top].tag == TAG_TERM))
		top = page->elements[top].parent;
	node = page->elements[top].node;
	if (top == 0)
		node = xmlDocGetRootElement(x->html.doc);
	if (!node)
		return;
	prune(x, node);
	switch (page->elements[top].tag) {
	case TAG_P:
	case TAG_HEADING:
	case TAG_LIST:
	case TAG_TABLE:
	case TAG_QUOTE:
	case TAG_PRE: clean_node(node, base, to); break;
	default: clean_children(node, base, to); break;
	}
}
