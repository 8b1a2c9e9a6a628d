/* Markup to plain text. */
#ifndef DIURNA_PARSE_TEXT_H
#define DIURNA_PARSE_TEXT_H

#include "core/buf.h"

#include <libxml/tree.h>
#include <stdbool.h>

/*
 * One line of plain text out of a piece of HTML source: tags removed (script and style with what
 * they hold), entities decoded, white space collapsed, no control characters.
 */
void text_from_html(const char *html, size_t len, struct buf *to);

/* One line of plain text out of text: white space collapsed, no control characters. */
void text_plain(const char *text, size_t len, struct buf *to);

/* Decodes HTML character references of text that is not markup; unknown names stay. */
void text_decode_entities(const char *text, size_t len, struct buf *to);

/* Whether a text of either kind is markup: it has an end tag, or one that breaks lines. */
bool text_has_tags(const char *text);

#endif
