/*
 * A page's title: everything that may be it, and numbers about each, whose weighted sum
 * chooses. The training program prints the same numbers, from this code.
 */
#ifndef DIURNA_PARSE_METADATA_TITLE_H
#define DIURNA_PARSE_METADATA_TITLE_H

#include "parse/metadata.h"

enum { TITLES_MAX = 64 };

/*
 * Numbers about a candidate, mostly 0 or 1; what each is, says metadata_title_numbers.c. The last:
 * it is a sign of the site or the section, which is taken only where there is nothing else.
 */
enum { TITLE_FEATURES = 119 };

struct title_candidate {
	const char *text;
	float x[TITLE_FEATURES];
};

/* All that may be the title; candidates has room for TITLES_MAX. */
size_t title_candidates(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena, struct title_candidate *candidates);

#endif
