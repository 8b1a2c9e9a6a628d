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

extern const struct model extract_models[2]; /* first and second stage */

/*
 * Probabilities that what has these features is what the model looks for. Trees are walked one
 * after the other, each for many rows: its nodes stay near, and like rows go like ways.
 *
 * rows  count rows of features
 * to    count numbers from 0 to 1
 */
void model_probabilities(
	const struct model *model, const float *const *rows, size_t count, float *to);
/* The same of one. */
float model_probability(const struct model *model, const float *features);

#endif
