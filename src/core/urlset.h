/* Addresses by keyed hash: which are in a list, and at which place. */
#ifndef DIURNA_CORE_URLSET_H
#define DIURNA_CORE_URLSET_H

#include <stdbool.h>
#include <stddef.h>

struct urlset_slot {
	const char *url; /* borrowed; NULL: free */
	size_t place;
};

/* All zeros is empty. */
struct urlset {
	struct urlset_slot *slots;
	size_t count, size; /* size is a power of two */
};

enum { URLSET_NONE = -1 };

/* False: it was there already, and keeps its place. url must live as long as the set. */
bool urlset_add(struct urlset *set, const char *url, size_t place);
/* The place it was added with; (size_t)URLSET_NONE: it is not there. */
size_t urlset_find(const struct urlset *set, const char *url);
/* Frees it; all zeros afterwards. */
void urlset_finish(struct urlset *set);

#endif
