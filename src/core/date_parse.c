#include "core/date.h"

#include "core/date_names.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <limits.h>
#include <string.h>

enum {
	DATE_BYTES = 96, /* what follows is no date */
	UNSET = INT_MIN,
	FIRST_YEAR = 1000,        /* programs write the year 1, or 70, for no date at all */
	MAX_OFFSET_S = 18 * 3600, /* zones reach from -12 to +14 hours; some clocks are odd */
};

/* Unix seconds that are believed: 1980 to 2100. Other runs of digits are no date. */
static const int64_t unix_first = 315532800, unix_last = 4102444800;

/* A date being read; numbers are UNSET until they are seen. */
struct reading {
	const char *p, *end;
	int year, month, day;
	int hour, minute, second;
	int offset_s;
	bool is_pm, is_am;
	bool is_wrong; /* nothing can come of it any more */
};

static size_t count_digits(const char *p, const char *end)
{
	const char *q = p;

	while (q < end && str_is_digit(*q))
		q++;
	return (size_t)(q - p);
}

/* n digits at p, 9 at most. */
static int number(const char *p, size_t n)
{
	int value = 0;

	if (n > 9)
		return INT_MAX;
	while (n-- > 0)
		value = value * 10 + (*p++ - '0');
	return value;
}

static bool is_at(const struct reading *r, const char *p, char c)
{
	return p < r->end && *p == c;
}

static int full_year(int year, size_t digits)
{
	if (digits == 2) /* RFC 2822, 4.3 */
		return year + (year < 50 ? 2000 : 1900);
	if (digits == 3)
		return year + 1900;
	return year;
}

/* ISO 8601: the day of the Monday of week 1 is the one in the week of 4 January. */
static void set_week(struct reading *r, int year, int week, int weekday)
{
	int64_t fourth = date_days(year, 1, 4);
	int64_t monday = fourth - ((fourth + 3) % 7 + 7) % 7;

	if (week < 1 || week > 53 || weekday < 1 || weekday > 7)
		r->is_wrong = true;
	else
		date_from_days(monday + (week - 1) * 7 + weekday - 1, &r->year, &r->month, &r->day);
}

static void set_ordinal(struct reading *r, int year, int day)
{
	if (day < 1 || day > 366)
		r->is_wrong = true;
	else
		date_from_days(date_days(year, 1, 1) + day - 1, &r->year, &r->month, &r->day);
}

/* YYYYMMDD, YYYYMMDDhhmm(ss), YYYYDDD, YYYYMM: a run of digits without separators. */
static bool read_run(struct reading *r, size_t n)
{
	const char *p = r->p;

	if (n != 6 && n != 7 && n != 8 && n != 12 && n != 14)
		return false;
	r->year = number(p, 4);
	if (n == 7) {
		set_ordinal(r, r->year, number(p + 4, 3));
	} else {
		r->month = number(p + 4, 2);
		r->day = n == 6 ? 1 : number(p + 6, 2);
	}
	if (n >= 12) {
		r->hour = number(p + 8, 2);
		r->minute = number(p + 10, 2);
		r->second = n == 14 ? number(p + 12, 2) : 0;
	}
	r->p += n;
	return true;
}

/* Week dates: YYYY-Www-D, YYYYWwwD, YYYY-Www. p is behind the W. */
static bool read_week(struct reading *r, const char *p)
{
	int year = number(r->p, 4), week, weekday = 1;

	if (count_digits(p, r->end) < 2)
		return false;
	week = number(p, 2);
	p += 2;
	if (is_at(r, p, '-') && count_digits(p + 1, r->end) == 1)
		p++;
	if (count_digits(p, r->end) == 1)
		weekday = *p++ - '0';
	set_week(r, year, week, weekday);
	r->p = p;
	return true;
}

/* What begins with a year: YYYY-MM-DD with - / . or none, YYYY-MM, YYYY-DDD, YYYY-Www-D. */
static bool read_year_first(struct reading *r)
{
	const char *p = r->p + 4;
	char separator = p < r->end ? *p : '\0';
	size_t n;

	if (separator == 'W')
		return read_week(r, p + 1);
	if (separator != '-' && separator != '/' && separator != '.')
		return false;
	p++;
	if (is_at(r, p, 'W') && separator == '-')
		return read_week(r, p + 1);
	n = count_digits(p, r->end);
	if (n == 0 || n > 3)
		return false;
	r->year = number(r->p, 4);
	r->month = number(p, n);
	p += n;
	if (is_at(r, p, separator) && count_digits(p + 1, r->end) > 0) {
		p++;
		n = count_digits(p, r->end);
		if (n > 3)
			r->is_wrong = true;
		else
			r->day = number(p, n);
		p += n;
	} else if (n == 3) {
		set_ordinal(r, r->year, r->month);
	} else {
		r->day = 1;
	}
	r->p = p;
	return true;
}

/*
 * Three numbers, the year last. With dots or dashes the day is first; with slashes the month is,
 * as in America, unless it cannot be one.
 */
static bool read_year_last(struct reading *r, size_t n)
{
	const char *p = r->p;
	int first = number(p, n), second;
	char separator = p + n < r->end ? p[n] : '\0';
	size_t k;

	if (n > 2 || (separator != '-' && separator != '/' && separator != '.'))
		return false;
	p += n + 1;
	n = count_digits(p, r->end);
	if (n == 0 || n > 2 || !is_at(r, p + n, separator))
		return false;
	second = number(p, n);
	p += n + 1;
	k = count_digits(p, r->end);
	if (k != 2 && k != 4)
		return false;
	if (k == 2 && separator == '-') { /* YY-MM-DD, ISO 8601 of 1988 */
		r->year = full_year(first, 2);
		r->month = second;
		r->day = number(p, k);
	} else {
		bool is_american = separator == '/' && first <= 12;

		r->year = full_year(number(p, k), k);
		r->month = is_american ? first : second;
		r->day = is_american ? second : first;
	}
	r->p = p + k;
	return true;
}

/* hh.mm or hh.mm.ss behind a date: the Finnish and the German way. */
static bool is_dotted_time(const struct reading *r, size_t n)
{
	const char *p = r->p + n;

	return r->year != UNSET && r->day != UNSET && is_at(r, p, '.') &&
	       count_digits(p + 1, r->end) == 2;
}

/* hh:mm, hh:mm:ss, fractions; r->p is at the hour of n digits. */
static void read_time(struct reading *r, size_t n)
{
	const char *p = r->p;
	char separator = p[n];

	r->hour = number(p, n);
	p += n + 1;
	n = count_digits(p, r->end);
	r->minute = n > 0 && n <= 2 ? number(p, n) : INT_MAX;
	p += n;
	r->second = 0;
	if (is_at(r, p, separator) && count_digits(p + 1, r->end) > 0) {
		p++;
		n = count_digits(p, r->end);
		r->second = number(p, n);
		p += n;
	}
	if ((is_at(r, p, '.') || is_at(r, p, ',')) && count_digits(p + 1, r->end) > 0)
		p += 1 + count_digits(p + 1, r->end);
	r->p = p;
}

/* hh, hhmm or hhmmss of ISO 8601's basic form, after a T. */
static bool read_basic_time(struct reading *r)
{
	size_t n = count_digits(r->p, r->end);

	if (is_at(r, r->p + n, ':') || (n != 2 && n != 4 && n != 6))
		return false;
	r->hour = number(r->p, 2);
	r->minute = n >= 4 ? number(r->p + 2, 2) : 0;
	r->second = n == 6 ? number(r->p + 4, 2) : 0;
	r->p += n;
	if ((is_at(r, r->p, '.') || is_at(r, r->p, ',')) && count_digits(r->p + 1, r->end) > 0)
		r->p += 1 + count_digits(r->p + 1, r->end);
	return true;
}

/* +hh, +hhmm, +hh:mm, -h; p is behind the sign. */
static void read_offset(struct reading *r, int sign, const char *p)
{
	size_t n = count_digits(p, r->end);
	int hours, minutes = 0;

	if (n == 0 || n > 4) {
		r->is_wrong = true;
		return;
	}
	hours = number(p, n);
	p += n;
	if (n > 2) {
		minutes = hours % 100;
		hours /= 100;
	} else if (is_at(r, p, ':') && count_digits(p + 1, r->end) == 2) {
		minutes = number(p + 1, 2);
		p += 3;
	}
	if (minutes > 59 || hours * 3600 + minutes * 60 > MAX_OFFSET_S)
		r->is_wrong = true;
	else
		r->offset_s = sign * (hours * 3600 + minutes * 60);
	r->p = p;
}

/* A number that a separator does not explain: a day, or a year. */
static void take_number(struct reading *r, int value, size_t n)
{
	const char *after = r->p + n;
	unsigned unit = 0;
	size_t size = 0;

	if (after < r->end)
		unit = utf8_decode(after, (size_t)(r->end - after), &size);
	r->p += n;
	switch (date_unit(unit)) {
	case DATE_UNIT_YEAR: r->year = full_year(value, n); break;
	case DATE_UNIT_MONTH: r->month = value; break;
	case DATE_UNIT_DAY: r->day = value; break;
	case DATE_UNIT_HOUR:
		r->hour = value;
		r->minute = r->second = 0;
		break;
	case DATE_UNIT_MINUTE: r->minute = value; break;
	case DATE_UNIT_SECOND: r->second = value; break;
	case DATE_UNIT_NONE:
		if (n >= 3 && n <= 4)
			r->year = full_year(value, n);
		else if (n <= 2 && r->day == UNSET)
			r->day = value;
		else if (n == 2 && r->year == UNSET)
			r->year = full_year(value, n);
		return;
	}
	r->p += size;
}

static void read_number(struct reading *r)
{
	size_t n = count_digits(r->p, r->end);
	bool is_date_open = r->year == UNSET && r->month == UNSET && r->day == UNSET;

	if (n > 14) {
		r->is_wrong = true;
		return;
	}
	if (is_date_open && n == 4 && read_year_first(r))
		return;
	if (is_date_open && (read_year_last(r, n) || read_run(r, n)))
		return;
	if (r->hour == UNSET && n <= 2 && (is_at(r, r->p + n, ':') || is_dotted_time(r, n))) {
		read_time(r, n);
		return;
	}
	take_number(r, number(r->p, n), n);
}

/* A name: weekday, month, zone, half of the day. What is none of these is passed over. */
static void take_word(struct reading *r, const char *word, size_t len)
{
	int month, offset_s;

	if (len == 1 && (*word == 'T' || *word == 't') && r->hour == UNSET && r->year != UNSET) {
		read_basic_time(r);
		return;
	}
	if (r->hour != UNSET && date_zone_offset(word, len, &offset_s)) {
		r->offset_s = offset_s;
		return;
	}
	switch (date_half(word, len)) {
	case DATE_HALF_AM: r->is_am = true; return;
	case DATE_HALF_PM: r->is_pm = true; return;
	case DATE_HALF_NONE: break;
	}
	month = date_month(word, len);
	if (month > 0)
		r->month = month;
}

static void read_word(struct reading *r)
{
	const char *start = r->p;

	while (r->p < r->end && (str_is_alpha(*r->p) || (unsigned char)*r->p >= 0x80))
		r->p++;
	/* p.m. */
	if (r->p - start == 1 && is_at(r, r->p, '.') && r->p + 1 < r->end &&
		str_lower_char(r->p[1]) == 'm') {
		char half[] = {*start, 'm'};

		r->p += 2;
		take_word(r, half, sizeof(half));
		return;
	}
	take_word(r, start, (size_t)(r->p - start));
}

/* A sign before an offset: its length, 0 where there is none. Typesetters make a minus of '-'. */
static size_t sign_at(const struct reading *r, int *sign)
{
	static const char minus[] = "\xE2\x88\x92";

	*sign = *r->p == '+' ? 1 : -1;
	if (r->hour == UNSET)
		return 0;
	if (*r->p == '+' || *r->p == '-')
		return r->p + 1 < r->end && r->p[1] != ' ' && r->p[1] != '-' ? 1 : 0;
	return (size_t)(r->end - r->p) > 3 && memcmp(r->p, minus, 3) == 0 ? 3 : 0;
}

static void read_all(struct reading *r)
{
	size_t n;
	int sign;

	while (r->p < r->end && !r->is_wrong) {
		char c = *r->p;

		if (str_is_digit(c))
			read_number(r);
		else if ((n = sign_at(r, &sign)) > 0)
			read_offset(r, sign, r->p + n);
		else if (str_is_alpha(c) || (unsigned char)c >= 0x80)
			read_word(r);
		else if (c == '(' && r->hour != UNSET)
			return; /* RFC 822: a comment, which names the zone once more */
		else
			r->p++;
	}
}

static int64_t seconds_of(struct reading *r)
{
	int year, month, day;
	int64_t days;

	if (r->is_wrong || r->year == UNSET || r->month == UNSET)
		return DATE_NONE;
	if (r->day == UNSET)
		r->day = 1;
	if (r->hour == UNSET)
		r->hour = r->minute = r->second = 0;
	if (r->is_pm && r->hour < 12)
		r->hour += 12;
	if (r->is_am && r->hour == 12)
		r->hour = 0;
	if (r->year < FIRST_YEAR || r->year > 9999 || r->month < 1 || r->month > 12 || r->day < 1 ||
		r->day > 31)
		return DATE_NONE;
	if (r->hour < 0 || r->minute < 0 || r->minute > 59 || r->second < 0 || r->second > 60)
		return DATE_NONE;
	/* ISO 8601: 24:00:00 is the end of the day */
	if (r->hour > 24 || (r->hour == 24 && (r->minute > 0 || r->second > 0)))
		return DATE_NONE;
	days = date_days(r->year, r->month, r->day);
	date_from_days(days, &year, &month, &day);
	if (day != r->day) /* 31 June */
		return DATE_NONE;
	return days * 86400 + r->hour * 3600 + r->minute * 60 + r->second - r->offset_s;
}

/* Nothing but digits: Unix time in seconds or milliseconds, or a year. */
static int64_t read_bare_number(const char *p, size_t n)
{
	int64_t value = 0;
	size_t i;

	if (n == 4)
		return number(p, 4) >= FIRST_YEAR ? date_days(number(p, 4), 1, 1) * 86400
						  : DATE_NONE;
	for (i = 0; i < n && i < 15; i++)
		value = value * 10 + (p[i] - '0');
	if (n == 13)
		value /= 1000;
	if ((n < 9 || n > 10) && n != 13)
		return DATE_NONE;
	return value >= unix_first && value <= unix_last ? value : DATE_NONE;
}

int64_t date_parse(const char *text, int *offset_s)
{
	struct reading r = {.year = UNSET,
		.month = UNSET,
		.day = UNSET,
		.hour = UNSET,
		.minute = 0,
		.second = 0};
	size_t len, n;
	int64_t time_s;

	if (offset_s)
		*offset_s = 0;
	if (!text)
		return DATE_NONE;
	while (str_is_space(*text))
		text++;
	len = strnlen(text, DATE_BYTES);
	while (len > 0 && str_is_space(text[len - 1]))
		len--;
	n = count_digits(text, text + len);
	if (n == len && n != 6 && n != 7 && n != 8 && n != 12 && n != 14)
		return read_bare_number(text, n);
	r.p = text;
	r.end = text + len;
	if (date_is_korean(text, len)) /* the blog services that write so are in Seoul */
		r.offset_s = 9 * 3600;
	read_all(&r);
	time_s = seconds_of(&r);
	if (time_s != DATE_NONE && offset_s)
		*offset_s = r.offset_s;
	/* of the years that are believed, in UTC as well */
	return time_s < date_days(FIRST_YEAR, 1, 1) * 86400 || time_s > 253402300799 ? DATE_NONE
										     : time_s;
}

int64_t date_parse_http(const char *text)
{
	if (!text)
		return DATE_NONE;
	while (str_is_space(*text))
		text++;
	/* every form begins with the name of a weekday; "0" and "-1" are what Expires likes to say
	 */
	return str_is_alpha(*text) ? date_parse(text, NULL) : DATE_NONE;
}
