/* Sanitised HTML of an article made to fit into a page of ours. */
#ifndef DIURNA_EDITION_BODY_H
#define DIURNA_EDITION_BODY_H

#include "core/buf.h"

#include <stdbool.h>

enum body_form {
	BODY_HTML,  /* images are loaded when they come into view */
	BODY_XHTML, /* the same as XML, for EPUB; remote images become links */
};

/*
 * Append html with its headings below level above (2: the highest becomes h3, and no level is
 * skipped), so that the outline of the page stays in order.
 */
void body_put(const char *html, int above, enum body_form form, struct buf *to);
/* The text has a picture of its own. */
bool body_has_image(const char *html);
/*
 * Where the first picture's address ends up in the text: whether this URL is shown in it, the
 * query aside, since sites serve one picture in many sizes.
 */
bool body_shows(const char *html, const char *image);

#endif
