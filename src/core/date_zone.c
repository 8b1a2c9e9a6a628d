#include "core/date.h"

#include "core/mem.h"
#include "core/str.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The C library knows one zone at a time, by the environment: whoever asks for another holds this
 * lock while it is changed.
 */
static pthread_mutex_t zone_lock = PTHREAD_MUTEX_INITIALIZER;

bool date_zone_exists(const char *zone)
{
	const char *folder = getenv("TZDIR");
	char path[256];
	int n;

	if (str_is_empty(zone) || *zone == '/' || *zone == '.' || strstr(zone, ".."))
		return false;
	n = snprintf(path, sizeof(path), "%s/%s", folder ? folder : "/usr/share/zoneinfo", zone);
	if (n < 0 || (size_t)n >= sizeof(path) || str_ends(zone, "/"))
		return false;
	return str_eq(zone, "UTC") || (access(path, R_OK) == 0 && strchr(zone, '.') == NULL);
}

/* Switches to zone; returns what leave_zone needs. */
static char *enter_zone(const char *zone)
{
	const char *before = getenv("TZ");
	char *kept = before ? xstrdup(before) : NULL;

	if (zone) {
		setenv("TZ", zone, 1);
		tzset();
	}
	return kept;
}

static void leave_zone(const char *zone, char *kept)
{
	if (zone) {
		if (kept)
			setenv("TZ", kept, 1);
		else
			unsetenv("TZ");
		tzset();
	}
	free(kept);
}

bool date_local(const char *zone, int64_t time_s, struct tm *local)
{
	time_t time = (time_t)time_s;
	char *kept;
	bool is_done;

	if (zone && !date_zone_exists(zone))
		return false;
	pthread_mutex_lock(&zone_lock);
	kept = enter_zone(zone);
	is_done = localtime_r(&time, local) != NULL;
	/* its name would point into what the next zone overwrites */
	local->tm_zone = NULL;
	leave_zone(zone, kept);
	pthread_mutex_unlock(&zone_lock);
	return is_done;
}

/* Seconds east of UTC at a moment. */
static int64_t offset_at(int64_t time_s)
{
	time_t time = (time_t)time_s;
	struct tm local;

	return localtime_r(&time, &local) ? (int64_t)local.tm_gmtoff : 0;
}

/* The moment between two with different offsets when the second one begins. */
static int64_t find_change(int64_t before, int64_t after)
{
	int64_t offset = offset_at(before), middle;

	while (after - before > 1) {
		middle = before + (after - before) / 2;
		if (offset_at(middle) == offset)
			before = middle;
		else
			after = middle;
	}
	return after;
}

/* as_utc: the local time read as if it were UTC. */
static int64_t moment_of(int64_t as_utc)
{
	int64_t earlier = offset_at(as_utc - 86400), later = offset_at(as_utc + 86400);
	int64_t first = as_utc - earlier, second = as_utc - later;

	if (first > second) {
		int64_t swap = first;

		first = second;
		second = swap;
	}
	if (first + offset_at(first) == as_utc)
		return first;
	if (second + offset_at(second) == as_utc)
		return second;
	return find_change(as_utc - 86400, as_utc + 86400);
}

bool date_from_local(
	const char *zone, int year, int month, int day, int hour, int minute, int64_t *time_s)
{
	int64_t as_utc = date_days(year, month, day) * 86400 + hour * 3600 + minute * 60;
	char *kept;

	if (zone && !date_zone_exists(zone))
		return false;
	pthread_mutex_lock(&zone_lock);
	kept = enter_zone(zone);
	*time_s = moment_of(as_utc);
	leave_zone(zone, kept);
	pthread_mutex_unlock(&zone_lock);
	return true;
}
