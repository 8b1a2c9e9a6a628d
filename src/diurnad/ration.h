/*
 * Nobody fills the store alone. A feed whose entries and pages took LIMIT_FEED_DAY_BYTES rests
 * until its day has passed: nothing of it is lost, it comes later.
 */
#ifndef DIURNA_DIURNAD_RATION_H
#define DIURNA_DIURNAD_RATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of one feed; zeros at first. */
struct ration {
	int64_t from;   /* when the day began */
	uint64_t bytes; /* that it has brought since then */
	uint32_t pages; /* that wait or are on their way */
};

/* A day before now: what came since then counts. */
int64_t ration_since(int64_t now);
/* Of a feed that has brought nothing since the start: what it brought before, the first at from. */
void ration_recall(struct ration *ration, int64_t from, int64_t bytes);
/* So much was added to the store. True: it is used up by that. */
bool ration_take(struct ration *ration, int64_t bytes, int64_t now);
/* When its day has passed, if it is used up; 0: it is not. */
int64_t ration_rests_until(const struct ration *ration, int64_t now);
/* at, or later: when a feed may be asked again of which so much has come, or so many pages wait. */
int64_t ration_poll_at(const struct ration *ration, int64_t now, int64_t at);

#endif
