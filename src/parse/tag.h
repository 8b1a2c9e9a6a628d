/* The elements of HTML, as far as they are told apart. */
#ifndef DIURNA_PARSE_TAG_H
#define DIURNA_PARSE_TAG_H

#include <libxml/tree.h>
#include <stdint.h>

enum tag {
	TAG_NONE, /* not looked at, with all it holds */
	TAG_INLINE,
	TAG_LINK,
	TAG_BREAK,
	TAG_IMAGE,
	TAG_BLOCK, /* any other element that begins a new line; all but the last do from here on */
	TAG_P,
	TAG_DIV,
	TAG_SECTION,
	TAG_ARTICLE,
	TAG_MAIN,
	TAG_ASIDE,
	TAG_NAV,
	TAG_HEADER,
	TAG_FOOTER,
	TAG_FORM,
	TAG_LIST,
	TAG_ITEM,
	TAG_TERM,
	TAG_HEADING,
	TAG_TABLE,
	TAG_ROW,
	TAG_CELL,
	TAG_FIGURE,
	TAG_CAPTION,
	TAG_QUOTE,
	TAG_PRE,
	TAG_NOSCRIPT,
	TAG_DETAILS,
	TAG_BUTTON, /* inline; here because the model knows the others by number */
	TAG_COUNT
};

struct tag_row {
	const char *name;
	enum tag tag;
	uint8_t level; /* of a heading: 1 to 6 */
};

/* NULL: nobody knows an element of this name. */
const struct tag_row *tag_find(const xmlNode *node);
/* What is not known is a block. */
enum tag tag_of(const xmlNode *node);

#endif
