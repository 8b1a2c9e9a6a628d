#include "edition/kin.h"

#include "core/mem.h"

#include <assert.h>
#include <stdlib.h>

struct entry {
	uint64_t key;
	uint32_t member;
};

struct kin {
	size_t things;
	struct entry *entries; /* by key and member, once sorted */
	size_t count, space;
	uint32_t *members;        /* of the entries */
	struct kin_group *groups; /* by thing, one for each of its entries */
	size_t *first;            /* of a thing's groups; one more than things */
};

struct kin *kin_new(size_t count)
{
	struct kin *kin = xcalloc(1, sizeof(*kin));

	assert(count < UINT32_MAX);
	kin->things = count;
	return kin;
}

void kin_add(struct kin *kin, size_t member, uint64_t key)
{
	assert(member < kin->things && !kin->groups);
	ARRAY_GROW(kin->entries, kin->count, kin->space);
	kin->entries[kin->count++] = (struct entry){key, (uint32_t)member};
}

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->member < y->member ? -1 : x->member > y->member;
}

static int compare_groups(const void *a, const void *b)
{
	const struct kin_group *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? -1 : 1;
	return x->members < y->members ? -1 : x->members > y->members;
}

/* Where each thing's groups begin. */
static void make_room(struct kin *kin)
{
	size_t i;

	kin->first = xcalloc(kin->things + 1, sizeof(*kin->first));
	kin->groups = xcalloc(kin->count + 1, sizeof(*kin->groups));
	for (i = 0; i < kin->count; i++)
		kin->first[kin->entries[i].member + 1]++;
	for (i = 0; i < kin->things; i++)
		kin->first[i + 1] += kin->first[i];
}

void kin_sort(struct kin *kin)
{
	size_t from, to, i, *filled = xcalloc(kin->things + 1, sizeof(*filled));

	make_room(kin);
	kin->members = xcalloc(kin->count + 1, sizeof(*kin->members));
	if (kin->count > 0)
		qsort(kin->entries, kin->count, sizeof(*kin->entries), compare_entries);
	for (from = 0; from < kin->count; from = to) {
		for (to = from; to < kin->count && kin->entries[to].key == kin->entries[from].key;
			to++)
			kin->members[to] = kin->entries[to].member;
		for (i = from; i < to; i++) {
			size_t thing = kin->members[i];

			kin->groups[kin->first[thing] + filled[thing]++] =
				(struct kin_group){kin->members + from, to - from};
		}
	}
	for (i = 0; i < kin->things; i++) {
		if (filled[i] > 1)
			qsort(kin->groups + kin->first[i], filled[i], sizeof(*kin->groups),
				compare_groups);
	}
	free(filled);
}

size_t kin_groups(const struct kin *kin, size_t member, const struct kin_group **groups)
{
	*groups = kin->groups + kin->first[member];
	return kin->first[member + 1] - kin->first[member];
}

void kin_free(struct kin *kin)
{
	if (!kin)
		return;
	free(kin->entries);
	free(kin->members);
	free(kin->groups);
	free(kin->first);
	free(kin);
}
