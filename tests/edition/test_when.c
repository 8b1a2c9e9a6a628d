#include "core/date.h"
#include "core/mem.h"
#include "edition/edition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { DAILY = 0x7F, MON_FRI = 0x3E, SUNDAY = 0x01 };

static void next_time_is_local(void **state)
{
	static const struct {
		const char *zone;
		uint8_t on_days;
		int at[3];
		size_t at_count;
		const char *after, *want; /* want "": never */
	} cases[] = {
		{"Europe/Paris", DAILY, {390}, 1, "2026-11-22T05:29:59Z", "2026-11-22T05:30:00Z"},
		{"Europe/Paris", DAILY, {390}, 1, "2026-11-22T05:30:00Z", "2026-11-23T05:30:00Z"},
		{"Europe/Paris", DAILY, {390}, 1, "2026-07-01T12:00:00Z", "2026-07-02T04:30:00Z"},
		{"Europe/Paris", DAILY, {390, 1110}, 2, "2026-11-22T05:30:00Z",
			"2026-11-22T17:30:00Z"},
		{"Europe/Paris", MON_FRI, {390}, 1, "2026-11-20T12:00:00Z", "2026-11-23T05:30:00Z"},
		{"Europe/Paris", SUNDAY, {390}, 1, "2026-11-22T05:30:00Z", "2026-11-29T05:30:00Z"},
		/* 29 March 2026: 02:00 to 03:00 does not exist */
		{"Europe/Paris", DAILY, {150}, 1, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
		{"Europe/Paris", DAILY, {150}, 1, "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"},
		/* two times in the gap are one */
		{"Europe/Paris", DAILY, {130, 150}, 2, "2026-03-29T00:59:59Z",
			"2026-03-29T01:00:00Z"},
		{"Europe/Paris", DAILY, {130, 150}, 2, "2026-03-29T01:00:00Z",
			"2026-03-30T00:10:00Z"},
		/* 25 October 2026: 02:00 to 03:00 comes twice, the first counts */
		{"Europe/Paris", DAILY, {150}, 1, "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
		{"Europe/Paris", DAILY, {150}, 1, "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
		/* the gap at midnight belongs to the day after it */
		{"Asia/Beirut", DAILY, {15}, 1, "2026-03-28T12:00:00Z", "2026-03-28T22:00:00Z"},
		/* Samoa had no 30 December 2011 */
		{"Pacific/Apia", DAILY, {390}, 1, "2011-12-29T17:00:00Z", "2011-12-30T10:00:00Z"},
		{"Pacific/Apia", DAILY, {390}, 1, "2011-12-30T10:00:00Z", "2011-12-30T16:30:00Z"},
		{"Pacific/Kiritimati", DAILY, {0}, 1, "2026-11-22T09:59:59Z",
			"2026-11-22T10:00:00Z"},
		{"UTC", DAILY, {1439}, 1, "2026-12-31T23:59:00Z", "2027-01-01T23:59:00Z"},
		{"UTC", DAILY, {0}, 0, "2026-11-22T00:00:00Z", ""},
		{"UTC", 0, {390}, 1, "2026-11-22T00:00:00Z", ""},
		{"Nowhere/Land", DAILY, {390}, 1, "2026-11-22T00:00:00Z", ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct config config = {0};
		char text[DATE_TEXT_BYTES];

		config.timezone = cases[i].zone;
		config.schedule.at_min = cases[i].at;
		config.schedule.at_count = cases[i].at_count;
		config.schedule.on_days = cases[i].on_days;
		print_message("%s after %s\n", cases[i].zone, cases[i].after);
		assert_string_equal(date_format(schedule_next_at(&config.schedule, config.timezone,
							date_parse(cases[i].after, NULL)),
					    text),
			cases[i].want);
	}
}

/* A year of days, each with one edition, each on its local day. */
static void a_year_has_each_day_once(void **state)
{
	static const char *const zones[] = {
		"Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"};
	static const int at[] = {150};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(zones); i++) {
		struct config config = {0};
		int64_t now = date_parse("2026-01-01T12:00:00Z", NULL), day = 0;
		int n;

		config.timezone = zones[i];
		config.schedule.at_min = at;
		config.schedule.at_count = 1;
		config.schedule.on_days = DAILY;
		for (n = 0; n < 365; n++) {
			struct tm local;
			int64_t today;

			now = schedule_next_at(&config.schedule, config.timezone, now);
			assert_true(date_local(zones[i], now, &local));
			today = date_days(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
			assert_true(day == 0 || today == day + 1);
			day = today;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next_time_is_local),
		cmocka_unit_test(a_year_has_each_day_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
