/* A week out of the editions of its days. */
#include "core/mem.h"
#include "core/str.h"
#include "edition/week.h"
#include "press.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Editions of 22 to 30 November; in Europe one story a day, "Story number 21" on the 23rd. */
static int print_days(void **state)
{
	struct press *p;
	int day;

	if (press_set_up(state) != 0)
		return -1;
	p = *state;
	assert_int_equal(press_make(p, MORNING), STATUS_OK);
	for (day = 1; day <= 8; day++) {
		press_arrive(p, 20 + day, 1, MORNING + day * DAY - 3600);
		assert_int_equal(press_make(p, MORNING + day * DAY), STATUS_OK);
	}
	press_run(p,
		"UPDATE edition_item SET importance = CASE item_id WHEN 24 THEN 9 WHEN 1 THEN 8"
		" WHEN 2 THEN 8 WHEN 27 THEN 7 WHEN 28 THEN 10 ELSE 1 END");
	return 0;
}

static void the_best_of_its_days(void **state)
{
	static const int64_t want[] = {24, 1, 3};
	struct press *p = *state;
	struct edition week;
	size_t i;

	edition_init(&week);
	assert_int_equal(
		edition_load_week(p->store, &p->config, "2026-11-28", 3, &week), STATUS_OK);
	assert_int_equal(week.section_count, 1);
	assert_int_equal(week.sections[0].story_count, 3);
	for (i = 0; i < ARRAY_LEN(want); i++)
		assert_int_equal(week.sections[0].stories[i].items[0].id, want[i]);
	/* What was folded into a story stays there, and editions before do not make it earlier. */
	assert_int_equal(week.sections[0].stories[1].item_count, 2);
	assert_false(week.sections[0].stories[1].items[0].is_earlier);
	assert_int_equal(week.sections[0].item_count, 4);
	assert_int_equal(week.row.id, 48);
	assert_string_equal(week.date, "2026-11-28");
	assert_int_equal(week.row.window_to, MORNING + 6 * DAY);
	assert_true(week.row.window_from < MORNING);
	edition_finish(&week);
	/* The number is that of ISO 8601: the last days of a year may belong to the first week. */
	edition_init(&week);
	assert_int_equal(
		edition_load_week(p->store, &p->config, "2026-10-01", 3, &week), STATUS_NOT_FOUND);
	assert_int_equal(week.row.id, 40);
	edition_finish(&week);
	edition_init(&week);
	assert_int_equal(
		edition_load_week(p->store, &p->config, "2024-12-30", 3, &week), STATUS_NOT_FOUND);
	assert_int_equal(week.row.id, 1);
	edition_finish(&week);
	edition_init(&week);
	assert_int_equal(
		edition_load_week(p->store, &p->config, "2027-01-03", 3, &week), STATUS_NOT_FOUND);
	assert_int_equal(week.row.id, 53);
	edition_finish(&week);
}

/* In every form, as it was printed; and nothing is other than before. */
static void a_week_is_only_a_selection(void **state)
{
	struct press *p = *state;
	struct edition week;
	size_t i;

	press_run(p,
		"INSERT INTO revision (item_id, n, at, title, html, text) SELECT 24, 0, 1795900000,"
		" item.title, html, text FROM item JOIN article ON item_id = item.id"
		" WHERE item.id = 24;"
		"UPDATE item SET title = 'Something else', revision = 1 WHERE id = 24");
	edition_init(&week);
	assert_int_equal(
		edition_load_week(p->store, &p->config, "2026-11-28", 3, &week), STATUS_OK);
	for (i = 0; i < edition_format_count; i++) {
		const struct edition_format *format = &edition_formats[i];
		char *text = NULL;
		size_t len = 0;
		FILE *file = open_memstream(&text, &len);

		assert_int_equal(
			format->render(file, &week, format->is_whole ? NULL : &week.sections[0]),
			STATUS_OK);
		fclose(file);
		if (!str_eq(format->name, "epub"))
			assert_non_null(strstr(text, "Story number 24"));
		assert_null(strstr(text, "Something else"));
		if (str_eq(format->name, "html")) {
			assert_non_null(strstr(text, "The Test \xE2\x80\x93 The week"));
			assert_non_null(strstr(text, "No. 48"));
			assert_null(strstr(text, "../"));
			assert_null(strstr(text, "index.html"));
		}
		free(text);
	}
	edition_finish(&week);
	assert_int_equal(press_count(p, "SELECT count(*) FROM edition"), 9);
	assert_int_equal(press_count(p, "SELECT count(*) FROM edition_item"), 11);
}

static void weeks_are_those_of_iso_8601(void **state)
{
	static const char *const rows[][4] = {
		{"2026-11-22", "2026-W47", "2026-11-16", "2026-11-22"},
		{"2026-11-23-2", "2026-W48", "2026-11-23", "2026-11-29"},
		{"2024-12-30", "2025-W01", "2024-12-30", "2025-01-05"},
		{"2027-01-03", "2026-W53", "2026-12-28", "2027-01-03"},
		{"1970-01-01", "1970-W01", "1969-12-29", "1970-01-04"},
	};
	char name[WEEK_NAME_BYTES], monday[WEEK_NAME_BYTES], sunday[WEEK_NAME_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		assert_true(week_of(rows[i][0], name, monday, sunday));
		assert_string_equal(name, rows[i][1]);
		assert_string_equal(monday, rows[i][2]);
		assert_string_equal(sunday, rows[i][3]);
	}
	assert_false(week_of("latest", name, NULL, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_best_of_its_days, print_days, press_tear_down),
		cmocka_unit_test_setup_teardown(
			a_week_is_only_a_selection, print_days, press_tear_down),
		cmocka_unit_test(weeks_are_those_of_iso_8601),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
