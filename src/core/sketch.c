#include "core/sketch.h"

#include "core/terms.h"
#include "core/utf8.h"

#include <string.h>

enum {
	RUN = 3,         /* words of a run; SKETCH_RUN characters, where no spaces are written */
	SHORT_BYTES = 3, /* words up to this length are passed over */
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

void sketch_word(struct sketch *sketch, struct sketch_reader *reader, const char *word, size_t len,
	uint64_t hash)
{
	size_t size, length = RUN;
	uint64_t run = 0;

	if (utf8_is_unspaced(utf8_decode(word, len, &size)))
		length = SKETCH_RUN;
	else if (len <= SHORT_BYTES)
		return;
	memmove(reader->last, reader->last + 1, sizeof(reader->last) - sizeof(reader->last[0]));
	reader->last[SKETCH_RUN - 1] = hash;
	if (++reader->count < length)
		return;
	for (size_t i = SKETCH_RUN - length; i < SKETCH_RUN; i++)
		run = terms_mix(run ^ reader->last[i]);
	offer(sketch, (uint32_t)(run >> 32));
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
