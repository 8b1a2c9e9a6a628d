#include "parse/tag.h"

#include "core/mem.h"

#include <string.h>

/* In the order of their names. */
static const struct tag_row tags[] = {
	{"a", TAG_LINK, 0},
	{"abbr", TAG_INLINE, 0},
	{"acronym", TAG_INLINE, 0},
	{"address", TAG_BLOCK, 0},
	{"annotation", TAG_NONE, 0},
	{"annotation-xml", TAG_NONE, 0},
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
	{"menclose", TAG_INLINE, 0},
	{"menu", TAG_LIST, 0},
	{"mfenced", TAG_INLINE, 0},
	{"mfrac", TAG_INLINE, 0},
	{"mmultiscripts", TAG_INLINE, 0},
	{"mover", TAG_INLINE, 0},
	{"mpadded", TAG_INLINE, 0},
	{"mphantom", TAG_INLINE, 0},
	{"mprescripts", TAG_INLINE, 0},
	{"mroot", TAG_INLINE, 0},
	{"mrow", TAG_INLINE, 0},
	{"mspace", TAG_INLINE, 0},
	{"msqrt", TAG_INLINE, 0},
	{"mstyle", TAG_INLINE, 0},
	{"msub", TAG_INLINE, 0},
	{"msubsup", TAG_INLINE, 0},
	{"msup", TAG_INLINE, 0},
	{"mtable", TAG_INLINE, 0},
	{"mtd", TAG_INLINE, 0},
	{"mtext", TAG_INLINE, 0},
	{"mtr", TAG_INLINE, 0},
	{"munder", TAG_INLINE, 0},
	{"munderover", TAG_INLINE, 0},
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
	{"semantics", TAG_INLINE, 0},
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

const struct tag_row *tag_find(const xmlNode *node)
{
	size_t low = 0, high = ARRAY_LEN(tags), middle;
	int order;

	while (low < high) {
		middle = (low + high) / 2;
		order = strcmp((const char *)node->name, tags[middle].name);
		if (order == 0)
			return &tags[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

enum tag tag_of(const xmlNode *node)
{
	const struct tag_row *row = tag_find(node);

	return row ? row->tag : TAG_BLOCK;
}
