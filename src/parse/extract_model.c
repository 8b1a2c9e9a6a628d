#include "parse/extract_model.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 4, WORDS = 4, LANES = WIDTH * WORDS }; /* rows that are asked side by side */

/* As wide as most processors' registers; for others the compiler makes narrower ones of them. */
typedef float floats __attribute__((vector_size(WIDTH * sizeof(float))));
typedef uint32_t bits __attribute__((vector_size(WIDTH * sizeof(uint32_t))));

/*
 * Add the scores of the leaves that the rows come to. A leaf is open until a test that it is left
 * of fails; of those that stay open the first is meant. Nothing branches: a processor that goes
 * down a tree guesses many ways wrong. Source: Lucchese et al., QuickScorer (SIGIR 2015).
 */
static void add_tree(const struct model_test *test, size_t count, const float *leaves,
	const floats (*columns)[WORDS], float *to)
{
	const struct model_test *end = test + count;
	bits a = ~(bits){0}, b = a, c = a, d = a, right;
	uint32_t open[LANES];
	const floats *x;
	size_t i;

	for (; test < end; test++) {
		x = columns[test->feature];
		right = (bits){0} + test->right;
		a &= (bits)(x[0] <= test->limit) | right;
		b &= (bits)(x[1] <= test->limit) | right;
		c &= (bits)(x[2] <= test->limit) | right;
		d &= (bits)(x[3] <= test->limit) | right;
	}
	memcpy(open, &a, sizeof(a));
	memcpy(open + WIDTH, &b, sizeof(b));
	memcpy(open + 2 * WIDTH, &c, sizeof(c));
	memcpy(open + 3 * WIDTH, &d, sizeof(d));
	for (i = 0; i < LANES; i++)
		to[i] += leaves[__builtin_ctz(open[i])];
}

void model_add_scores(const struct model *model, const float *const *rows, size_t count, float *to)
{
	floats columns[MODEL_FEATURES_MAX][WORDS] = {0};
	float sums[LANES] = {0};
	size_t i, k, n, at;

	for (; count > 0; count -= n, rows += n, to += n) {
		n = count < LANES ? count : LANES;
		for (i = 0; i < n; i++) {
			sums[i] = to[i] + model->base;
			for (k = 0; k < model->feature_count; k++)
				columns[k][i / WIDTH][i % WIDTH] = rows[i][k];
		}
		for (k = 0; k < model->tree_count; k++) {
			at = model->trees[k];
			add_tree(model->tests + at, model->trees[k + 1] - at,
				model->leaves + at + k, columns, sums);
		}
		memcpy(to, sums, n * sizeof(*to));
	}
}

float probability_of(float score)
{
	return 1 / (1 + expf(-score));
}

float model_probability(const struct model *model, const float *features)
{
	float score = 0;

	model_add_scores(model, &features, 1, &score);
	return probability_of(score);
}
