/*
 * Lines of text behind what stands before them: the marks of quotations, bullets and numbers of
 * lists, and the spaces below these. For core/markup.
 */
#ifndef DIURNA_CORE_MARKUP_LINES_H
#define DIURNA_CORE_MARKUP_LINES_H

#include "core/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum { LINES_DEPTH = 64 }; /* quotations and lists within each other that are told apart */

enum line_frame_kind { FRAME_QUOTE, FRAME_LIST, FRAME_ITEM };

struct line_frame {
	enum line_frame_kind kind;
	unsigned number; /* of an ordered list: the next item; 0: bullets */
	bool has_marker; /* an item whose marker was written */
	bool is_begun;   /* a line of it was written */
	size_t indent;   /* columns of an item's marker */
	unsigned item_number;
};

/* Begins as zeros, but for the first three; lines_finish gives back what it holds. */
struct markup_lines {
	struct buf *to;
	size_t width;   /* lines are broken at this many columns; 0: never */
	bool is_styled; /* with the signs of a terminal */
	struct line_frame frames[LINES_DEPTH];
	size_t depth;
	size_t too_deep;   /* frames opened beyond LINES_DEPTH */
	struct buf prefix; /* of the next line, made anew for each */
	bool is_tight;     /* only a line break since the block before */
	bool has_output;
};

void lines_finish(struct markup_lines *lines);

/* A line as it is; spaces at its end are left out. */
void lines_put(struct markup_lines *lines, const char *text, size_t len);
/* Text whose line breaks are kept, broken at the width too. */
void lines_put_wrapped(struct markup_lines *lines, const char *text);
/* The distance to the block before: a blank line, or none between items and rows. */
void lines_gap(struct markup_lines *lines);

/* number: of a list, that of its first item; 0: bullets. */
void lines_open(struct markup_lines *lines, enum line_frame_kind kind, unsigned number);
/* An item of the list that is open innermost, if one is. */
void lines_open_item(struct markup_lines *lines);
/* Closes the innermost frame of this kind and what was left open inside of it. */
void lines_close(struct markup_lines *lines, enum line_frame_kind kind);
/* What is open innermost is an item. */
bool lines_in_item(const struct markup_lines *lines);

#endif
