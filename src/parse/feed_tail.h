/* What publishing systems add below each entry of a feed. */
#ifndef DIURNA_PARSE_FEED_TAIL_H
#define DIURNA_PARSE_FEED_TAIL_H

#include <stddef.h>

/*
 * How much of an entry's text is its own: all but a last paragraph that says in any language what
 * WordPress adds, "The post TITLE appeared first on SITE", with the one a link to the entry and the
 * other to its site. html: as clean_html writes it; url: the entry's, may be NULL.
 */
size_t feed_text_length(const char *html, const char *url);

#endif
