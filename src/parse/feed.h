/* Feed documents of every format. */
#ifndef DIURNA_PARSE_FEED_H
#define DIURNA_PARSE_FEED_H

#include "core/doc.h"

/*
 * Parse one feed document.
 *
 * body, len     the response as received, len bytes; borrowed
 * content_type  the server's, with parameters, a hint for the encoding; may be NULL
 * base_url      final URL after redirects; relative links resolve against it; may be NULL
 * doc           initialised by the caller; its arena holds every string;
 *               feed_doc_finish() frees it, also after a failure
 *
 * STATUS_SYNTAX: no format recognised it; *why says what it seems to be, for people.
 * More than LIMIT_FEED_ENTRIES entries: the newest are kept, with a warning.
 * Source: RSS 0.90 to 2.0; RFC 4287; JSON Feed 1.1; CDF; RFC 7303.
 */
enum status feed_parse(const char *body, size_t len, const char *content_type, const char *base_url,
	struct feed_doc *doc, const char **why);

#endif
