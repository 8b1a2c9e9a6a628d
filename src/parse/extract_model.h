/* Boosted trees over the features of blocks; the table is made by tools/train-extract. */
#ifndef DIURNA_PARSE_EXTRACT_MODEL_H
#define DIURNA_PARSE_EXTRACT_MODEL_H

#include <stddef.h>
#include <stdint.h>

enum {
	MODEL_FEATURES_MAX = 384,
	MODEL_LEAVES_MAX = 32 /* of a tree */
};

/* A test in a tree: left where the feature is not above the limit. */
struct model_test {
	float limit;
	uint32_t feature; /* index */
	uint32_t right;   /* a bit for each leaf of the tree but those on the left */
};

struct model {
	const struct model_test *tests; /* of all trees, one after the other */
	const float *leaves;   /* scores, likewise: a tree has one more than it has tests */
	const uint32_t *trees; /* where the tests of each begin, and where the last ends */
	size_t tree_count, feature_count;
	float base; /* score before the first tree */
};

/* A stage is the mean of several models, each of which has been divided by their number. One of the
 * first stage's stands alone: it says of most of a page that it is clearly no article. */
enum { MODEL_FIRST, MODEL_FIRST_OTHERS, MODEL_SECOND, MODEL_COUNT };
extern const struct model extract_models[MODEL_COUNT];
extern const float extract_first_stage; /* models that the first stage is the mean of */

/*
 * Add what the model says of what has these features. A tree is asked for many rows at once, so
 * that is what to do where there are many.
 *
 * rows  count rows of model->feature_count features or more
 * to    count scores
 */
void model_add_scores(const struct model *model, const float *const *rows, size_t count, float *to);
/* The probability that a score stands for, from 0 to 1. */
float probability_of(float score);
/* ... of one row of features. */
float model_probability(const struct model *model, const float *features);

#endif
