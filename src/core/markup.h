/*
 * Our own sanitised HTML to other forms. What the sanitiser writes is well-formed and simple, so
 * no HTML parser is needed here; what is not well-formed is still read without harm.
 */
#ifndef DIURNA_CORE_MARKUP_H
#define DIURNA_CORE_MARKUP_H

#include "core/buf.h"

#include <stddef.h>

/*
 * Plain text: blocks separated by a blank line, items of a list and rows of a table on lines of
 * their own, quotations behind "> ", preformatted text as it is. Links and pictures leave their
 * words only.
 *
 * html   sanitised HTML, UTF-8; NULL is empty
 * width  lines are broken at this many columns; 0: never
 */
void markup_to_text(const char *html, size_t width, struct buf *to);

/*
 * The same for a terminal: marks of enum markup_mark stand where a style begins and ends, links
 * have a number behind them, and their addresses follow at the end.
 */
enum markup_mark {
	MARKUP_BOLD = 1,
	MARKUP_BOLD_END,
	MARKUP_ITALIC,
	MARKUP_ITALIC_END,
	MARKUP_LINK,
	MARKUP_LINK_END,
	MARKUP_MARKS
};
void markup_to_terminal(const char *html, size_t width, struct buf *to);

/* The same as Markdown. Source: CommonMark 0.31; tables as in GitHub Flavored Markdown. */
void markup_to_markdown(const char *html, struct buf *to);

/*
 * One line of plain text: the beginning of what paragraphs and items say, without headings, tables
 * and code, cut between words at max characters at most, with an ellipsis where it was cut.
 */
void markup_to_excerpt(const char *html, size_t max, struct buf *to);

#endif
