/* Sanitised HTML of an article made to fit into a page of ours. */
#ifndef DIURNA_EDITION_BODY_H
#define DIURNA_EDITION_BODY_H

#include "core/buf.h"
#include "edition/edition.h"

#include <stdbool.h>

enum { OUTLINE_LEVELS = 6 };

/* Headings that are above the one at hand, as their author numbered them. Zeros: none yet. */
struct outline {
	int levels[OUTLINE_LEVELS];
	int depth;
};

/*
 * The level of a heading that its author gave `level`, below a heading of ours of level `above`:
 * no level is skipped, so that the outline of the page stays in order.
 */
int outline_place(struct outline *outline, int level, int above);
/* 1 to 6 for "h1" to "h6", else 0. */
int heading_level(const char *name);

/*
 * Append html with its headings below level above (2: the highest becomes h3). Pictures are loaded
 * when they come into view, from beside the digests where edition has them there.
 */
void body_put(const struct edition *edition, const char *html, int above, struct buf *to);
/* The attributes src, width and height of a picture; false: it has no copy, nothing is written. */
bool body_put_stored(const struct edition *edition, const char *url, struct buf *to);
/* The text has a picture of its own. */
bool body_has_image(const char *html);
/* The text shows this picture, the query aside: sites serve one picture in many sizes. */
bool body_shows(const char *html, const char *image);

#endif
