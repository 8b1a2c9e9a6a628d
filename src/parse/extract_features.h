/*
 * What the model sees of a block. The training program prints the same numbers, from this code, so
 * that training and use agree.
 */
#ifndef DIURNA_PARSE_EXTRACT_FEATURES_H
#define DIURNA_PARSE_EXTRACT_FEATURES_H

#include "parse/blocks.h"
#include "parse/extract_hints.h"

/* What is known of the page as a whole, beside its blocks. */
struct page_signals {
	const char *url;         /* may be NULL */
	const char *title;       /* plain text; may be NULL */
	const char *description; /* what the page says of itself; may be NULL */
	bool is_og_article;      /* og:type */
	bool is_ld_article;      /* a type of JSON-LD */
	bool is_ld_forum;        /* likewise, or a review */
	bool is_ld_thread;
	bool is_forum_url; /* what has_address_of_forum() says: each element asks */
};

/* Features of the first stage, in groups that are filled by one function each. */
enum feature {
	FEATURE_OWN,                                   /* the block itself */
	FEATURE_TAGS = FEATURE_OWN + 19,               /* distance to and share of tags above */
	FEATURE_HINTS = FEATURE_TAGS + 21,             /* distance to hints above */
	FEATURE_SHARES = FEATURE_HINTS + HINT_COUNT,   /* share of the element with the hint */
	FEATURE_PHRASES = FEATURE_SHARES + HINT_COUNT, /* 1 where the text has them */
	FEATURE_NEAR = FEATURE_PHRASES + PHRASE_COUNT, /* blocks before and after */
	FEATURE_HEADING = FEATURE_NEAR + 20,           /* the heading above */
	FEATURE_ABOVE = FEATURE_HEADING + 9,           /* elements above */
	FEATURE_BODY = FEATURE_ABOVE + 20,             /* the heaviest container */
	FEATURE_ALIKE = FEATURE_BODY + 7,              /* blocks in like elements */
	FEATURE_PLACE = FEATURE_ALIKE + 6,             /* position on the page */
	FEATURE_PAGE = FEATURE_PLACE + 9,              /* the page */
	FEATURE_SECTION = FEATURE_PAGE + 13,           /* between two headings */
	FEATURE_LIKES = FEATURE_SECTION + 8,           /* elements like those above */
	FEATURE_PROSE = FEATURE_LIKES + 12,            /* sentences before and behind */
	FEATURE_MARKERS = FEATURE_PROSE + 5,           /* lines that say what follows */
	FEATURE_BODIES = FEATURE_MARKERS + 18,         /* other guesses at the container */
	FEATURE_WORDS = FEATURE_BODIES + 8,            /* words that the page's sentences share */
	FEATURE_LISTING = FEATURE_WORDS + 6,           /* the list or table around */
	FEATURE_COUNT_1 = FEATURE_LISTING + 10,
	FEATURE_CONTEXT = FEATURE_COUNT_1,     /* second stage: results of the first */
	FEATURE_BRANCH = FEATURE_CONTEXT + 30, /* place in the tree of what the first found */
	FEATURE_AROUND = FEATURE_BRANCH + 14,  /* between two headings, and further */
	FEATURE_COUNT_2 = FEATURE_AROUND + 6
};

/*
 * Fill the first FEATURE_COUNT_1 numbers of each block's row.
 *
 * rows  page->block_count rows of FEATURE_COUNT_2 numbers
 */
void features_first(
	const struct page_blocks *page, const struct page_signals *signals, float *rows);

/* Fill the rest, from the first stage's probability of each block. */
void features_second(const struct page_blocks *page, const float *first, float *rows);

/*
 * The element whose blocks have the highest sum of words times (score - threshold), the smallest of
 * those that are equal.
 */
size_t best_element(const struct page_blocks *page, const float *scores, float threshold);
bool has_address_of_forum(const struct page_signals *signals);
/* JSON-LD says that it is a thread, or its address, where JSON-LD says no article. */
bool is_forum(const struct page_signals *signals);
/* Its address says that it is a manual or the like. */
bool is_reference(const struct page_signals *signals);
/* Index of the block that is the page's headline; BLOCK_NONE. */
size_t headline_block(const struct page_blocks *page, const char *title);

#endif
