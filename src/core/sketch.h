/*
 * A small stand-in for a text, by which texts that share wording are found and compared: the least
 * hashes of its runs of words. Short words do not count, they are everywhere.
 *
 * Source: A. Broder, On the resemblance and containment of documents, 1997.
 */
#ifndef DIURNA_CORE_SKETCH_H
#define DIURNA_CORE_SKETCH_H

#include <stddef.h>
#include <stdint.h>

enum {
	SKETCH_VALUES = 64,
	SKETCH_KEYS = 12, /* the first so many values: copies nearly always share one of them */
	SKETCH_RUN = 6,   /* words of the longest run */
};

struct sketch {
	uint32_t values[SKETCH_VALUES]; /* ascending, each once */
	uint32_t count;
};

/* A sketch while its text is read. Zeroed at the beginning. */
struct sketch_reader {
	uint64_t last[SKETCH_RUN]; /* hashes of the latest words, the newest last */
	size_t count;              /* of words that counted */
};

/* The next word of the text, as terms.h gives it, with its terms_hash. */
void sketch_word(struct sketch *sketch, struct sketch_reader *reader, const char *word, size_t len,
	uint64_t hash);
/* The share of word runs that two texts have in common, estimated: 0 to 1. Empty ones share 0. */
double sketch_likeness(const struct sketch *a, const struct sketch *b);

#endif
