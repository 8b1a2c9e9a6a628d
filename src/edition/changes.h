/* What changed in an article since it was printed. */
#ifndef DIURNA_EDITION_CHANGES_H
#define DIURNA_EDITION_CHANGES_H

#include "edition/edition.h"

/*
 * Paragraphs that one of two texts has alone, the first few of each, cut to some lines. title and
 * html of before and now; any may be NULL. NULL: nothing that can be shown. In arena.
 */
const struct edition_changes *changes_find(const char *title_before, const char *html_before,
	const char *title, const char *html, struct arena *arena);

#endif
