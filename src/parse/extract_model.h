/* Boosted trees over the features of blocks; the table is made by tools/train-extract. */
#ifndef DIURNA_PARSE_EXTRACT_MODEL_H
#define DIURNA_PARSE_EXTRACT_MODEL_H

#include <stddef.h>
#include <stdint.h>

enum { MODEL_LEAF = 0xFFFF };

/* A node of a tree. Its left child follows it. */
struct model_node {
	float value; /* threshold: left where the feature is not above it; of a leaf its score */
	uint16_t feature; /* index, or MODEL_LEAF */
	uint16_t right;   /* nodes from this one to its right child */
};

struct model {
	const struct model_node *nodes; /* trees one after the other */
	const uint32_t *trees;          /* where each begins */
	size_t tree_count;
	float base; /* score before the first tree */
};

/* A stage is the mean of several models, each of which has been divided by their number. One of the
 * first stage's stands alone: it says of most of a page that it is clearly no article. */
enum { MODEL_FIRST, MODEL_FIRST_OTHERS, MODEL_SECOND, MODEL_COUNT };
extern const struct model extract_models[MODEL_COUNT];
extern const float extract_first_stage; /* models that the first stage is the mean of */

/*
 * Add what the model says of what has these features. Trees are walked one after the other, each
 * for many rows: its nodes stay near, and like rows go like ways.
 *
 * rows  count rows of features
 * to    count scores
 */
void model_add_scores(const struct model *model, const float *const *rows, size_t count, float *to);
/* The probability that a score stands for, from 0 to 1. */
float probability_of(float score);
/* ... of one row of features. */
float model_probability(const struct model *model, const float *features);

#endif
