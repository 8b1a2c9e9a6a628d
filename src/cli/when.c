#include "cli/when.h"

#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Longest first where one is the beginning of another does not matter: words are whole. */
static const struct {
	const char *name;
	int64_t seconds;
} units[] = {
	{"s", 1},
	{"sec", 1},
	{"second", 1},
	{"m", 60},
	{"min", 60},
	{"minute", 60},
	{"h", 3600},
	{"hour", 3600},
	{"d", 86400},
	{"day", 86400},
	{"w", 604800},
	{"week", 604800},
	{"month", 2592000},
	{"y", 31557600},
	{"year", 31557600},
};

const char *when_meant(void)
{
	return "a time like \"2h\", \"3 days ago\", \"yesterday\", \"monday\", \"06:30\", "
	       "\"2026-08-22\" or \"2026-08-22 06:30\" was meant";
}

/* Midnight of a day, days away from the one of now. */
static bool midnight(const char *zone, int64_t now, int days, int64_t *time_s)
{
	struct tm local;
	int year, month, day;

	if (!date_local(zone, now, &local))
		return false;
	date_from_days(date_days(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday) + days,
		&year, &month, &day);
	return date_from_local(zone, year, month, day, 0, 0, time_s);
}

static bool parse_weekday(const char *text, const char *zone, int64_t now, int64_t *time_s)
{
	static const char *const names[] = {
		"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
	struct tm local;
	int i;

	if (!date_local(zone, now, &local))
		return false;
	for (i = 0; i < 7; i++) {
		if (str_ieq(text, names[i]) ||
			(strlen(text) == 3 && strncasecmp(text, names[i], 3) == 0))
			return midnight(zone, now, -((local.tm_wday - i + 7) % 7), time_s);
	}
	return false;
}

/* "3 days ago", "2h", "1 week". */
static bool parse_ago(const char *text, int64_t now, int64_t *time_s)
{
	char unit[16], ago[8] = "";
	int number, end = 0, n;
	size_t i, len;

	n = sscanf(text, "%9d %15[a-zA-Z] %7[a-zA-Z]%n", &number, unit, ago, &end);
	if (n < 2 || !str_is_digit(*text) || (n == 3 && (!str_ieq(ago, "ago") || text[end])))
		return false;
	if (n == 2) {
		n = sscanf(text, "%9d %15[a-zA-Z]%n", &number, unit, &end);
		if (text[end])
			return false;
	}
	len = strlen(unit);
	if (len > 2 && (unit[len - 1] == 's' || unit[len - 1] == 'S') && !str_ieq(unit, "s"))
		unit[len - 1] = '\0';
	for (i = 0; i < ARRAY_LEN(units); i++) {
		if (str_ieq(unit, units[i].name)) {
			*time_s = now - number * units[i].seconds;
			return true;
		}
	}
	return false;
}

static bool parse_local(const char *text, const char *zone, int64_t now, int64_t *time_s)
{
	int year, month, day, hour = 0, minute = 0, second = 0, end = 0, end_day = 0;
	struct tm local;

	if (strlen(text) <= 5 && sscanf(text, "%2d:%2d%n", &hour, &minute, &end) == 2 &&
		!text[end] && str_is_digit(*text)) {
		if (hour > 23 || minute < 0 || minute > 59 || !date_local(zone, now, &local))
			return false;
		return date_from_local(zone, local.tm_year + 1900, local.tm_mon + 1, local.tm_mday,
			hour, minute, time_s);
	}
	if (sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &end_day) != 3)
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	if (date_days(year, month, day) >=
		date_days(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1))
		return false;
	if (text[end_day]) {
		end = 0;
		if (sscanf(text + end_day, "%*1[ Tt]%2d:%2d%n", &hour, &minute, &end) != 2)
			return false;
		if (text[end_day + end] == ':') {
			int more = 0;

			if (sscanf(text + end_day + end, ":%2d%n", &second, &more) != 1)
				return false;
			end += more;
		}
		if (text[end_day + end] || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
			second < 0 || second > 60)
			return false;
	}
	if (!date_from_local(zone, year, month, day, hour, minute, time_s))
		return false;
	*time_s += second;
	return true;
}

bool when_parse(const char *text, const char *zone, int64_t now, int64_t *time_s)
{
	int64_t parsed;
	uint64_t epoch;

	if (str_ieq(text, "now")) {
		*time_s = now;
		return true;
	}
	if (str_ieq(text, "today"))
		return midnight(zone, now, 0, time_s);
	if (str_ieq(text, "yesterday"))
		return midnight(zone, now, -1, time_s);
	if (*text == '@') {
		if (!str_to_u64(text + 1, (uint64_t)1 << 40, &epoch))
			return false;
		*time_s = (int64_t)epoch;
		return true;
	}
	if (parse_weekday(text, zone, now, time_s) || parse_ago(text, now, time_s) ||
		parse_local(text, zone, now, time_s))
		return true;
	/* With a zone, and no guesses at what else it could be. */
	if (strlen(text) < 17 || text[4] != '-' || text[13] != ':' || !strpbrk(text + 10, "Zz+-"))
		return false;
	parsed = date_parse(text, NULL);
	if (parsed == DATE_NONE)
		return false;
	*time_s = parsed;
	return true;
}

const char *when_local(int64_t time_s, const char *zone, char text[WHEN_BYTES])
{
	struct tm local;

	text[0] = '\0';
	if (time_s != 0 && time_s != DATE_NONE && date_local(zone, time_s, &local))
		snprintf(text, WHEN_BYTES, "%04d-%02d-%02d %02d:%02d", local.tm_year + 1900,
			local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min);
	return text;
}

const char *when_short(int64_t time_s, const char *zone, int64_t now, char text[WHEN_BYTES])
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm local, today;

	if (!*when_local(time_s, zone, text) || !date_local(zone, time_s, &local) ||
		!date_local(zone, now, &today))
		return text;
	if (local.tm_year == today.tm_year && local.tm_yday == today.tm_yday)
		memmove(text, text + strlen("2026-08-22 "), sizeof("06:30"));
	else if (time_s <= now && now - time_s < 300 * 86400)
		snprintf(text, WHEN_BYTES, "%.3s %2d", months + 3 * local.tm_mon, local.tm_mday);
	else
		text[strlen("2026-08-22")] = '\0';
	return text;
}

const char *when_ago(int64_t time_s, int64_t now, char text[WHEN_BYTES])
{
	char span[DATE_TEXT_BYTES];

	if (time_s == 0 || time_s == DATE_NONE)
		snprintf(text, WHEN_BYTES, "never");
	else if (time_s == now)
		snprintf(text, WHEN_BYTES, "now");
	else if (time_s < now)
		snprintf(text, WHEN_BYTES, "%.36s ago", date_span(now - time_s, span));
	else
		snprintf(text, WHEN_BYTES, "in %.36s", date_span(time_s - now, span));
	return text;
}
