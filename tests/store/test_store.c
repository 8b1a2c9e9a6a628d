#include "core/doc.h"
#include "store/editions.h"
#include "store/items.h"
#include "store/sql.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static void test_smoke(void **state)
{
	struct store *store;
	char *why;
	struct config config = {.max_first = 100, .max_age_s = 86400 * 7};
	struct subscription list[] = {{"https://a.example/feed", NULL, "News"}};
	struct subscriptions subs = {.list = list, .count = 1};
	struct feed_entry entries[] = {
		{.id = "1",
			.url = "https://a.example/1",
			.title = "One",
			.summary = "<p>hello world</p>",
			.published = 1000000,
			.updated = DATE_NONE},
		{.id = "2",
			.url = "https://a.example/2",
			.title = "Two",
			.summary = "<p>hello other</p>",
			.published = 1000001,
			.updated = DATE_NONE},
	};
	struct feed_doc doc = {.title = "A", .entries = entries, .entry_count = 2};
	struct poll_result result = {.feed_id = 1,
		.at = 1000100,
		.outcome = POLL_OK,
		.http_status = 200,
		.next_at = 1003700,
		.doc = &doc,
		.max_age_s = -1};
	struct poll_reply reply;
	struct page_result page = {.at = 1000200, .outcome = PAGE_FAILED, .error = "HTTP 404"};
	struct page_reply page_reply;
	struct edition_row row;

	char folder[] = P_tmpdir "/diurna-store.XXXXXX";
	char path[sizeof(folder) + 16];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/store", folder);
	assert_int_equal(store_open(path, STORE_WRITE, &store, &why), STATUS_OK);
	assert_int_equal(store_begin(store), STATUS_OK);
	assert_int_equal(feeds_sync(store, &config, &subs, 1000000), STATUS_OK);
	if (poll_record(store, &config, &result, &reply) != STATUS_OK)
		fail_msg("%s", store_error(store));
	assert_int_equal(reply.new_items, 2);
	assert_int_equal(reply.task_count, 2);
	for (size_t i = 0; i < 2; i++) {
		page.item_id = reply.tasks[i].item_id;
		if (page_record(store, &config, &page, &page_reply) != STATUS_OK)
			fail_msg("%s", store_error(store));
		assert_true(page_reply.is_ready);
	}
	poll_reply_finish(&reply);
	if (edition_close(store, &config, 1000300, "1970-01-12", &row) != STATUS_OK)
		fail_msg("%s", store_error(store));
	assert_int_equal(row.item_count, 2);
	edition_row_finish(&row);
	assert_int_equal(store_commit(store), STATUS_OK);
	store_close(store);
	unlink(path);
	snprintf(path, sizeof(path), "%s/store.lock", folder);
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_smoke)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
