/* Order and clusters of a section's items, apart from where they are kept. */
#ifndef DIURNA_EDITION_CHOOSE_H
#define DIURNA_EDITION_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct candidate {
	int64_t id;
	int64_t section_id;
	int64_t feed_id;
	int64_t story_id; /* as the store found it by rare words; 0: alone */
	const char *title;
	const char *url;    /* orders what nothing else does; NULL: none */
	uint64_t simhash;   /* of the text; 0: none */
	int64_t printed_at; /* time that orders it: published, else when the edition closed */
	bool is_dated;      /* it was published then */
	double weight;      /* of feed and section, rules included */
	double quality;     /* 0 to 1 */
	int words;
	bool has_image;
	bool is_earlier;

	/* answers */
	int story;    /* from 0, most important first */
	int position; /* from 0, stories in order, in each the printed item first */
	double importance;
};

/*
 * Group the candidates of one section into stories and put them in the order of print. The result
 * depends on nothing but the candidates: the same in any order gives the same.
 */
void choose_order(struct candidate *candidates, size_t count);

#endif
