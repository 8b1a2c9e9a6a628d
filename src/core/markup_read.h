/* Sanitised HTML as a row of tokens: for core/markup. */
#ifndef DIURNA_CORE_MARKUP_READ_H
#define DIURNA_CORE_MARKUP_READ_H

#include "core/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum markup_token { MARKUP_END, MARKUP_TEXT, MARKUP_OPEN, MARKUP_CLOSE };

struct markup_reader {
	const char *next;  /* into the caller's string */
	const char *start; /* of this token */
	size_t len;        /* of this token, in bytes */
	char name[16];     /* of an element, lower case; longer names are cut */
	const char *attrs; /* into the caller's string, behind the name */
	size_t attrs_len;
	bool is_void; /* <br>, <img>, <hr>: nothing closes it */
	int unended;  /* tags so far that have no end, and were text */
};

enum markup_token markup_next(struct markup_reader *reader);
/* The decoded value of an attribute of the element just read is appended; false: it has none. */
bool markup_attr(const struct markup_reader *reader, const char *name, struct buf *to);
/* Character references decoded: those that the sanitiser and buf_put_escaped write, and numbers. */
void markup_decode(const char *text, size_t len, struct buf *to);

/* What elements are to a reader. */
enum markup_element {
	EL_INLINE,
	EL_BLOCK,
	EL_HEADING,
	EL_QUOTE,
	EL_LIST,
	EL_ITEM,
	EL_TABLE,
	EL_ROW,
	EL_CELL,
	EL_PRE,
	EL_BREAK,
	EL_RULE,
	EL_LINK,
	EL_IMAGE,
	EL_STRONG,
	EL_EMPHASIS,
	EL_CODE,
	EL_STRIKE,
};

enum markup_element markup_element_of(const char *name);
/* What stands on lines of its own. */
bool markup_is_block(enum markup_element element);

#endif
