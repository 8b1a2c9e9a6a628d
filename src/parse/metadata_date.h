/*
 * A page's date: every day that is named in its metadata, its address and beside its headline, and
 * numbers about each, from which a small model chooses. The training program prints the same
 * numbers, from this code.
 */
#ifndef DIURNA_PARSE_METADATA_DATE_H
#define DIURNA_PARSE_METADATA_DATE_H

#include "parse/metadata.h"

#include <stdint.h>

enum { DAYS_MAX = 48 };

enum date_x {
	DATE_X_SAID,                               /* each source: 1 where it says this day */
	DATE_X_HAS = DATE_X_SAID + DATE_SOURCES,   /* ... how many it says on this page */
	DATE_X_FROM = DATE_X_HAS + DATE_SOURCES,   /* ... days after the first one that it says */
	DATE_X_AGREE = DATE_X_FROM + DATE_SOURCES, /* sources that say this day */
	DATE_X_AGREE_NEAR,                         /* others that say the one before or after */
	DATE_X_SWAPPED,                            /* day and month may be exchanged */
	DATE_X_SWAP_BACKED, /* sources that say the day which this one is with both exchanged */
	DATE_X_VISIBLE,     /* people see it */
	DATE_X_DISTANCE,    /* blocks between it and the headline */
	DATE_X_BEFORE,      /* it stands before the headline */
	DATE_X_RANK,       /* how many others stand nearer to the headline, those of teasers last */
	DATE_X_WORDS,      /* of its block */
	DATE_X_STARTS,     /* its block begins with it */
	DATE_X_PUBLISHED,  /* "Published", "Posted on" */
	DATE_X_UPDATED,    /* "Updated", "Last modified" */
	DATE_X_REVIEWED,   /* "Reviewed", "Fact checked" */
	DATE_X_HINT_META,  /* names of elements above it: byline, date, header */
	DATE_X_HINT_OTHER, /* ... cards, related stories, comments, navigation */
	DATE_X_ASIDE,      /* within <aside>, <nav>, <footer> or a list */
	DATE_X_LINK_WORDS, /* linked words of its block and the one before: a teaser's title */
	DATE_X_IS_TIME,    /* within <time> */
	DATE_X_PLACE,      /* share of the page's blocks before it */
	DATE_X_NEAR_COUNT, /* days that stand near the headline */
	DATE_X_EARLIEST,   /* none of the candidates is earlier */
	DATE_X_LATEST,     /* ... later */
	DATE_X_BEFORE_LAST, /* days before the latest */
	DATE_X_COUNT
};

/* A day that may be the article's. */
struct date_candidate {
	int64_t day; /* since 1970-01-01 */
	float x[DATE_X_COUNT];
};

/* All days that may be it; candidates has room for DAYS_MAX. */
size_t date_candidates(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena, struct date_candidate *candidates);

/* Decides, and fills published and modified. */
void metadata_choose_dates(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct article *article);

#endif
