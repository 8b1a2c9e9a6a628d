#include "core/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *text, *want; /* "": no date */
} cases[] = {
	{"Wed, 02 Oct 2002 13:00:00 GMT", "2002-10-02T13:00:00Z"},
	{"Wed, 02 Oct 2002 15:00:00 +0200", "2002-10-02T13:00:00Z"},
	{"2 Oct 02 13:00 EST", "2002-10-02T18:00:00Z"},
	{"Tue, 2 Oct 2002 13:00:00 Z", "2002-10-02T13:00:00Z"}, /* wrong weekday */
	{"Wednesday, 02-Oct-02 13:00:00 GMT", "2002-10-02T13:00:00Z"},
	{"Wed Oct  2 13:00:00 2002", "2002-10-02T13:00:00Z"},
	{"Wed, 02 Oct 2002 13:00:00 GMT+2", "2002-10-02T11:00:00Z"},
	{"Wed, 02 Oct 2002 13:00:00 -0000 (UTC)", "2002-10-02T13:00:00Z"},
	{"October 2nd, 2002 1:05 pm", "2002-10-02T13:05:00Z"},
	{"12 octobre 1999 12:00 am", "1999-10-12T00:00:00Z"},
	{"mar., 4 févr. 2020 10:00:00 +0100", "2020-02-04T09:00:00Z"},
	{"Do, 24 Dez 2020 08:00:00 MEZ", "2020-12-24T07:00:00Z"},
	{"7 августа 2019 12:00", "2019-08-07T12:00:00Z"},
	{"2004-05-25 오후 11:23:17", "2004-05-25T14:23:17Z"},
	{"2004년 05월 28일 01:31:15", "2004-05-27T16:31:15Z"},
	{"2021年3月4日 5時6分", "2021-03-04T05:06:00Z"},
	{"2002-10-02T13:00:00.5Z", "2002-10-02T13:00:00Z"},
	{"2002-10-02t13:00:00z", "2002-10-02T13:00:00Z"},
	{"2002-10-02T13:00-08:00", "2002-10-02T21:00:00Z"},
	{"2002-10-02 13:00:00 +0530", "2002-10-02T07:30:00Z"},
	{"20021002T130000Z", "2002-10-02T13:00:00Z"},
	{"20021002", "2002-10-02T00:00:00Z"},
	{"20021002130001", "2002-10-02T13:00:01Z"},
	{"2002-10", "2002-10-01T00:00:00Z"},
	{"2002", "2002-01-01T00:00:00Z"},
	{"2002-275", "2002-10-02T00:00:00Z"},
	{"2009-W01-1", "2008-12-29T00:00:00Z"},
	{"2009W537", "2010-01-03T00:00:00Z"},
	{"2020-02-03T24:00:00Z", "2020-02-04T00:00:00Z"},
	{"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
	{"2002/10/02 13:00", "2002-10-02T13:00:00Z"},
	{"10/23/2002", "2002-10-23T00:00:00Z"},
	{"23/10/2002", "2002-10-23T00:00:00Z"},
	{"2.10.2002", "2002-10-02T00:00:00Z"},
	{"1033563600", "2002-10-02T13:00:00Z"},
	{"1033563600000", "2002-10-02T13:00:00Z"},
	{"Thu, 01 Jan 2004 19.48.21 GMT", "2004-01-01T19:48:21Z"},
	{"1.2.2004 klo 9.05", "2004-02-01T09:05:00Z"},
	{"2004-01-01 7:48:21 p.m.", "2004-01-01T19:48:21Z"},
	{"2004-01-01T00:00:00\xE2\x88\x92"
	 "05:00",
		"2004-01-01T05:00:00Z"},
	{"5 مايو 2004", "2004-05-05T00:00:00Z"},
	{"5 juuni 2004", "2004-06-05T00:00:00Z"},
	{"5 rugsėjo 2004", "2004-09-05T00:00:00Z"},
	{"5 юни 2004", "2004-06-05T00:00:00Z"},
	{"5 מאי 2004", "2004-05-05T00:00:00Z"},
	{"0001-01-01T00:00:00Z", ""},
	{"Thu, 01 Jan 0070 00:00:00 GMT", ""},
	{"1000-01-01T00:00:00+01:00", ""},
	{"", ""},
	{"yesterday", ""},
	{"13", ""},
	{"2002-13-01", ""},
	{"2002-02-30", ""},
	{"31 Jun 2006 10:00 GMT", ""},
	{"2002-10-02T25:00:00Z", ""},
	{"2002-10-02T10:60:00Z", ""},
	{"2002-10-02T10:00:61Z", ""},
	{"2002-10-02T10:00:00-99:99", ""},
	{"Wed, 02 Xyz 2002 13:00:00 GMT", ""},
	{"0000-00-00 00:00:00", ""},
	{"99999999999999999999", ""},
	{"12345678901234567890123 Oct 2002", ""},
};

static void reads_what_people_write(void **state)
{
	char text[DATE_TEXT_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		int64_t time_s = date_parse(cases[i].text, NULL);

		if (strcmp(time_s == DATE_NONE ? "" : date_format(time_s, text), cases[i].want) !=
			0)
			fail_msg("%s: %s, not %s", cases[i].text,
				time_s == DATE_NONE ? "none" : text, cases[i].want);
	}
}

static void tells_the_offset(void **state)
{
	int offset_s = 1;

	(void)state;
	date_parse("2002-10-02T13:00:00-05:30", &offset_s);
	assert_int_equal(offset_s, -5 * 3600 - 1800);
	date_parse("2002-10-02", &offset_s);
	assert_int_equal(offset_s, 0);
}

static void reads_http_dates_only(void **state)
{
	(void)state;
	assert_int_equal(date_parse_http("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
	assert_int_equal(date_parse_http("Sunday, 06-Nov-94 08:49:37 GMT"), 784111777);
	assert_int_equal(date_parse_http("Sun Nov  6 08:49:37 1994"), 784111777);
	assert_true(date_parse_http("0") == DATE_NONE);
	assert_true(date_parse_http("-1") == DATE_NONE);
	assert_true(date_parse_http("1033563600") == DATE_NONE);
}

static int64_t utc(const char *text)
{
	return date_parse(text, NULL);
}

static void knows_zones(void **state)
{
	struct tm local;
	int64_t time_s;

	(void)state;
	assert_true(date_zone_exists("Europe/Paris"));
	assert_false(date_zone_exists("Europe/Lutetia"));
	assert_false(date_zone_exists("../../../etc/passwd"));
	assert_false(date_zone_exists("/etc/localtime"));
	assert_true(date_local("Europe/Paris", utc("2024-07-01T04:30:00Z"), &local));
	assert_int_equal(local.tm_hour, 6);
	assert_int_equal(local.tm_gmtoff, 7200);
	assert_true(date_from_local("Europe/Paris", 2024, 7, 1, 6, 30, &time_s));
	assert_int_equal(time_s, utc("2024-07-01T04:30:00Z"));
	assert_false(date_from_local("Europe/Lutetia", 2024, 7, 1, 6, 30, &time_s));
}

static void passes_over_gaps(void **state)
{
	int64_t time_s;

	(void)state;
	/* 02:00 to 03:00 does not exist: the first moment after is 03:00 summer time */
	assert_true(date_from_local("Europe/Paris", 2024, 3, 31, 2, 30, &time_s));
	assert_int_equal(time_s, utc("2024-03-31T01:00:00Z"));
	/* 02:30 happens twice: the first is in summer time */
	assert_true(date_from_local("Europe/Paris", 2024, 10, 27, 2, 30, &time_s));
	assert_int_equal(time_s, utc("2024-10-27T00:30:00Z"));
	assert_true(date_from_local("America/New_York", 2024, 11, 3, 1, 30, &time_s));
	assert_int_equal(time_s, utc("2024-11-03T05:30:00Z"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_people_write),
		cmocka_unit_test(tells_the_offset),
		cmocka_unit_test(reads_http_dates_only),
		cmocka_unit_test(knows_zones),
		cmocka_unit_test(passes_over_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
