/*
 * The sanitiser: the one place where HTML from outside becomes HTML that we keep. An allow-list of
 * elements, attributes and URL schemes; what it writes, parsed again by a browser, is the same
 * tree.
 */
#ifndef DIURNA_PARSE_CLEAN_H
#define DIURNA_PARSE_CLEAN_H

#include "core/buf.h"

#include <libxml/tree.h>

/*
 * Write node's children (clean_children) or node with its children (clean_node), sanitised.
 * base_url: links resolve against it; NULL leaves them as they are. Nodes may be of an HTML tree or
 * of XHTML in an XML tree. Source: WHATWG HTML 13.3 (serialising).
 */
void clean_children(const xmlNode *node, const char *base_url, struct buf *to);
void clean_node(const xmlNode *node, const char *base_url, struct buf *to);

/* The same for a piece of HTML source in UTF-8. */
void clean_html(const char *html, size_t len, const char *base_url, struct buf *to);

#endif
