#include "diurnad/ration.h"

#include "core/limits.h"

enum {
	DAY_S = 24 * 3600,
	PAGES_WAIT_S = 3600, /* while too many of its pages wait, a feed is asked so rarely */
};

/* The second: the clock was set back. */
static bool is_over(const struct ration *ration, int64_t now)
{
	return now >= ration->from + DAY_S || now < ration->from;
}

int64_t ration_rests_until(const struct ration *ration, int64_t now)
{
	return ration->bytes >= LIMIT_FEED_DAY_BYTES && !is_over(ration, now) ? ration->from + DAY_S
									      : 0;
}

int64_t ration_since(int64_t now)
{
	return now - DAY_S;
}

void ration_recall(struct ration *ration, int64_t from, int64_t bytes)
{
	int64_t most = LIMIT_FEED_DAY_BYTES - 1; /* what comes now uses it up, which is told */

	ration->from = from;
	ration->bytes = (uint64_t)(bytes < 0 ? 0 : bytes < most ? bytes : most);
}

bool ration_take(struct ration *ration, int64_t bytes, int64_t now)
{
	bool was_used_up;

	if (is_over(ration, now)) {
		ration->from = now;
		ration->bytes = 0;
	}
	was_used_up = ration_rests_until(ration, now) != 0;
	ration->bytes += (uint64_t)bytes;
	return !was_used_up && ration_rests_until(ration, now);
}

int64_t ration_poll_at(const struct ration *ration, int64_t now, int64_t at)
{
	int64_t until = ration_rests_until(ration, now);

	if (ration->pages >= LIMIT_FEED_PAGES && at < now + PAGES_WAIT_S)
		at = now + PAGES_WAIT_S;
	return at < until ? until : at;
}
