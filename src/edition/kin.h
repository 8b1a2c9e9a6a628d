/*
 * Which of many things may be alike, without comparing each with each: those that share a key.
 * Things are numbers from 0.
 */
#ifndef DIURNA_EDITION_KIN_H
#define DIURNA_EDITION_KIN_H

#include <stddef.h>
#include <stdint.h>

struct kin;

/* Those that have one key. */
struct kin_group {
	const uint32_t *members; /* ascending; the index's */
	size_t count;
};

/* count: of things. */
struct kin *kin_new(size_t count);
/* In any order, each key of a thing once. */
void kin_add(struct kin *kin, size_t member, uint64_t key);
/* All keys are there. */
void kin_sort(struct kin *kin);
/* A group for each key of that thing, the smallest first; how many. They live as long as the index.
 */
size_t kin_groups(const struct kin *kin, size_t member, const struct kin_group **groups);
void kin_free(struct kin *kin);

#endif
