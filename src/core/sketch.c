#include "core/sketch.h"

#include "core/terms.h"
#include "core/utf8.h"

#include <string.h>

enum {
	RUN = 3,          /* words of a run */
	RUN_UNSPACED = 6, /* characters of a run, where words are written without spaces */
	SHORT_BYTES = 3,  /* words up to this length are passed over */
};

/* Keep a value when it is among the least. */
static void offer(struct sketch *sketch, uint32_t value)
{
	size_t low = 0, high = sketch->count;

	if (high == SKETCH_VALUES && value >= sketch->values[high - 1])
		return;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (sketch->values[middle] < value)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < sketch->count && sketch->values[low] == value)
		return;
	if (sketch->count < SKETCH_VALUES)
		sketch->count++;
	memmove(sketch->values + low + 1, sketch->values + low,
		(sketch->count - low - 1) * sizeof(sketch->values[0]));
	sketch->values[low] = value;
}

void sketch_init(struct sketch *sketch, const char *text)
{
	uint64_t last[RUN_UNSPACED] = {0};
	struct terms terms;
	size_t count = 0;

	memset(sketch, 0, sizeof(*sketch));
	for (terms_init(&terms, text); terms_next(&terms);) {
		size_t size, length;
		uint64_t run = 0;

		length = utf8_is_unspaced(utf8_decode(terms.word, terms.len, &size)) ? RUN_UNSPACED
										     : RUN;
		if (length == RUN && terms.len <= SHORT_BYTES)
			continue;
		memmove(last, last + 1, sizeof(last) - sizeof(last[0]));
		last[RUN_UNSPACED - 1] = terms_hash(terms.word, terms.len);
		if (++count < length)
			continue;
		for (size_t i = RUN_UNSPACED - length; i < RUN_UNSPACED; i++)
			run = terms_mix(run ^ last[i]);
		offer(sketch, (uint32_t)(run >> 32));
	}
}

double sketch_likeness(const struct sketch *a, const struct sketch *b)
{
	size_t i = 0, j = 0, both = 0, all = 0;

	/* the least of the union are a fair sample of it, and it is known which are in both */
	while (all < SKETCH_VALUES && (i < a->count || j < b->count)) {
		if (j == b->count || (i < a->count && a->values[i] < b->values[j])) {
			i++;
		} else if (i == a->count || b->values[j] < a->values[i]) {
			j++;
		} else {
			both++;
			i++;
			j++;
		}
		all++;
	}
	return all ? (double)both / (double)all : 0;
}
