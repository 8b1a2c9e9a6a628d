/* What is worked out once for a page before its blocks get their features. */
#ifndef DIURNA_PARSE_EXTRACT_VIEW_H
#define DIURNA_PARSE_EXTRACT_VIEW_H

#include "parse/blocks.h"
#include "parse/extract_features.h"

/* Blocks in elements of the same signature. */
struct group {
	uint32_t signature;
	float count, words, link_words;
};

/* Elements of the same signature, with all they hold. */
struct kind {
	uint32_t signature;
	float count, words, link_words, prose;
};

/* Sums over all blocks before one. */
struct before {
	float words, link_words, prose;
};

struct view {
	const struct page_blocks *page;
	const struct page_signals *signals;
	size_t body;     /* the heaviest container */
	size_t headline; /* index of a block or BLOCK_NONE */
	struct group *groups;
	struct kind *kinds;
	size_t space;          /* of groups and kinds, a power of two */
	struct before *before; /* of each block, and of the end */
	uint32_t *heading;     /* the last heading before each block */
	uint32_t *next;        /* the first heading behind it, else the count of blocks */
};

void view_init(struct view *view, const struct page_blocks *page);
void view_finish(struct view *view);

struct group *view_group(const struct view *view, uint32_t signature);
const struct kind *view_kind(const struct view *view, uint32_t signature);

/* Sentences, and more of them than links. */
bool is_prose(const struct block *block);
float share(float part, float whole);

/* Groups of features that have files of their own; row is where the group begins. */
void fill_section(const struct view *view, size_t i, float *row);
void fill_likes(const struct view *view, size_t i, float *row);
void fill_prose(const struct view *view, size_t i, float *row);
void fill_listing(const struct view *view, size_t i, float *row);
/* ... and those that are made for all blocks in one go. */
void fill_markers(const struct view *view, float *rows);
void fill_bodies(const struct view *view, float *rows);
void fill_words(const struct view *view, float *rows);

#endif
