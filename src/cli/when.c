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
	return "a time like \"2h\", \"3 days ago\", \"yesterday\", \"last monday\", \"06:30\", "
	       "\"2026-08-22\" or \"2026-08-22 06:30\" was meant";
}

/* A text cut at its white space, and where a date and its time meet. */
struct words {
	char list[4][16];
	size_t count;
};

/* False: there are none, too many, or one is too long to be known. */
static bool split(const char *text, struct words *words)
{
	words->count = 0;
	for (text += strspn(text, " \t"); *text; text += strspn(text, " \t")) {
		size_t len = strcspn(text, " \t");
		bool is_date = len > 10 && text[4] == '-' && (text[10] == 'T' || text[10] == 't');
		char *word = words->list[words->count];

		len = is_date ? 10 : len;
		if (words->count == ARRAY_LEN(words->list) || len >= sizeof(words->list[0]))
			return false;
		memcpy(word, text, len);
		word[len] = '\0';
		words->count++;
		text += len + is_date;
		if (is_date && !*text)
			return false;
	}
	return words->count > 0;
}

/* "3 days ago", "2h", "1 week", "an hour ago", "last week". */
static bool parse_ago(const char *text, int64_t now, int64_t *time_s)
{
	char unit[16], ago[8] = "", article[8] = "";
	int number = 1, end = 0, n;
	size_t i, len;

	if (str_is_digit(*text)) {
		n = sscanf(text, "%9d %15[a-zA-Z]%n %7[a-zA-Z]%n", &number, unit, &end, ago, &end);
	} else {
		n = sscanf(text, "%7[a-zA-Z] %15[a-zA-Z]%n %7[a-zA-Z]%n", article, unit, &end, ago,
			&end);
		/* "last week" has no "ago", "a week ago" must have one */
		if (str_ieq(article, "last")
				? n != 2
				: n != 3 || !(str_ieq(article, "a") || str_ieq(article, "an")))
			return false;
	}
	if (n < 2 || text[end] || (n == 3 && !str_ieq(ago, "ago")))
		return false;
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

/* How many days ago it was: 0 to 6, today counts. */
static bool parse_weekday(const char *word, const struct tm *today, int *days)
{
	static const char *const names[] = {
		"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};

	for (int i = 0; i < 7; i++) {
		if (str_ieq(word, names[i]) ||
			(strlen(word) == 3 && strncasecmp(word, names[i], 3) == 0)) {
			*days = (today->tm_wday - i + 7) % 7;
			return true;
		}
	}
	return false;
}

/* Days since 1970 of "2026-08-22". */
static bool parse_date(const char *word, int64_t *day)
{
	int year, month, day_of_month, end = 0;

	if (sscanf(word, "%4d-%2d-%2d%n", &year, &month, &day_of_month, &end) != 3 || word[end] ||
		year < 1 || month < 1 || month > 12 || day_of_month < 1 || day_of_month > 31)
		return false;
	*day = date_days(year, month, day_of_month);
	return *day < date_days(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1);
}

/* The same of "today", "yesterday", "monday", "last monday", a date; of no word: today. */
static bool parse_day(const struct words *words, const struct tm *today, int64_t *day)
{
	const char *word = words->list[0];
	int days = 0;

	*day = date_days(today->tm_year + 1900, today->tm_mon + 1, today->tm_mday);
	if (words->count == 2 && str_ieq(word, "last") &&
		parse_weekday(words->list[1], today, &days)) {
		*day -= days ? days : 7;
		return true;
	}
	if (words->count != 1)
		return words->count == 0;
	if (str_ieq(word, "yesterday"))
		days = 1;
	else if (!str_ieq(word, "today") && !parse_weekday(word, today, &days))
		return parse_date(word, day);
	*day -= days;
	return true;
}

/* Seconds of "06:30", "06:30:15", "noon", "midnight". */
static bool parse_clock(const char *word, int *seconds)
{
	int hour, minute, second = 0, end = 0, end_second = 0;

	*seconds = str_ieq(word, "noon") ? 12 * 3600 : 0;
	if (str_ieq(word, "noon") || str_ieq(word, "midnight"))
		return true;
	if (!str_is_digit(*word) || sscanf(word, "%2d:%2d%n", &hour, &minute, &end) != 2)
		return false;
	if (word[end] &&
		(sscanf(word + end, ":%2d%n", &second, &end_second) != 1 || word[end + end_second]))
		return false;
	second -= second == 60; /* a leap second has no number */
	*seconds = hour * 3600 + minute * 60 + second;
	return hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 59;
}

/* A day, a time of today, or both: "yesterday 12:30", "last monday at noon". */
static bool parse_local(const char *text, const char *zone, int64_t now, int64_t *time_s)
{
	int year, month, day_of_month, seconds = 0;
	struct words words;
	struct tm today;
	int64_t day;

	if (!split(text, &words) || !date_local(zone, now, &today))
		return false;
	if (parse_clock(words.list[words.count - 1], &seconds)) {
		words.count--;
		if (words.count && str_ieq(words.list[words.count - 1], "at"))
			words.count--;
	}
	if (!parse_day(&words, &today, &day))
		return false;
	date_from_days(day, &year, &month, &day_of_month);
	if (!date_from_local(
		    zone, year, month, day_of_month, seconds / 3600, seconds / 60 % 60, time_s))
		return false;
	*time_s += seconds % 60;
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
	if (*text == '@') {
		if (!str_to_u64(text + 1, (uint64_t)1 << 40, &epoch))
			return false;
		*time_s = (int64_t)epoch;
		return true;
	}
	if (parse_ago(text, now, time_s) || parse_local(text, zone, now, time_s))
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
