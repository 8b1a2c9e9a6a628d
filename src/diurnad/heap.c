#include "diurnad/heap.h"

#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

void heap_finish(struct heap *heap)
{
	free(heap->nodes);
	memset(heap, 0, sizeof(*heap));
}

static void put(struct heap *heap, struct heap_node *node, size_t place)
{
	heap->nodes[place] = node;
	node->place = place;
}

static void sift(struct heap *heap, struct heap_node *node, size_t place)
{
	size_t child;

	while (place > 1 && heap->nodes[place / 2]->due_at > node->due_at) {
		put(heap, heap->nodes[place / 2], place);
		place /= 2;
	}
	while ((child = place * 2) <= heap->count) {
		if (child < heap->count &&
			heap->nodes[child + 1]->due_at < heap->nodes[child]->due_at)
			child++;
		if (heap->nodes[child]->due_at >= node->due_at)
			break;
		put(heap, heap->nodes[child], place);
		place = child;
	}
	put(heap, node, place);
}

void heap_set(struct heap *heap, struct heap_node *node, int64_t due_at)
{
	node->due_at = due_at;
	if (node->place == 0) {
		if (heap->count + 2 > heap->space) {
			heap->space = heap->space ? heap->space * 2 : 64;
			heap->nodes = xreallocarray(heap->nodes, heap->space, sizeof(*heap->nodes));
		}
		put(heap, node, ++heap->count);
	}
	sift(heap, node, node->place);
}

void heap_remove(struct heap *heap, struct heap_node *node)
{
	size_t place = node->place;
	struct heap_node *last;

	if (place == 0)
		return;
	node->place = 0;
	last = heap->nodes[heap->count--];
	if (last != node)
		sift(heap, last, place);
}

void heap_shift(struct heap *heap, int64_t seconds)
{
	size_t i;

	for (i = 1; i <= heap->count; i++)
		heap->nodes[i]->due_at += seconds;
}

struct heap_node *heap_first(const struct heap *heap)
{
	return heap->count ? heap->nodes[1] : NULL;
}
