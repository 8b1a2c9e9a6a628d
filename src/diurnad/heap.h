/* Things that are due at a time: a binary heap whose nodes stand inside the things. */
#ifndef DIURNA_DIURNAD_HEAP_H
#define DIURNA_DIURNAD_HEAP_H

#include <stddef.h>
#include <stdint.h>

struct heap_node {
	int64_t due_at; /* epoch seconds */
	size_t place;   /* in the heap, from 1; 0: not in it */
};

/* A heap of zeros is empty. */
struct heap {
	struct heap_node **nodes; /* nodes[1] is due first */
	size_t count, space;
};

void heap_finish(struct heap *heap);
/* Puts a node in, or moves it to its new time. */
void heap_set(struct heap *heap, struct heap_node *node, int64_t due_at);
/* Takes a node out; one that is not in is left alone. */
void heap_remove(struct heap *heap, struct heap_node *node);
/* Moves the times of all nodes by so many seconds. */
void heap_shift(struct heap *heap, int64_t seconds);
/* The first node; NULL: empty. */
struct heap_node *heap_first(const struct heap *heap);

#endif
