/*
 * Sanitised HTML as XHTML for books. Readers of books stop at the first mistake, where a browser
 * guesses; so what is written here keeps the content model whatever comes in.
 */
#ifndef DIURNA_EDITION_XHTML_H
#define DIURNA_EDITION_XHTML_H

#include "core/buf.h"
#include "edition/edition.h"

#include <stdbool.h>

/* Pictures that can stand in the book. */
struct xhtml_images {
	const struct edition *edition;
	bool *is_used; /* one for each of the edition; set when it is written */
	int64_t bytes; /* of those */
};

/*
 * Append html as the children of a <div>, headings below level above. A picture with a copy that
 * books know becomes images/FILE; other pictures and media become their words: they would be
 * outside of the book. images may be NULL. Source: WHATWG HTML, 3.2.5; EPUB 3.3, 3.6.
 */
void xhtml_put(struct xhtml_images *images, const char *html, int above, struct buf *to);
/* <img> for the copy of a picture; false: there is none that books know, nothing is written. */
bool xhtml_put_image(struct xhtml_images *images, const char *url, const char *alt, struct buf *to);
/*
 * Append url as the value of an attribute: what RFC 3986 does not allow is percent-encoded. False:
 * a book cannot link there, nothing is written.
 */
bool xhtml_put_url(const char *url, struct buf *to);

#endif
