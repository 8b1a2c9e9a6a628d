/* Nobody fills the store alone: a feed that has brought too much in a day rests. */
#include "core/limits.h"
#include "diurnad/ration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { HOUR = 3600, DAY = 24 * HOUR };
#define NOW INT64_C(1800000000)
#define MB  INT64_C(1048576)

static void what_comes_in_a_day_has_a_bound(void **state)
{
	struct ration ration = {0};

	(void)state;
	assert_false(ration_take(&ration, LIMIT_FEED_DAY_BYTES - MB, NOW));
	assert_int_equal(ration_poll_at(&ration, NOW, NOW + 2 * HOUR), NOW + 2 * HOUR);
	assert_true(ration_take(&ration, MB, NOW + HOUR));
	assert_false(ration_take(&ration, MB, NOW + HOUR)); /* that is told once */
	/* the day began an hour ago */
	assert_int_equal(ration_poll_at(&ration, NOW + HOUR, NOW + 2 * HOUR), NOW + DAY);
	assert_int_equal(ration_rests_until(&ration, NOW + HOUR), NOW + DAY);
	assert_int_equal(ration_poll_at(&ration, NOW + HOUR, NOW + 2 * DAY), NOW + 2 * DAY);
}

static void the_next_day_begins_anew(void **state)
{
	struct ration ration = {0};

	(void)state;
	assert_true(ration_take(&ration, LIMIT_FEED_DAY_BYTES, NOW));
	assert_int_equal(ration_rests_until(&ration, NOW + DAY), 0);
	assert_false(ration_take(&ration, MB, NOW + DAY));
	assert_int_equal(ration.bytes, MB);
	/* nor does it rest for years when the clock is set back */
	assert_true(ration_take(&ration, LIMIT_FEED_DAY_BYTES, NOW + DAY));
	assert_int_equal(ration_rests_until(&ration, NOW - 1000 * DAY), 0);
}

static void what_came_before_a_start_counts(void **state)
{
	struct ration ration = {0};

	(void)state;
	ration_recall(&ration, NOW - HOUR, LIMIT_FEED_DAY_BYTES - MB);
	assert_int_equal(ration_rests_until(&ration, NOW), 0);
	assert_true(ration_take(&ration, MB, NOW));
	assert_int_equal(ration_rests_until(&ration, NOW), NOW - HOUR + DAY);
	ration_recall(&ration, NOW - HOUR, 2 * (int64_t)LIMIT_FEED_DAY_BYTES);
	assert_true(ration_take(&ration, 1, NOW)); /* by this process it is told */
	ration_recall(&ration, NOW, -MB); /* what was counted was more than what is stored */
	assert_false(ration_take(&ration, MB, NOW));
	assert_int_equal(ration.bytes, MB);
}

static void pages_that_wait_have_a_bound(void **state)
{
	struct ration ration = {.pages = LIMIT_FEED_PAGES};

	(void)state;
	assert_int_equal(ration_poll_at(&ration, NOW, NOW), NOW + HOUR);
	assert_int_equal(ration_poll_at(&ration, NOW, NOW + DAY), NOW + DAY);
	assert_int_equal(ration_rests_until(&ration, NOW), 0);
	ration.pages--;
	assert_int_equal(ration_poll_at(&ration, NOW, NOW), NOW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_in_a_day_has_a_bound),
		cmocka_unit_test(the_next_day_begins_anew),
		cmocka_unit_test(what_came_before_a_start_counts),
		cmocka_unit_test(pages_that_wait_have_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
