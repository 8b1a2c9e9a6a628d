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

static void refuses_what_is_no_time(void **state)
{
	static const char *const wrong[] = {"", "soon", "25:00", "2026-13-01", "2026-02-30", "3",
		"-2h", "3 moons", "2h later", "@", "@x", "2026-08-22 6", "2026-08-22Tzzzzzzzzz",
		"06:30pm"};
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
		cmocka_unit_test(refuses_what_is_no_time),
		cmocka_unit_test(writes_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
