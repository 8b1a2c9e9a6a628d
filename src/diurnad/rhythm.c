#include "diurnad/rhythm.h"

#include "core/date.h"

#include <math.h>

enum {
	HOUR_S = 3600,
	DAY_S = 24 * HOUR_S,
	HOURS = 24,
	DAYS = 7,
	SPARSE = 14, /* entries a week that keep their distance */
	FEW = 8,     /* entries that do not make a pattern yet */
	MANY = 120,  /* in one hour or day: all counts are halved */
};

/* As if every hour and day had so many more: what never happened yet may happen. */
#define HOUR_PRIOR 0.15
#define DAY_PRIOR  1.0
/*
 * Entries an hour from which on a poll waits for its share of them. What is rarer and comes by
 * chance is asked for more often than that: for so many polls entries are found the soonest where
 * the time between two goes with the root of the time between entries.
 */
#define RARE 0.25
/* Share of the pairs of entries that have one hour of the day: what has more keeps its hours. */
#define SAME_HOUR 0.2

static size_t hour_of(int64_t at)
{
	return (size_t)(at / HOUR_S % HOURS);
}

/* 1970 began on a Thursday. */
static size_t day_of(int64_t at)
{
	return HOURS + (size_t)((at / DAY_S + 4) % DAYS);
}

void rhythm_learn(
	uint8_t pattern[FEED_PATTERN], const struct feed_doc *doc, int64_t since, int64_t now)
{
	size_t i, k;

	for (i = 0; i < doc->entry_count; i++) {
		int64_t at = doc->entries[i].published;

		if (at == DATE_NONE || at <= since || at > now || at < 0)
			continue;
		pattern[hour_of(at)]++;
		pattern[day_of(at)]++;
		if (pattern[hour_of(at)] >= MANY || pattern[day_of(at)] >= MANY)
			for (k = 0; k < FEED_PATTERN; k++)
				pattern[k] /= 2;
	}
}

static int sum(const uint8_t *counts, size_t n)
{
	int all = 0;

	while (n-- > 0)
		all += *counts++;
	return all;
}

static bool keeps_hours(const uint8_t pattern[FEED_PATTERN], int all)
{
	int pairs = 0;

	for (size_t i = 0; i < HOURS; i++)
		pairs += pattern[i] * (pattern[i] - 1);
	return pairs > SAME_HOUR * all * (all - 1);
}

int64_t rhythm_wait(const uint8_t pattern[FEED_PATTERN], double entries_week, double share,
	int64_t newest, int64_t now, int64_t most)
{
	int hours = sum(pattern, HOURS), days = sum(pattern + HOURS, DAYS);
	bool is_by_chance = !keeps_hours(pattern, hours);
	double expected = 0;
	int64_t at = now;

	if (hours < FEW || days < FEW || entries_week <= 0)
		return 0;
	/* What comes once or twice a day has come for now: its hour expects no second one. */
	if (entries_week <= SPARSE && newest > now - 2 * HOUR_S)
		expected = -0.5;
	while (at - now < most) {
		int64_t end = (at / HOUR_S + 1) * HOUR_S;
		size_t hour = hour_of(at);
		/* An entry at 6:58 is one at 7:02 another day. */
		double near = pattern[hour] * 0.6 + pattern[(hour + 1) % HOURS] * 0.2 +
			      pattern[(hour + HOURS - 1) % HOURS] * 0.2;
		double in_hour = entries_week * (near + HOUR_PRIOR) / (hours + HOURS * HOUR_PRIOR) *
				 (pattern[day_of(at)] + DAY_PRIOR) / (days + DAYS * DAY_PRIOR);
		double rate = is_by_chance && in_hour < RARE ? sqrt(in_hour * RARE) : in_hour;
		double here = rate * (double)(end - at) / HOUR_S;

		if (expected + here >= share)
			return at - now + (int64_t)((share - expected) / rate * HOUR_S);
		expected += here;
		at = end;
	}
	return most;
}
