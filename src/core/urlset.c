#include "core/urlset.h"

#include "core/hash.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdlib.h>

enum { FIRST_SIZE = 1024 };

static struct urlset_slot *slot_of(const struct urlset *set, const char *url)
{
	size_t i = (size_t)hash_text(url) & (set->size - 1);

	while (set->slots[i].url && !str_eq(set->slots[i].url, url))
		i = (i + 1) & (set->size - 1);
	return &set->slots[i];
}

/* Never more than half full. */
static void grow(struct urlset *set)
{
	struct urlset old = *set;
	size_t i;

	if (set->size > 2 * set->count)
		return;
	set->size = old.size ? old.size * 4 : FIRST_SIZE;
	set->slots = xcalloc(set->size, sizeof(*set->slots));
	for (i = 0; i < old.size; i++) {
		if (old.slots[i].url)
			*slot_of(set, old.slots[i].url) = old.slots[i];
	}
	free(old.slots);
}

bool urlset_add(struct urlset *set, const char *url, size_t place)
{
	struct urlset_slot *slot;

	grow(set);
	slot = slot_of(set, url);
	if (slot->url)
		return false;
	*slot = (struct urlset_slot){url, place};
	set->count++;
	return true;
}

size_t urlset_find(const struct urlset *set, const char *url)
{
	const struct urlset_slot *slot = set->size ? slot_of(set, url) : NULL;

	return slot && slot->url ? slot->place : (size_t)URLSET_NONE;
}

void urlset_finish(struct urlset *set)
{
	free(set->slots);
	*set = (struct urlset){0};
}
