#include "edition/words.h"

#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"
#include "edition/words_table.h"

#include <stdio.h>
#include <string.h>

enum {
	HOURS_FROM = 90,    /* minutes that are said in hours */
	GROUPS_FROM = 1000, /* that are written in groups of three figures */
	FEW_GROUPS = 10000, /* the same, where four stand together */
	MONTH_CHARS = 3,    /* of a short name */
};

const struct words *words_find(const char *language)
{
	size_t i;

	for (i = 0; language && i < words_table_count; i++) {
		if (str_istarts(language, words_table[i].tag) && !str_is_alpha(language[2]))
			return &words_table[i];
	}
	return &words_table[0];
}

const char *words_tag(const struct words *words)
{
	return words->tag;
}

const char *words_get(const struct words *words, enum word word)
{
	return words->text[word];
}

const char *words_colon(const struct words *words)
{
	return words->colon ? words->colon : ": ";
}

void words_label(const struct words *words, const char *text, struct buf *to)
{
	buf_printf(to, "%s%s", text, words_colon(words));
	while (to->len > 0 && to->data[to->len - 1] == ' ')
		buf_truncate(to, to->len - 1);
}

static void put_with(const char *pattern, const char *value, struct buf *to)
{
	const char *hash = strchr(pattern, '#');

	if (!hash) {
		buf_puts(to, pattern);
		return;
	}
	buf_put(to, pattern, (size_t)(hash - pattern));
	buf_puts(to, value);
	buf_puts(to, hash + 1);
}

void words_put_day(const struct words *words, enum word word, const char *value, const char *day,
	struct buf *to)
{
	const char *p;

	for (p = words->text[word]; *p; p++) {
		if (*p == '#' || *p == '@')
			buf_puts(to, *p == '#' ? value : day);
		else
			buf_putc(to, *p);
	}
}

void words_put(const struct words *words, enum word word, const char *value, struct buf *to)
{
	put_with(words->text[word], value, to);
}

void words_reason(const struct words *words, const char *reason, struct buf *to)
{
	static const char http[] = "HTTP ";
	const char *comma = str_starts(reason, http) ? strstr(reason, ", ") : NULL;
	struct buf value = {0};
	enum reason known;

	if (comma) { /* "HTTP 404, it is not there" */
		buf_put(to, reason, (size_t)(comma + 2 - reason));
		words_reason(words, comma + 2, to);
		return;
	}
	known = reason_find(reason, &value);
	if (known == REASON_COUNT || !words->reasons[known])
		buf_puts(to, reason);
	else
		put_with(words->reasons[known], buf_text(&value), to);
	buf_finish(&value);
}

/* Source: CLDR, plural rules (cardinal, integers). */
static int plural_form(enum plural plural, int64_t n)
{
	switch (plural) {
	case PLURAL_NONE: return 0;
	case PLURAL_ONE: return n == 1 ? 0 : 1;
	case PLURAL_ZERO_ONE: return n <= 1 ? 0 : 1;
	case PLURAL_SLAVIC:
		if (n % 10 == 1 && n % 100 != 11)
			return 0;
		return n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? 1 : 2;
	}
	return 0;
}

static void put_groups(const struct words *words, int64_t n, struct buf *to)
{
	if (n < 1000) {
		buf_printf(to, "%lld", (long long)n);
		return;
	}
	put_groups(words, n / 1000, to);
	buf_printf(to, "%s%03lld", words->group, (long long)(n % 1000));
}

void words_count(const struct words *words, enum counted counted, int64_t n, struct buf *to)
{
	struct buf number = {0};

	if (counted == COUNTED_MINUTES && n >= HOURS_FROM)
		buf_printf(&number, "%lld%s%lld", (long long)(n / 60), words->hours,
			(long long)(n % 60));
	else if (n >= (words->has_few_groups ? FEW_GROUPS : GROUPS_FROM))
		put_groups(words, n, &number);
	else
		buf_printf(&number, "%lld", (long long)n);
	put_with(words->counts[counted][plural_form(words->plural, n)], buf_text(&number), to);
	buf_finish(&number);
}

static void put_date(const struct words *words, const char *pattern, int year, int month, int day,
	struct buf *to)
{
	const char *const *months = words->months;
	int64_t weekday = (date_days(year, month, day) % 7 + 11) % 7;

	if (!strstr(pattern, "%d") && words->titles[0])
		months = words->titles;
	for (; *pattern; pattern++) {
		if (*pattern != '%') {
			buf_putc(to, *pattern);
			continue;
		}
		switch (*++pattern) {
		case 'A': buf_puts(to, words->weekdays[weekday]); break;
		case 'B': buf_puts(to, months[month - 1]); break;
		case 'Y': buf_printf(to, "%d", year); break;
		case 'd':
			if (day == 1 && words->first)
				buf_puts(to, words->first);
			else
				buf_printf(to, "%d", day);
			break;
		}
	}
}

void words_date(const struct words *words, int year, int month, int day, struct buf *to)
{
	put_date(words, words->date, year, month, day, to);
}

void words_month_name(const struct words *words, int month, struct buf *to)
{
	const char *name = words->titles[0] ? words->titles[month - 1] : words->months[month - 1];
	size_t len = strlen(name), i = 0, size, n = 0;

	for (; i < len && n < MONTH_CHARS; i += size, n++)
		utf8_decode(name + i, len - i, &size);
	buf_put(to, name, i);
}

void words_month(const struct words *words, int year, int month, struct buf *to)
{
	put_date(words, words->month, year, month, 1, to);
}

void words_iso_date(const struct words *words, const char *date, struct buf *to)
{
	int year, month, day;

	if (sscanf(date, "%4d-%2d-%2d", &year, &month, &day) == 3 && month >= 1 && month <= 12)
		words_date(words, year, month, day, to);
	else
		buf_puts(to, date);
}

/* A moment's date as name of a day; false: there is no such zone. */
static bool local_date(const char *zone, int64_t time_s, struct tm *local, char iso[16])
{
	if (!date_local(zone, time_s, local) && !date_local("UTC", time_s, local))
		return false;
	snprintf(iso, 16, "%04d-%02d-%02d", (local->tm_year + 1900) % 10000,
		(local->tm_mon + 1) % 100, local->tm_mday % 100);
	return true;
}

static void put_local_day(
	const struct words *words, const struct tm *local, bool has_year, struct buf *to)
{
	put_date(words, has_year ? words->day_year : words->day, local->tm_year + 1900,
		local->tm_mon + 1, local->tm_mday, to);
}

void words_day_of(const struct words *words, const char *zone, int64_t time_s, const char *date,
	struct buf *to)
{
	struct tm local;
	char iso[16];

	if (local_date(zone, time_s, &local, iso))
		put_local_day(words, &local, strncmp(iso, date, 4) != 0, to);
}

void words_moment(const struct words *words, const char *zone, int64_t time_s, const char *date,
	struct buf *to)
{
	struct tm local;
	char iso[16];

	if (!local_date(zone, time_s, &local, iso))
		return;
	if (!date || strcmp(iso, date) != 0) {
		put_local_day(words, &local, !date || strncmp(iso, date, 4) != 0, to);
		buf_puts(to, words->plural == PLURAL_NONE ? " " : ", ");
	}
	buf_printf(to, "%02d:%02d", local.tm_hour, local.tm_min);
}
