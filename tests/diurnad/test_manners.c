/* When a feed is asked again. Tests are named after the lines of the manners that they hold. */
#include "core/date.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "diurnad/manners.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 24 * HOUR, WEEK = 7 * DAY };

/* Monday, 2026-11-23 10:30:00 UTC. */
#define NOW 1795429800LL

static const struct config plain = {
	.min_interval_s = HOUR,
	.max_interval_s = DAY,
	.default_interval_s = 2 * HOUR,
	.blind_interval_s = DAY,
};

struct fixture {
	struct config config;
	struct config_feed settings;
	struct feed_row row;
	struct fetch_response response;
	struct feed_doc doc;
	struct feed_entry entries[50];
	struct poll_result result;
	int64_t edition_at;
	bool has_doc, has_settings;
};

static char feed_url[] = "http://a.example/feed";
static char old_etag[] = "\"old\"", old_modified[] = "Mon, 01 Jun 2026 00:00:00 GMT";
static char new_etag[] = "\"new\"", new_modified[] = "Tue, 02 Jun 2026 00:00:00 GMT";

/* A feed that gave both validators and is now answered with 304. */
static struct fixture begin(void)
{
	struct fixture f = {.config = plain};

	f.row.id = 7;
	f.row.url = f.row.fetch_url = feed_url;
	f.row.etag = old_etag;
	f.row.last_modified = old_modified;
	f.row.interval_s = 2 * HOUR;
	f.response.outcome = POLL_NOT_MODIFIED;
	f.response.http_status = 304;
	f.response.final_url = feed_url;
	return f;
}

/* The same, answered with 200 and a document. */
static struct fixture begin_200(void)
{
	struct fixture f = begin();

	f.response.outcome = POLL_OK;
	f.response.http_status = 200;
	f.response.etag = new_etag;
	f.response.last_modified = new_modified;
	f.response.has_freshness = true;
	f.has_doc = true;
	return f;
}

static struct fixture begin_error(enum poll_outcome outcome, int status)
{
	struct fixture f = begin();

	f.response.outcome = outcome;
	f.response.http_status = status;
	return f;
}

static int64_t decide_at(struct fixture *f, int64_t now, double random)
{
	const struct manners_time time = {now, f->edition_at, random};

	f->doc.entries = f->entries;
	manners_decide(&f->row, &f->config, f->has_settings ? &f->settings : NULL, &f->response,
		f->has_doc ? &f->doc : NULL, &time, &f->result);
	return f->result.next_at - now;
}

static int64_t decide(struct fixture *f)
{
	return decide_at(f, NOW, 0);
}

/* What the store makes of a result, as far as the next decision reads it. */
static void carry_over(struct fixture *f)
{
	f->row.interval_s = f->result.interval_s;
	f->row.failures = f->result.failures;
	f->row.failing_since = f->result.failing_since;
	f->row.moved_to = (char *)(uintptr_t)f->result.moved_to;
	f->row.moved_since = f->result.moved_since;
	f->row.moved_polls = f->result.moved_polls;
	if (f->result.max_age_s >= 0)
		f->row.max_age_s = f->result.max_age_s;
}

static void line_4_validators_are_one_set(void **state)
{
	struct fixture f = begin_200();

	(void)state;
	f.response.last_modified = NULL;
	decide(&f);
	assert_true(f.result.has_validators);
	assert_string_equal(f.result.etag, "\"new\"");
	assert_null(f.result.last_modified);
	f.response.etag = NULL;
	decide(&f);
	assert_true(f.result.has_validators);
	assert_null(f.result.etag);
	assert_null(f.result.last_modified);
}

static void line_5_equal_body_replaces_validators(void **state)
{
	struct fixture f = begin_200();

	(void)state;
	f.response.outcome = POLL_NOT_MODIFIED;
	f.response.last_modified = NULL;
	f.has_doc = false;
	decide(&f);
	assert_true(f.result.has_validators);
	assert_string_equal(f.result.etag, "\"new\"");
	assert_null(f.result.last_modified);
}

static void line_6_304_updates_what_it_carries(void **state)
{
	struct fixture f = begin();

	(void)state;
	f.row.max_age_s = 5 * HOUR;
	assert_int_equal(decide(&f), 5 * HOUR);
	assert_string_equal(f.result.etag, "\"old\"");
	assert_string_equal(f.result.last_modified, old_modified);
	assert_int_equal(f.result.max_age_s, -1);
	f.response.etag = new_etag;
	f.response.has_freshness = true;
	f.response.fresh_s = 6 * HOUR;
	assert_int_equal(decide(&f), 6 * HOUR);
	assert_string_equal(f.result.etag, "\"new\"");
	assert_string_equal(f.result.last_modified, old_modified);
	assert_int_equal(f.result.max_age_s, 6 * HOUR);
}

static void line_7_8_errors_leave_validators(void **state)
{
	static const struct {
		enum poll_outcome outcome;
		int status;
	} errors[] = {{POLL_HTTP_ERROR, 404}, {POLL_HTTP_ERROR, 500}, {POLL_LIMITED, 429},
		{POLL_GONE, 410}, {POLL_NOT_A_FEED, 200}, {POLL_CHALLENGE, 403},
		{POLL_PARSER_FAILED, 200}, {POLL_TIMEOUT, 0}, {POLL_TOO_LARGE, 200}};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(errors); i++) {
		struct fixture f = begin_error(errors[i].outcome, errors[i].status);

		f.response.etag = new_etag;
		decide(&f);
		assert_false(f.result.has_validators);
		assert_int_equal(f.result.max_age_s, -1);
		assert_int_equal(f.result.failures, 1);
		assert_int_equal(f.result.failing_since, NOW);
	}
}

static void line_12_interval_and_freshness(void **state)
{
	static const struct {
		int64_t interval, fresh, want;
	} cases[] = {{2 * HOUR, 0, 2 * HOUR}, {2 * HOUR, HOUR, 2 * HOUR},
		{2 * HOUR, 9 * HOUR, 9 * HOUR}, {MINUTE, 0, HOUR}, {3 * DAY, HOUR, DAY}};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture f = begin_200();

		f.row.interval_s = cases[i].interval;
		f.response.fresh_s = cases[i].fresh;
		assert_int_equal(decide(&f), cases[i].want);
	}
}

static void line_13_no_cache_is_our_interval(void **state)
{
	struct fixture f = begin_200();

	(void)state;
	f.response.is_no_cache = true;
	f.response.fresh_s = 5 * HOUR;
	f.row.max_age_s = 7 * HOUR;
	assert_int_equal(decide(&f), 2 * HOUR);
	assert_string_equal(f.result.etag, "\"new\"");
	assert_int_equal(f.result.max_age_s, 0);
}

static void line_14_no_store_keeps_no_validators(void **state)
{
	struct fixture f = begin_200();

	(void)state;
	f.response.is_no_cache = f.response.is_no_store = true;
	assert_int_equal(decide(&f), DAY);
	assert_true(f.result.has_validators);
	assert_null(f.result.etag);
	assert_null(f.result.last_modified);
}

static void line_15_max_age_has_a_limit(void **state)
{
	struct fixture f = begin_200();

	(void)state;
	f.response.fresh_s = 315360000;
	assert_int_equal(decide(&f), LIMIT_MAX_AGE_S);
}

static void line_15_retry_after_has_another(void **state)
{
	struct fixture f = begin_error(POLL_LIMITED, 429);

	(void)state;
	f.response.retry_after_s = 10 * DAY;
	assert_int_equal(decide(&f), 10 * DAY);
	f.response.retry_after_s = 400LL * DAY;
	assert_int_equal(decide(&f), LIMIT_RETRY_AFTER_S);
}

static void line_16_heuristic(void **state)
{
	struct fixture f = begin_200();
	char modified[] = "Sun, 22 Nov 2026 10:30:00 GMT"; /* a day ago: a tenth are 2.4 h */

	(void)state;
	f.response.has_freshness = false;
	f.response.last_modified = modified;
	assert_int_equal(decide(&f), 8640);
	/* Bounded by our own longest interval. */
	f.response.last_modified = old_modified;
	assert_int_equal(decide(&f), DAY);
}

static void entries_every(struct fixture *f, size_t count, int64_t first_ago, int64_t gap)
{
	size_t i;

	f->doc.entry_count = count;
	for (i = 0; i < count; i++) {
		f->entries[i].published = NOW - first_ago - (int64_t)i * gap;
		f->entries[i].updated = DATE_NONE;
	}
}

static void line_16_interval_is_learned(void **state)
{
	struct fixture f = begin_200();

	(void)state;
	/* One entry each twelve hours, of too few to know its hours: a third of that. */
	entries_every(&f, 6, 0, 12 * HOUR);
	assert_in_range(decide(&f), 3 * HOUR, 5 * HOUR);
	/* Of more, its hours count: not before some of the next is to be expected. */
	entries_every(&f, 20, 0, 12 * HOUR);
	assert_in_range(decide(&f), 2 * HOUR, 12 * HOUR);
	/* One a minute: our shortest. */
	entries_every(&f, 50, 0, MINUTE);
	assert_int_equal(decide(&f), HOUR);
	/* Nothing for a year: our longest. */
	entries_every(&f, 20, 365LL * DAY, DAY);
	assert_int_equal(decide(&f), DAY);
	/* The rhythm that the store knows serves where nothing came. */
	f = begin();
	f.row.entries_week = 14;
	assert_int_equal(decide(&f), 4 * HOUR);
	/* A lively feed that has fallen silent is asked less and less. */
	f.row.last_new_at = NOW - 5 * DAY;
	assert_int_equal(decide(&f), 12 * HOUR);
}

/* What is rare is asked for more often where it comes at any hour than where it keeps one. */
static void line_16_rare_entries(void **state)
{
	struct fixture f = begin_200();

	(void)state;
	entries_every(&f, 20, 12 * HOUR, 41 * HOUR);
	assert_in_range(decide(&f), 4 * HOUR, 9 * HOUR);
	f = begin_200();
	entries_every(&f, 20, 12 * HOUR, 48 * HOUR);
	assert_in_range(decide(&f), 23 * HOUR, DAY);
}

/* What comes at its hour is asked for at its hour; by night nobody looks at a newsroom. */
static void line_16_hours_are_learned(void **state)
{
	struct fixture f = begin_200();
	int64_t morning = NOW / DAY * DAY + 6 * HOUR;
	size_t i;

	(void)state;
	entries_every(&f, 20, NOW - morning, DAY);
	f.row.last_ok_at = 0;
	assert_in_range(decide_at(&f, morning + 10 * MINUTE, 0), 22 * HOUR, DAY);
	/* From what the store kept, where nothing came: the hour before the next one is near. */
	memcpy(f.row.pattern, f.result.pattern, sizeof(f.row.pattern));
	f.row.entries_week = 7;
	f.has_doc = false;
	f.response.outcome = POLL_NOT_MODIFIED;
	f.response.http_status = 304;
	assert_in_range(decide_at(&f, morning + 20 * HOUR, 0), 2 * HOUR, 5 * HOUR);
	assert_int_equal(f.result.pattern[6], 20);
	/* Twenty an hour from 8 to 18, at half past eleven in the night. */
	memset(f.row.pattern, 0, sizeof(f.row.pattern));
	for (i = 8; i < 18; i++)
		f.row.pattern[i] = 20;
	for (i = 24; i < 31; i++)
		f.row.pattern[i] = 28;
	f.row.entries_week = 200;
	assert_in_range(decide_at(&f, morning + 17 * HOUR + 30 * MINUTE, 0), 4 * HOUR, 9 * HOUR);
	assert_int_equal(decide_at(&f, morning + 6 * HOUR, 0), HOUR);
}

static void line_17_floors(void **state)
{
	struct fixture f = begin_200();

	(void)state;
	entries_every(&f, 50, 0, MINUTE);
	assert_int_equal(decide(&f), HOUR);
	f.response.etag = NULL;
	f.response.last_modified = NULL;
	assert_int_equal(decide(&f), DAY);
	/* What a person asks for is done. */
	f.has_settings = true;
	f.settings.interval_s = 30 * MINUTE;
	assert_int_equal(decide(&f), 30 * MINUTE);
}

/* Who reads a paper in the morning wants in it what came in the night. */
static void asked_before_an_edition(void **state)
{
	struct fixture f = begin_200();
	int64_t wait;

	(void)state;
	/* Nothing for a year: once a day. */
	entries_every(&f, 5, 365 * DAY, DAY);
	assert_int_equal(decide(&f), DAY);
	f.edition_at = NOW + 20 * HOUR;
	assert_int_equal(decide(&f), 20 * HOUR - 10 * MINUTE);
	/* Spread over the hour before it. */
	f.config.jitters = true;
	wait = decide_at(&f, NOW, 0.5);
	assert_in_range(wait, 19 * HOUR, 20 * HOUR - 30 * MINUTE);
	f.config.jitters = false;
	/* Not twice as often as it deserves, nor after the edition, nor for one that is over. */
	f.edition_at = NOW + 10 * HOUR;
	assert_int_equal(decide(&f), DAY);
	f.edition_at = NOW + 25 * HOUR;
	assert_int_equal(decide(&f), DAY);
	f.edition_at = NOW - HOUR;
	assert_int_equal(decide(&f), DAY);
	f.edition_at = INT64_MAX;
	assert_int_equal(decide(&f), DAY);
	/* Never before the server's own wishes, or in an hour that it does not want. */
	f.edition_at = NOW + 20 * HOUR;
	f.response.has_freshness = true;
	f.response.fresh_s = 22 * HOUR;
	assert_int_equal(decide(&f), DAY);
	f.response.fresh_s = HOUR;
	assert_int_equal(decide(&f), 20 * HOUR - 10 * MINUTE);
	f.doc.skip_hours = 1U << ((NOW + 20 * HOUR - 10 * MINUTE) / HOUR % 24);
	assert_int_equal(decide(&f), DAY);
	f.doc.skip_hours = 0;
	f.response.etag = f.response.last_modified = NULL;
	assert_int_equal(decide(&f), DAY);
	/* A failure waits for its own time, and a person's interval is the person's. */
	f.response.etag = new_etag;
	f.has_settings = true;
	f.settings.interval_s = DAY;
	assert_int_equal(decide(&f), DAY);
}

static void line_18_ttl_only_raises(void **state)
{
	struct fixture f = begin_200();

	(void)state;
	f.doc.ttl_min = 240;
	assert_int_equal(decide(&f), 4 * HOUR);
	f.doc.ttl_min = 1;
	assert_int_equal(decide(&f), 2 * HOUR);
	f.doc.update_period_s = 12 * HOUR;
	assert_int_equal(decide(&f), 12 * HOUR);
	f = begin();
	f.row.ttl_s = 3 * HOUR;
	assert_int_equal(decide(&f), 3 * HOUR);
}

static void line_19_skip_hours_and_days(void **state)
{
	struct fixture f = begin_200();

	(void)state;
	/* Due 12:30; 12 and 13 are skipped. */
	f.doc.skip_hours = 1U << 12 | 1U << 13;
	decide(&f);
	assert_int_equal(f.result.next_at, NOW + 3 * HOUR + 30 * MINUTE);
	/* All of Monday is skipped. */
	f.doc.skip_hours = 0;
	f.doc.skip_days = 1U << 1;
	decide(&f);
	assert_int_equal(f.result.next_at, NOW + 13 * HOUR + 30 * MINUTE);
	/* All hours are none. */
	assert_int_equal(manners_allowed_at(NOW, 0xFFFFFF, 0), NOW);
	assert_int_equal(manners_allowed_at(NOW, 0, 0x7F), NOW);
	assert_int_equal(manners_allowed_at(NOW, 0, 0), NOW);
}

static void line_21_jitter_only_adds(void **state)
{
	struct fixture f = begin_200();
	int64_t last = 0, wait;
	int i;

	(void)state;
	f.config.jitters = true;
	for (i = 0; i <= 10; i++) {
		wait = decide_at(&f, NOW, i / 10.0);
		assert_in_range(wait, 2 * HOUR, 2 * HOUR + 15 * MINUTE);
		assert_true(i == 0 || wait > last);
		last = wait;
	}
	/* Also where a skipped hour has moved all to one moment. */
	f.doc.skip_hours = 1U << 12;
	assert_true(decide_at(&f, NOW, 0.9) > decide_at(&f, NOW, 0.1));
	assert_false((f.result.next_at / HOUR) % 24 == 12);
}

static void line_23_429_without_a_time(void **state)
{
	static const int64_t want[] = {HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, DAY};
	struct fixture f = begin_error(POLL_LIMITED, 429);
	size_t i;

	(void)state;
	f.row.interval_s = HOUR;
	for (i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(decide(&f), want[i]);
		carry_over(&f);
	}
}

static void line_23_24_retry_after(void **state)
{
	static const int status[] = {429, 503, 302};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(status); i++) {
		struct fixture f = begin_error(POLL_LIMITED, status[i]);

		f.response.retry_after_s = 9 * HOUR;
		assert_int_equal(decide(&f), 9 * HOUR);
		/* A short one does not shorten the interval. */
		f.response.retry_after_s = 2;
		assert_int_equal(decide(&f), 2 * HOUR);
	}
}

static void line_23_paused_host_is_no_failure(void **state)
{
	struct fixture f = begin_error(POLL_LIMITED, 0);

	(void)state;
	f.response.retry_after_s = 5 * HOUR;
	assert_int_equal(decide(&f), 5 * HOUR);
	assert_int_equal(f.result.failures, 0);
	assert_int_equal(f.result.failing_since, 0);
}

static void line_25_back_off(void **state)
{
	static const enum poll_outcome errors[] = {POLL_DNS_ERROR, POLL_CONNECT_ERROR,
		POLL_TLS_ERROR, POLL_TIMEOUT, POLL_TRANSFER_ERROR, POLL_TOO_LARGE,
		POLL_PARSER_FAILED, POLL_REDIRECT_ERROR, POLL_REFUSED, POLL_HTTP_ERROR};
	static const int64_t want[] = {2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, DAY};
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(errors); i++) {
		struct fixture f = begin_error(errors[i], errors[i] == POLL_HTTP_ERROR ? 500 : 0);

		for (k = 0; k < ARRAY_LEN(want); k++) {
			assert_int_equal(decide_at(&f, NOW + (int64_t)k, 0), want[k]);
			assert_int_equal(f.result.failures, k + 1);
			assert_int_equal(f.result.failing_since, NOW);
			carry_over(&f);
		}
		f.row.failures = INT32_MAX;
		assert_int_equal(decide(&f), DAY);
		assert_int_equal(f.result.failures, INT32_MAX);
	}
}

static void line_25_success_resets(void **state)
{
	struct fixture f = begin();

	(void)state;
	f.row.failures = 9;
	f.row.failing_since = NOW - 9 * DAY;
	assert_int_equal(decide(&f), 2 * HOUR);
	assert_int_equal(f.result.failures, 0);
	assert_int_equal(f.result.failing_since, 0);
}

static void line_26_403_404_daily_then_weekly(void **state)
{
	static const int status[] = {401, 403, 404, 451};
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(status); i++) {
		struct fixture f = begin_error(POLL_HTTP_ERROR, status[i]);

		for (k = 1; k <= 9; k++) {
			assert_int_equal(decide(&f), k <= 7 ? DAY : WEEK);
			carry_over(&f);
		}
		assert_int_equal(f.result.state, FEED_ACTIVE);
	}
}

static void line_27_410_ends(void **state)
{
	struct fixture f = begin_error(POLL_GONE, 410);

	(void)state;
	decide(&f);
	assert_int_equal(f.result.state, FEED_GONE);
	assert_int_equal(f.result.outcome, POLL_GONE);
}

static void line_28_no_feed_slows_down(void **state)
{
	static const enum poll_outcome outcomes[] = {POLL_NOT_A_FEED, POLL_CHALLENGE};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(outcomes); i++) {
		struct fixture f = begin_error(outcomes[i], 200);

		f.row.failures = 3;
		f.row.failing_since = NOW - DAY;
		assert_int_equal(decide(&f), 16 * HOUR);
		assert_int_equal(f.result.failures, 4);
		assert_false(f.result.has_validators);
	}
}

static char moved_url[] = "https://b.example/feed";

static void line_30_move_is_believed_after_days(void **state)
{
	struct fixture f = begin_200();
	int day;

	(void)state;
	f.response.permanent_url = f.response.final_url = moved_url;
	for (day = 0; day < 3; day++) {
		decide_at(&f, NOW + day * DAY, 0);
		assert_null(f.result.fetch_url);
		assert_string_equal(f.result.moved_to, moved_url);
		assert_int_equal(f.result.moved_since, NOW);
		assert_int_equal(f.result.moved_polls, day + 1);
		carry_over(&f);
	}
	decide_at(&f, NOW + 3 * DAY, 0);
	assert_string_equal(f.result.fetch_url, moved_url);
	assert_null(f.result.moved_to);
	assert_int_equal(f.result.moved_polls, 0);
}

static void line_30_move_needs_polls_too(void **state)
{
	struct fixture f = begin_200();

	(void)state;
	f.response.permanent_url = moved_url;
	decide(&f);
	carry_over(&f);
	decide_at(&f, NOW + 30LL * DAY, 0);
	assert_null(f.result.fetch_url);
	assert_int_equal(f.result.moved_polls, 2);
}

static void line_30_move_must_be_steady_and_a_feed(void **state)
{
	struct fixture f = begin_200();

	(void)state;
	f.response.permanent_url = moved_url;
	f.row.moved_to = moved_url;
	f.row.moved_since = NOW - 10 * DAY;
	f.row.moved_polls = 10;
	/* HTML at the new place: the count stands still, nothing is adopted. */
	f.response.outcome = POLL_NOT_A_FEED;
	f.has_doc = false;
	decide(&f);
	assert_null(f.result.fetch_url);
	assert_int_equal(f.result.moved_polls, 10);
	/* Not permanent any more: forgotten. */
	f = begin_200();
	f.row.moved_to = moved_url;
	f.row.moved_since = NOW - 10 * DAY;
	f.row.moved_polls = 10;
	decide(&f);
	assert_null(f.result.fetch_url);
	assert_null(f.result.moved_to);
	assert_int_equal(f.result.moved_polls, 0);
}

static void line_30_https_of_the_same_host_at_once(void **state)
{
	static const struct {
		const char *from, *to;
		bool is_adopted;
	} cases[] = {
		{"http://a.example/feed", "https://a.example/feed", true},
		{"http://a.example/feed", "https://A.example:443/feed/", true},
		{"http://a.example/feed", "https://b.example/feed", false},
		{"http://a.example:8080/feed", "https://a.example/feed", false},
		{"https://a.example/feed", "https://a.example/rss", false},
		{"http://me:secret@a.example/feed", "https://a.example/feed", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct fixture f = begin_200();
		char *from = xstrdup(cases[i].from), *to = xstrdup(cases[i].to);

		f.row.fetch_url = from;
		f.response.permanent_url = to;
		decide(&f);
		assert_int_equal(f.result.fetch_url != NULL, cases[i].is_adopted);
		free(from);
		free(to);
	}
}

static void line_37_failed_pages(void **state)
{
	static const struct {
		enum poll_outcome outcome;
		int status, tries;
		int64_t retry_after, want; /* 0: never */
	} cases[] = {
		{POLL_HTTP_ERROR, 500, 1, 0, 10 * MINUTE}, {POLL_HTTP_ERROR, 500, 2, 0, HOUR},
		{POLL_HTTP_ERROR, 500, 3, 0, 6 * HOUR}, {POLL_HTTP_ERROR, 500, 4, 0, 0},
		{POLL_TIMEOUT, 0, 1, 0, 10 * MINUTE}, {POLL_HTTP_ERROR, 404, 1, 0, HOUR},
		{POLL_HTTP_ERROR, 404, 2, 0, 0}, {POLL_HTTP_ERROR, 403, 1, 0, 0},
		{POLL_GONE, 410, 1, 0, 0}, {POLL_LIMITED, 429, 1, 7200, 7200},
		{POLL_LIMITED, 429, 1, 2 * DAY, 0}, {POLL_NOT_A_FEED, 200, 1, 0, 0},
		{POLL_TOO_LARGE, 200, 1, 0, 0}, {POLL_REFUSED, 0, 1, 0, 0},
		{POLL_PARSER_FAILED, 200, 1, 0, 10 * MINUTE}, {POLL_PARSER_FAILED, 200, 2, 0, 0},
		{POLL_REFUSED, 0, 1, 3600, 3600}, /* robots.txt was not reachable */
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct fetch_response response = {.outcome = cases[i].outcome,
			.http_status = cases[i].status,
			.retry_after_s = cases[i].retry_after};
		int64_t at = manners_page_retry_at(&response, cases[i].tries, NOW);

		assert_int_equal(at ? at - NOW : 0, cases[i].want);
	}
}

/* Tests and benchmarks set tiny intervals: they hold to the second. */
static void tiny_intervals_are_exact(void **state)
{
	struct fixture f = begin_200();

	(void)state;
	f.config.min_interval_s = f.config.max_interval_s = f.config.default_interval_s = 1;
	f.config.blind_interval_s = 1;
	f.row.interval_s = 0;
	f.response.etag = f.response.last_modified = NULL;
	assert_int_equal(decide_at(&f, NOW, 0.9), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_4_validators_are_one_set),
		cmocka_unit_test(line_5_equal_body_replaces_validators),
		cmocka_unit_test(line_6_304_updates_what_it_carries),
		cmocka_unit_test(line_7_8_errors_leave_validators),
		cmocka_unit_test(line_12_interval_and_freshness),
		cmocka_unit_test(line_13_no_cache_is_our_interval),
		cmocka_unit_test(line_14_no_store_keeps_no_validators),
		cmocka_unit_test(line_15_max_age_has_a_limit),
		cmocka_unit_test(line_15_retry_after_has_another),
		cmocka_unit_test(line_16_heuristic),
		cmocka_unit_test(line_16_interval_is_learned),
		cmocka_unit_test(line_16_hours_are_learned),
		cmocka_unit_test(line_16_rare_entries),
		cmocka_unit_test(line_17_floors),
		cmocka_unit_test(asked_before_an_edition),
		cmocka_unit_test(line_18_ttl_only_raises),
		cmocka_unit_test(line_19_skip_hours_and_days),
		cmocka_unit_test(line_21_jitter_only_adds),
		cmocka_unit_test(line_23_429_without_a_time),
		cmocka_unit_test(line_23_24_retry_after),
		cmocka_unit_test(line_23_paused_host_is_no_failure),
		cmocka_unit_test(line_25_back_off),
		cmocka_unit_test(line_25_success_resets),
		cmocka_unit_test(line_26_403_404_daily_then_weekly),
		cmocka_unit_test(line_27_410_ends),
		cmocka_unit_test(line_28_no_feed_slows_down),
		cmocka_unit_test(line_30_move_is_believed_after_days),
		cmocka_unit_test(line_30_move_needs_polls_too),
		cmocka_unit_test(line_30_move_must_be_steady_and_a_feed),
		cmocka_unit_test(line_30_https_of_the_same_host_at_once),
		cmocka_unit_test(line_37_failed_pages),
		cmocka_unit_test(tiny_intervals_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
