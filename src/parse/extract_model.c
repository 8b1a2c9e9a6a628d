#include "parse/extract_model.h"

#include <math.h>

enum { ROWS = 64 }; /* at a time: as many as stay near the processor */

static float leaf_of(const struct model_node *node, const float *features)
{
	while (node->feature != MODEL_LEAF)
		node += features[node->feature] <= node->value ? 1 : node->right;
	return node->value;
}

void model_add_scores(const struct model *model, const float *const *rows, size_t count, float *to)
{
	const struct model_node *top;
	size_t i, k, n;

	for (; count > 0; count -= n, rows += n, to += n) {
		n = count < ROWS ? count : ROWS;
		for (i = 0; i < n; i++)
			to[i] += model->base;
		for (k = 0; k < model->tree_count; k++) {
			top = model->nodes + model->trees[k];
			for (i = 0; i < n; i++)
				to[i] += leaf_of(top, rows[i]);
		}
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
