#include "cli/when.h"
#include "core/date.h"
#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
/* cmocka wants those above first */
#include <cmocka.h>

/* Saturday 2026-08-22, 12:00 in Paris, 10:00 UTC. */
enum { NOW = 1787392800 };

static const struct {
	const char *text;
	int64_t distance; /* from NOW, backwards */
} times[] = {
	{"now", 0},
	{"today", 12 * 3600},
	{"yesterday", 36 * 3600},
	{"saturday", 12 * 3600},
	{"Sat", 12 * 3600},
	{"friday", 36 * 3600},
	{"sunday", 12 * 3600 + 6 * 86400},
	{"last sunday", 12 * 3600 + 6 * 86400},
	{"last saturday", 12 * 3600 + 7 * 86400},
	{"Last Sat", 12 * 3600 + 7 * 86400},
	{"last week", 604800},
	{"last month", 30 * 86400},
	{"an hour ago", 3600},
	{"a week ago", 604800},
	{"noon", 0},
	{"midnight", 12 * 3600},
	{"today 06:30", 5 * 3600 + 1800},
	{"yesterday 12:30", 24 * 3600 - 1800},
	{"yesterday at noon", 24 * 3600},
	{"last monday at 06:30", 5 * 3600 + 1800 + 5 * 86400},
	{"friday  6:30", 5 * 3600 + 1800 + 86400},
	{"2026-08-22 noon", 0},
	{"06:30:15", 5 * 3600 + 1785},
	{"2h", 7200},
	{"2 hours ago", 7200},
	{"90 min", 5400},
	{"3 days ago", 3 * 86400},
	{"1 week", 604800},
	{"06:30", 5 * 3600 + 1800},
	{"2026-08-22", 12 * 3600},
	{"2026-08-22 06:30", 5 * 3600 + 1800},
	{"2026-08-22T06:30:15", 5 * 3600 + 1785},
	{"2026-08-22T10:00:00Z", 0},
	{"2026-08-22T12:00:00+02:00", 0},
	{"@1787392800", 0},
};

static void reads_what_people_write(void **state)
{
	int64_t time_s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(times); i++) {
		if (!when_parse(times[i].text, "Europe/Paris", NOW, &time_s))
			fail_msg("not read: %s", times[i].text);
		if (time_s != NOW - times[i].distance)
			fail_msg("%s: %lld s before, not %lld", times[i].text,
				(long long)(NOW - time_s), (long long)times[i].distance);
	}
}

/* Days that are an hour shorter or longer, and the hours that they do not have or have twice. */
static void knows_when_clocks_change(void **state)
{
	static const struct {
		const char *text;
		int64_t time_s;
	} moments[] = {
		{"2026-03-29", 1774738800},
		{"2026-03-29 01:59", 1774738800 + 7140},
		{"2026-03-29 03:00", 1774738800 + 7200},
		{"2026-03-30", 1774738800 + 23 * 3600},
		{"2026-10-25", 1792879200},
		{"2026-10-25 01:59", 1792879200 + 7140},
		{"2026-10-25 04:00", 1792879200 + 5 * 3600},
		{"2026-10-26", 1792879200 + 25 * 3600},
	};
	int64_t time_s, missing;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
		assert_true(when_parse(moments[i].text, "Europe/Paris", NOW, &time_s));
		if (time_s != moments[i].time_s)
			fail_msg("%s: %lld", moments[i].text, (long long)time_s);
	}
	/* 02:30 is not on the clock that day: it is taken for a moment near by */
	assert_true(when_parse("2026-03-29 02:30", "Europe/Paris", NOW, &missing));
	assert_in_range(missing, 1774738800 + 5400, 1774738800 + 9000);
	/* the day before one that is longer, from the longer one */
	assert_true(when_parse("yesterday", "Europe/Paris", 1792879200 + 24 * 3600, &time_s));
	assert_int_equal(time_s, 1792879200 - 24 * 3600);
	assert_true(when_parse("yesterday 12:00", "Europe/Paris", 1792879200 + 26 * 3600, &time_s));
	assert_int_equal(time_s, 1792879200 + 13 * 3600);
}

static void refuses_what_is_no_time(void **state)
{
	static const char *const wrong[] = {"", "soon", "25:00", "2026-13-01", "2026-02-30", "3",
		"-2h", "3 moons", "2h later", "@", "@x", "2026-08-22 6", "2026-08-22Tzzzzzzzzz",
		"06:30pm", "last", "last soon", "a week", "last week ago", "at noon noon",
		"noon today", "yesterday 25:00", "2026-08-22T", "monday monday", "06:30:61",
		"a text that has more words than any time has"};
	int64_t time_s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(wrong); i++) {
		if (when_parse(wrong[i], "Europe/Paris", NOW, &time_s))
			fail_msg("taken: %s", wrong[i]);
	}
}

static void writes_for_people(void **state)
{
	char text[WHEN_BYTES];

	(void)state;
	assert_string_equal(when_local(NOW, "Europe/Paris", text), "2026-08-22 12:00");
	assert_string_equal(when_local(DATE_NONE, "Europe/Paris", text), "");
	assert_string_equal(when_short(NOW, "Europe/Paris", NOW, text), "12:00");
	assert_string_equal(
		when_short(NOW - 12 * 3600, "Europe/Paris", NOW + 11 * 3600, text), "00:00");
	assert_string_equal(when_short(NOW - 13 * 3600, "Europe/Paris", NOW, text), "Aug 21");
	assert_string_equal(when_short(NOW - 20 * 86400, "Europe/Paris", NOW, text), "Aug  2");
	assert_string_equal(when_short(NOW + 86400, "Europe/Paris", NOW, text), "2026-08-23");
	assert_string_equal(when_short(NOW - 365 * 86400, "Europe/Paris", NOW, text), "2025-08-22");
	assert_string_equal(when_short(0, NULL, NOW, text), "");
	assert_string_equal(when_ago(NOW - 7200, NOW, text), "2 h ago");
	assert_string_equal(when_ago(NOW + 90, NOW, text), "in 1 min");
	assert_string_equal(when_ago(0, NOW, text), "never");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_people_write),
		cmocka_unit_test(knows_when_clocks_change),
		cmocka_unit_test(refuses_what_is_no_time),
		cmocka_unit_test(writes_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
