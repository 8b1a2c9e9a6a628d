#include "parse/extract_model.h"

#include <math.h>

float model_probability(const struct model *model, const float *features)
{
	const struct model_node *node;
	float score = model->base;
	size_t i;

	for (i = 0; i < model->tree_count; i++) {
		node = model->nodes + model->trees[i];
		while (node->feature != MODEL_LEAF)
			node += features[node->feature] <= node->value ? 1 : node->right;
		score += node->value;
	}
	return 1 / (1 + expf(-score));
}
