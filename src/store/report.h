/*
 * What two reports of one event have in common: the words of their titles, the names in their
 * leads, and how rare those are. For the files of this layer only.
 */
#ifndef DIURNA_STORE_REPORT_H
#define DIURNA_STORE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	REPORT_TITLE = 12, /* words of a title */
	REPORT_NAMES = 6,  /* of a lead */
	REPORT_WORDS = REPORT_TITLE + REPORT_NAMES,
	REPORT_PLAIN = 48,     /* other words of title and lead */
	REPORT_LEAD = 800,     /* bytes of a text that are its lead */
	REPORT_NO_WORD = 0,    /* a hash that no word has */
	REPORT_ITEMS_FEW = 50, /* as if there were so many more items: of few, nothing is rare */
};

struct report_word {
	uint32_t hash;
	uint32_t before; /* the name that this one stands behind: "Puerto" of "Almagro" */
	double weight;   /* -ln of the share of items that have it; the caller's to know */
	bool is_name, is_title;
	bool is_pair; /* of characters, in a script without spaces */
};

struct report {
	const char *title; /* borrowed */
	int64_t feed_id;
	struct report_word words[REPORT_WORDS];
	uint32_t plain[REPORT_PLAIN]; /* not names, each once */
	uint16_t count, plain_count;
	bool has_nouns; /* its capital letters tell things from verbs, not names from things: German
			 */
};

/* text: of which the beginning is read; may be NULL. Weights are 0. */
void report_init(struct report *report, int64_t feed_id, const char *title, const char *text);

/* What two of so many reports have to share, by weight, for that to be no chance. */
double report_least(double items);

/* What is known of the plain words that two reports share, and that are no words of both. */
struct report_plain {
	double weight;
	int words;
};

/*
 * How sure it is that both report one event: 0 when they do not, or what they share. items: how
 * many there are of these days. plain: NULL: not known.
 */
double report_likeness(const struct report *a, const struct report *b, double items,
	const struct report_plain *plain);

/* NULL: it has none. */
const struct report_word *report_find(const struct report *report, uint32_t hash);

/* Parts of a column, results, prices, forecasts: one pattern with other names or numbers in it. */
bool report_is_pattern(const struct report *a, const struct report *b);

#endif
