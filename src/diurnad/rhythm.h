/* When a feed's entries come: by the hour of the day and by the day of the week, GMT. */
#ifndef DIURNA_DIURNAD_RHYTHM_H
#define DIURNA_DIURNAD_RHYTHM_H

#include "core/doc.h"
#include "store/feeds.h"

/*
 * Count the entries that were published after since and up to now. Old counts fade as new ones
 * come, so that a feed may change its ways.
 */
void rhythm_learn(
	uint8_t pattern[FEED_PATTERN], const struct feed_doc *doc, int64_t since, int64_t now);
/*
 * Seconds from now until the share of an entry (0.5: half a one) is to be expected from a feed of
 * so many entries a week whose newest is that old, at most most; less where entries are rare and
 * come at any hour. 0: too few entries were counted to say.
 */
int64_t rhythm_wait(const uint8_t pattern[FEED_PATTERN], double entries_week, double share,
	int64_t newest, int64_t now, int64_t most);

#endif
