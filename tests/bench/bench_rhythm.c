/*
 * A day of many feeds whose publishing follows the rhythms of real ones: how long after its
 * publication is an entry seen, and what does it cost? Every decision is manners_decide's.
 *
 *     bench_rhythm [FEEDS [INTERVAL_MIN_S [0]]]
 *
 * Four weeks are played first, so that rhythms are learned; the day that counts is a Tuesday.
 * Every morning an edition closes (with 0: none), and what was published before it is in it or too
 * late for it. Beside it stands polling all feeds at one fixed interval, with as many requests, and
 * every hour.
 *
 * The feeds: half are blogs and columns (0.3 to 7 entries a week, log-normal), a quarter weeklies
 * and dailies that come within minutes of their hour, a fifth newsrooms (10 to 60 a weekday, by
 * day, half as many at weekends), the rest machines (one to four an hour, day and night).
 */
#include "core/date.h"
#include "core/mem.h"
#include "diurnad/manners.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	HOUR = 3600,
	DAY = 24 * HOUR,
	WEEK = 7 * DAY,
	WARM_DAYS = 28,
	SHOWN = 20,
	EDITION = 6 * HOUR + HOUR / 2
};

#define START ((int64_t)1793059200) /* a Tuesday, 00:00 GMT, less the warm-up */

struct feed {
	int64_t *entries; /* times, ascending */
	size_t count, space, seen;
	int64_t next_at;
	struct feed_row row;
};

static bool has_editions = true;
static uint64_t state = 20261128;

static double chance(void)
{
	uint64_t x = state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return (double)((x ^ x >> 31) >> 11) / (double)(1ULL << 53);
}

static double normal(void)
{
	return sqrt(-2 * log(chance() + 1e-12)) * cos(2 * M_PI * chance());
}

static void publish(struct feed *feed, int64_t at)
{
	ARRAY_GROW(feed->entries, feed->count, feed->space);
	feed->entries[feed->count++] = at;
}

/* How much of a day's writing falls into an hour: little at night, a peak before noon. */
static double by_day(int hour)
{
	static const double share[24] = {0.2, 0.1, 0.1, 0.1, 0.2, 0.5, 1.2, 1.8, 2.2, 2.2, 2.0, 1.8,
		1.6, 1.7, 1.8, 1.7, 1.6, 1.4, 1.0, 0.8, 0.7, 0.6, 0.4, 0.3};

	return share[(hour + 24) % 24] / 26.0;
}

static void write_by_chance(struct feed *feed, double week, double weekend, int zone, bool is_flat)
{
	double days = 5 + 2 * weekend;
	int hour;

	for (hour = 0; hour < (WARM_DAYS + 1) * 24; hour++) {
		int64_t at = START + (int64_t)hour * HOUR;
		int weekday = (int)((at / DAY + 4) % 7);
		double rate = week / days * (weekday == 0 || weekday == 6 ? weekend : 1) *
			      (is_flat ? 1. / 24 : by_day(hour % 24 + zone));
		double left = chance();

		/* Poisson, by the gaps between entries. */
		for (left = -log(left + 1e-12); left < rate; left -= log(chance() + 1e-12))
			publish(feed, at + (int64_t)(left / rate * HOUR));
	}
}

static void write_by_clock(struct feed *feed)
{
	int hour = (int)(chance() * 24), minute = (int)(chance() * 60), day;
	unsigned days = chance() < 0.6 ? 0x7F : chance() < 0.6 ? 0x3E : 1U << (int)(chance() * 7);

	for (day = 0; day <= WARM_DAYS; day++) {
		int64_t at = START + (int64_t)day * DAY;

		if (days >> (at / DAY + 4) % 7 & 1)
			publish(feed,
				at + hour * HOUR + minute * 60 + (int64_t)fabs(normal() * 300));
	}
}

static const struct {
	const char *name;
	double until; /* share of all feeds, with those before it */
} kinds[] = {
	{"blogs", 0.5},
	{"by the clock", 0.75},
	{"newsrooms", 0.95},
	{"machines", 1},
};

static void write_feed(struct feed *feed, size_t kind)
{
	int zone = (int)(normal() * 4);

	switch (kind) {
	case 0:
		write_by_chance(feed, fmin(7, fmax(0.3, exp(normal() + 0.5))), 0.7, zone, false);
		break;
	case 1: write_by_clock(feed); break;
	case 2: write_by_chance(feed, 5 * (10 + 50 * chance()), 0.5, zone, false); break;
	default: write_by_chance(feed, 168 * (1 + 3 * chance()), 1, 0, true); break;
	}
}

static int by_time(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *list, size_t n)
{
	qsort(list, n, sizeof(*list), by_time);
	return n ? list[n / 2] : 0;
}

/* Every morning at half past six, or never. */
static int64_t edition_after(int64_t now)
{
	int64_t at = now / DAY * DAY + EDITION;

	return has_editions ? at > now ? at : at + DAY : INT64_MAX;
}

static void poll(struct feed *feed, const struct config *config, int64_t now)
{
	static struct feed_entry entries[SHOWN];
	struct feed_doc doc = {.entries = entries};
	struct fetch_response response = {
		.outcome = POLL_NOT_MODIFIED, .http_status = 304, .etag = (char[]){"\"e\""}};
	struct manners_time time = {.now = now, .edition_at = edition_after(now)};
	size_t seen = feed->seen, i;
	struct poll_result result;

	while (feed->seen < feed->count && feed->entries[feed->seen] <= now)
		feed->seen++;
	if (feed->seen > seen || !feed->row.last_ok_at) {
		response.outcome = POLL_OK;
		response.http_status = 200;
		for (i = 0; i < SHOWN && i < feed->seen; i++)
			entries[i] =
				(struct feed_entry){.published = feed->entries[feed->seen - 1 - i],
					.updated = DATE_NONE};
		doc.entry_count = i;
	}
	time.random = chance();
	manners_decide(&feed->row, config, NULL, &response,
		response.http_status == 200 ? &doc : NULL, &time, &result);
	feed->next_at = result.next_at;
	feed->row.interval_s = result.interval_s;
	feed->row.last_ok_at = now;
	memcpy(feed->row.pattern, result.pattern, sizeof(result.pattern));
	if (feed->seen > seen) {
		double week = 0;

		/* As the store does: by what the document shows, smoothed. */
		for (i = 0; i < doc.entry_count; i++)
			week += entries[i].published > now - WARM_DAYS * DAY;
		if (doc.entry_count)
			week *= (double)WEEK /
				fmax(DAY,
					fmin((double)(now - entries[doc.entry_count - 1].published),
						WARM_DAYS * DAY));
		feed->row.entries_week = feed->row.entries_week > 0
						 ? 0.3 * week + 0.7 * feed->row.entries_week
						 : week;
		feed->row.last_new_at = now;
	}
}

/* Entries of the day before the last edition, and those that it had. */
struct printed {
	size_t all, in;
};

/* The feeds of one kind, and their delays; sorts them. */
static void tell_kind(size_t kind, size_t feeds, size_t polls, double *late, size_t n,
	const struct printed *printed)
{
	double requests = (double)polls / (double)feeds, middle = median(late, n);

	printf("rhythm:   %-12s %6zu feeds, %6zu entries, %4.1f requests a feed, median delay "
	       "%5.1f min (fixed, as many: %5.1f), %2.0f %% in the next paper\n",
		kinds[kind].name, feeds, n, requests, middle / 60, DAY / requests / 2 / 60,
		100 * (double)printed->in / (double)printed->all);
}

int main(int argc, char **argv)
{
	size_t count = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 20000, i, k, n = 0,
	       polls = 0, kind = 0;
	struct {
		size_t feeds, polls, late;
	} from = {0};
	struct printed printed = {0};
	const int64_t edition = START + (WARM_DAYS + 1) * DAY + EDITION;
	const struct config config = {
		.min_interval_s = argc > 2 ? strtoll(argv[2], NULL, 10) : 15 * 60,
		.max_interval_s = DAY,
		.default_interval_s = 2 * HOUR,
		.blind_interval_s = DAY,
		.jitters = true,
	};
	int64_t day = START + WARM_DAYS * DAY;
	double *late, *late_fixed, requests, fixed_s, learned, fixed;
	size_t entries = 0;

	has_editions = argc <= 3;
	late = xcalloc(count * 120 + 1, sizeof(*late));
	late_fixed = xcalloc(count * 120 + 1, sizeof(*late_fixed));
	for (i = 0; i < count; i++) {
		struct feed feed = {.next_at = START + (int64_t)(chance() * 2 * HOUR)};

		if ((double)i / (double)count >= kinds[kind].until) {
			tell_kind(kind++, i - from.feeds, polls - from.polls, late + from.late,
				n - from.late, &printed);
			printed = (struct printed){0};
			from.feeds = i;
			from.polls = polls;
			from.late = n;
		}
		feed.row.url = (char[]){"http://a.example/"};
		write_feed(&feed, kind);
		while (feed.next_at < day + 2 * DAY &&
			(feed.seen < feed.count || feed.next_at < day + DAY)) {
			int64_t now = feed.next_at;
			size_t seen = feed.seen;

			polls += now >= day && now < day + DAY;
			poll(&feed, &config, now);
			for (k = seen; k < feed.seen; k++) {
				int64_t at = feed.entries[k];

				if (at >= day && at < day + DAY)
					late[n++] = (double)(now - at);
				if (at >= edition - DAY && at < edition) {
					printed.all++;
					printed.in += now <= edition;
				}
			}
		}
		for (k = 0; k < feed.count; k++)
			entries += feed.entries[k] >= day && feed.entries[k] < day + DAY;
		free(feed.entries);
	}
	tell_kind(kind, count - from.feeds, polls - from.polls, late + from.late, n - from.late,
		&printed);
	requests = (double)polls / (double)count;
	fixed_s = DAY / requests;
	for (k = 0; k < n; k++)
		late_fixed[k] = chance() * fixed_s;
	learned = median(late, n);
	fixed = median(late_fixed, n);
	printf("rhythm: %zu feeds, %zu entries in the day, shortest interval %lld s\n", count,
		entries, (long long)config.min_interval_s);
	printf("rhythm: learned: %.1f requests a feed, median delay %.1f min, nine of ten within %.0f min\n",
		requests, learned / 60, late[n * 9 / 10] / 60);
	printf("rhythm: fixed, as many requests (every %.0f min): median delay %.1f min, nine of ten within %.0f min\n",
		fixed_s / 60, fixed / 60, late_fixed[n * 9 / 10] / 60);
	printf("rhythm: fixed, every hour: 24.0 requests a feed, median delay 30.0 min\n");
	free(late);
	free(late_fixed);
	return learned < fixed ? 0 : 1;
}
