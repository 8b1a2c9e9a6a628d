#include "parse/metadata_section.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/extract_features.h"
#include "parse/extract_hints.h"

#include <string.h>

enum {
	NEAR_BEFORE = 3, /* blocks before the headline where such a line stands */
	NEAR_BEHIND = 4,
	LINE_WORDS = 6,
	MENU_LEVELS = 4, /* elements above a link of a menu */
	HEAD_LEVELS = 3, /* elements above the headline that hold what belongs to it */
	PAGE_DEPTH = 2,  /* of <body> */
	LINES_MAX = 3,   /* of links one after the other; more are a menu without a name */
	NAME_BYTES = 40,
};

static bool is_of_menu(const struct page_blocks *page, size_t i)
{
	size_t index = page->blocks[i].element;
	int level;

	for (level = 0; level < MENU_LEVELS && index > 0; level++) {
		if (page->elements[index].tag == TAG_NAV ||
			page->elements[index].hints & (1u << HINT_NAV))
			return true;
		index = page->elements[index].parent;
	}
	return false;
}

static bool is_line_of_links(const struct page_blocks *page, size_t i)
{
	const struct block *block = &page->blocks[i];

	return block->links > 0 && block->anchors == 0 && block->words <= LINE_WORDS &&
	       block->link_words >= block->words && !is_of_menu(page, i);
}

static size_t lines_around(const struct page_blocks *page, size_t i)
{
	size_t first = i, end = i + 1;

	while (first > 0 && i - first < LINES_MAX && is_line_of_links(page, first - 1))
		first--;
	while (end < page->block_count && end - i < LINES_MAX && is_line_of_links(page, end))
		end++;
	return end - first;
}

/* What an element around the headline holds that is not the whole page's. */
static const struct element *head_of(const struct page_blocks *page, size_t headline)
{
	size_t index = page->blocks[headline].element;
	int level;

	for (level = 0; level < HEAD_LEVELS && page->elements[index].parent > 0; level++) {
		if (page->elements[page->elements[index].parent].depth <= PAGE_DEPTH)
			break;
		index = page->elements[index].parent;
	}
	return &page->elements[index];
}

static bool is_link(const xmlNode *node)
{
	return node->type == XML_ELEMENT_NODE && str_eq((const char *)node->name, "a");
}

/* Whether a menu of the page has a link that says this. */
static bool is_in_menu(const struct page_blocks *page, const char *name)
{
	const xmlNode *top = page->elements[0].node, *node;
	struct buf text = {0};
	bool found = false;
	size_t i;

	for (node = top->children; node && !found; node = html_next_node(node, top)) {
		if (!is_link(node))
			continue;
		i = metadata_block(node->children);
		if (i >= page->block_count || !is_of_menu(page, i))
			continue;
		buf_clear(&text);
		html_text(node, &text);
		found = str_ieq(buf_text(&text), name);
	}
	buf_finish(&text);
	return found;
}

/* It leads to a list of a section's articles, as its address says. */
static bool leads_to_section(const xmlNode *link)
{
	static const char *const folders[] = {"/section/", "/sections/", "/category/",
		"/categories/", "/rubrik/", "/rubrique/", "/seccion/", "/ressort/"};
	const char *href = html_attr(link, "href");
	size_t i;

	for (i = 0; i < ARRAY_LEN(folders) && href; i++) {
		if (str_ifind(href, folders[i]))
			return true;
	}
	return html_has_token(html_attr(link, "rel"), "category");
}

static bool is_kicker(const struct page_blocks *page, size_t i)
{
	static const char *const words[] = {
		"kicker", "eyebrow", "overline", "rubric", "rubrik", "rubrique", "ressort"};
	const struct element *element = &page->elements[page->blocks[i].element];
	const char *name = html_attr(element->node, "class");
	size_t k;

	for (k = 0; k < ARRAY_LEN(words) && name; k++) {
		if (str_ifind(name, words[k]))
			return true;
	}
	return false;
}

/* The last section that a block links to, the first of a kicker; NULL: none. */
static const char *section_of_block(
	const struct page_blocks *page, size_t i, const char *site, struct arena *arena)
{
	const xmlNode *top = page->elements[page->blocks[i].element].node, *node;
	const char *section = NULL;
	struct buf text = {0};

	for (node = top->children; node; node = html_next_node(node, top)) {
		if (!is_link(node) || metadata_block(node->children) != i)
			continue;
		buf_clear(&text);
		html_text(node, &text);
		if (text.len == 0 || text.len > NAME_BYTES || str_ieq(buf_text(&text), "home") ||
			str_ieq(buf_text(&text), site))
			continue;
		if (is_kicker(page, i) || leads_to_section(node) ||
			is_in_menu(page, buf_text(&text)))
			section = arena_strdup(arena, buf_text(&text));
		if (section && is_kicker(page, i))
			break;
	}
	buf_finish(&text);
	return section;
}

/* A line above the headline that is no link: the section where a menu has its name. */
static bool is_named_in_menu(const struct page_blocks *page, size_t i)
{
	const struct block *block = &page->blocks[i];

	return block->links == 0 && block->words > 0 && block->words <= LINE_WORDS &&
	       block->len <= NAME_BYTES && !is_of_menu(page, i) &&
	       is_in_menu(page, block_text(page, i));
}

const char *metadata_linked_section(
	const struct metadata *meta, const struct page_blocks *page, struct arena *arena)
{
	size_t headline = headline_block(page, meta->title), i;
	const struct element *head;
	const char *section = NULL;

	if (headline == BLOCK_NONE)
		return NULL;
	head = head_of(page, headline);
	for (i = headline > NEAR_BEFORE ? headline - NEAR_BEFORE : 0;
		i < page->block_count && i <= headline + NEAR_BEHIND && !section; i++) {
		if (i == headline || i < head->first_block || i >= head->end_block)
			continue;
		if ((is_line_of_links(page, i) && lines_around(page, i) <= LINES_MAX) ||
			(i < headline && is_kicker(page, i)))
			section = section_of_block(page, i, meta->head.site, arena);
		else if (i < headline && is_named_in_menu(page, i))
			section = arena_strdup(arena, block_text(page, i));
	}
	return section;
}

const char *metadata_section_name(
	const char *section, const struct page_blocks *page, struct arena *arena)
{
	const char *part = section ? strrchr(section, ',') : NULL, *s;
	const xmlNode *top = page->elements[0].node, *node;
	struct buf text = {0};
	char *name;

	for (s = section; part && *s; s++) {
		if (!(*s >= 'a' && *s <= 'z') && *s != ',' && *s != '-')
			return section;
	}
	if (!part || part[1] == '\0')
		return section;
	for (node = top->children; node; node = html_next_node(node, top)) {
		if (!is_link(node))
			continue;
		buf_clear(&text);
		html_text(node, &text);
		if (str_ieq(buf_text(&text), part + 1))
			break;
	}
	name = arena_strdup(arena, node ? buf_text(&text) : part + 1);
	buf_finish(&text);
	if (!node && *name >= 'a' && *name <= 'z')
		*name = (char)(*name - 'a' + 'A');
	return name;
}
