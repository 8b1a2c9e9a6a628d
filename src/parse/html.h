/*
 * HTML pages as libxml2 trees, read so that bad pages can neither hold the parser nor hide their
 * text: the source is filtered before libxml2 sees it.
 */
#ifndef DIURNA_PARSE_HTML_H
#define DIURNA_PARSE_HTML_H

#include "core/buf.h"
#include "core/status.h"

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

/* A piece of JSON-LD: bytes of html_page.jsonld. */
struct html_piece {
	size_t at, len;
};

struct html_page {
	xmlDoc *doc;          /* never NULL after STATUS_OK */
	const char *encoding; /* what the bytes were read as; static */
	struct buf jsonld;    /* every script of type application/ld+json */
	struct html_piece *pieces;
	size_t piece_count;
	size_t source_bytes; /* of the page as UTF-8 */
	size_t script_bytes; /* of these, within scripts */
	bool is_cut;         /* a limit was reached: the rest of the page is missing */
};

struct html_options {
	const char *content_type; /* as the server said; may be NULL */
	bool keeps_attributes;    /* all of them, for the selectors of a site's rule */
};

/*
 * Read a page.
 *
 * body, len  the bytes as received; borrowed
 * page       filled; html_finish() empties it, also after a failure
 *
 * STATUS_UNSUPPORTED: the bytes or the content type say that it is no HTML (PDF, image, ...).
 * STATUS_SYNTAX: libxml2 made no tree of it.
 *
 * What the filter does: scripts, styles, comments, SVG, frames and option lists go; JSON-LD is kept
 * aside. </body> and </html> go, so that what follows them is still part of the page. A button
 * becomes a span of its words: libxml2 never closes one that has a stray end tag within. Of the
 * attributes those remain that extraction and the sanitiser look at. Nesting beyond
 * LIMIT_XML_DEPTH and tags beyond a bound lose their tags, not their text.
 */
enum status html_read(
	const char *body, size_t len, const struct html_options *options, struct html_page *page);
void html_finish(struct html_page *page);

/* Value of an attribute, "" when it has none; NULL: no such attribute. Borrowed from the tree. */
const char *html_attr(const xmlNode *node, const char *name);
/* Whether a list of words, as class, rel and itemprop are, has one of them; NULL has none. */
bool html_has_token(const char *list, const char *token);
/* Text below a node, one line, white space collapsed. */
void html_text(const xmlNode *node, struct buf *to);
/* The node after this one in document order, within top; NULL at the end. */
xmlNode *html_next_node(const xmlNode *node, const xmlNode *top);
/* ... without going below node. */
xmlNode *html_skip_node(const xmlNode *node, const xmlNode *top);

#endif
