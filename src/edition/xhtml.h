/*
 * Sanitised HTML as XHTML for books. Readers of books stop at the first mistake, where a browser
 * guesses; so what is written here keeps the content model whatever comes in.
 */
#ifndef DIURNA_EDITION_XHTML_H
#define DIURNA_EDITION_XHTML_H

#include "core/buf.h"

#include <stdbool.h>

/*
 * Append html as the children of a <div>, headings below level above. Pictures and media become
 * their words: they would be outside of the book. Source: WHATWG HTML, 3.2.5; EPUB 3.3, 3.6.
 */
void xhtml_put(const char *html, int above, struct buf *to);
/*
 * Append url as the value of an attribute: what RFC 3986 does not allow is percent-encoded. False:
 * a book cannot link there, nothing is written.
 */
bool xhtml_put_url(const char *url, struct buf *to);

#endif
