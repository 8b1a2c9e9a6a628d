#include "core/date.h"
#include "edition/edition.h"

/* A week and a day, and as much again for days that a zone left out. */
enum { DAYS_AHEAD = 16 };

/* The first time of that day after `after`; INT64_MAX: none. */
static int64_t next_on_day(
	const struct schedule *schedule, const char *zone, int64_t day, int64_t after)
{
	int year, month, date;
	int64_t best = INT64_MAX, at;
	size_t i;

	date_from_days(day, &year, &month, &date);
	for (i = 0; i < schedule->at_count; i++) {
		int min = schedule->at_min[i];

		if (date_from_local(zone, year, month, date, min / 60, min % 60, &at) &&
			at > after && at < best)
			best = at;
	}
	return best;
}

int64_t schedule_next_at(const struct schedule *schedule, const char *zone, int64_t after)
{
	int64_t day, best = INT64_MAX, at;
	struct tm local;
	int i;

	if (schedule->at_count == 0 || !date_local(zone, after, &local))
		return INT64_MAX;
	/* From the day before: a time in a gap at midnight belongs to it and comes after it. */
	day = date_days(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday) - 1;
	for (i = 0; i < DAYS_AHEAD; i++, day++) {
		int weekday = (int)((day % 7 + 11) % 7);

		if (!(schedule->on_days & (1u << weekday)))
			continue;
		at = next_on_day(schedule, zone, day, after);
		if (at < best)
			best = at;
		else if (best != INT64_MAX)
			break;
	}
	return best;
}
