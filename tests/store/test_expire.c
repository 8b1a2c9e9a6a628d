#include "world.h"

#include "core/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct world world;

/* Two feeds in "News" and "More"; their texts come with the entries. */
static int setup(void **state)
{
	static const struct config_feed feeds[] = {
		{.url = "https://feed1.example/feed"}, {.url = "https://feed2.example/feed"}};

	(void)state;
	world_init(&world, 2);
	world.config.feeds = feeds;
	world.config.feed_count = 2;
	world.config.max_age_s = (int64_t)10 * 365 * 86400;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_finish(&world);
	return 0;
}

/* count items of a feed, a day apart. */
static void fill(int64_t feed, int count)
{
	static int n;

	for (int i = 0; i < count; i++) {
		char *link = xasprintf("https://site%d.example/%d", (int)feed, ++n);
		struct feed_entry entry = ENTRY(link, link, link, NULL);
		struct poll_reply reply;

		entry.content = world_text(1000 + (unsigned)n, 400);
		reply = world_poll(&world, feed, &entry, 1);
		poll_reply_finish(&reply);
		world.now += 86400;
		free(link);
	}
}

static struct expired expire(void)
{
	struct expired sum = {.bodies = 0}, once;

	do {
		assert_int_equal(store_begin(world.store), STATUS_OK);
		assert_int_equal(
			items_expire(world.store, &world.config, world.now, &once), STATUS_OK);
		assert_int_equal(store_commit(world.store), STATUS_OK);
		sum.bodies += once.bodies;
		sum.rows += once.rows;
		sum.pages += once.pages;
	} while (once.bodies || once.rows || once.pages);
	return sum;
}

static int64_t bodies(const char *where)
{
	char *sql = xasprintf("SELECT count(*) FROM item JOIN article ON item_id = item.id "
			      "WHERE text IS NOT NULL AND has_body = 1 AND %s",
		where);
	int64_t count = world_count(&world, sql);

	free(sql);
	return count;
}

/* A feed's word about age counts, else its section's, else the store's. */
static void by_age(void **state)
{
	static const struct config_section sections[] = {
		{.title = "News", .keep = {.age_s = 20 * 86400}}, {.title = "More"}};
	static const struct config_feed feeds[] = {
		{.url = "https://feed1.example/feed"}, {.url = "https://feed2.example/feed"}};

	(void)state;
	fill(1, 10);
	fill(2, 30);
	world.config.keep.age_s = 5 * 86400;
	world.config.sections = sections;
	world.config.section_count = 2;
	expire();
	assert_int_equal(bodies("feed_id = 1"), 0);
	assert_int_equal(bodies("feed_id = 2"), 5);
	fill(1, 15);
	expire();
	assert_int_equal(bodies("feed_id = 1"), 15);
	fill(2, 10);
	expire();
	assert_int_equal(bodies("feed_id = 1"), 10);
	world.config.feeds = (const struct config_feed[]){
		{.url = feeds[0].url, .keep = {.age_s = 12 * 86400}}, {.url = feeds[1].url}};
	expire();
	assert_int_equal(bodies("feed_id = 1"), 2);
}

static void by_count(void **state)
{
	const struct config_section sections[] = {{.title = "News", .keep = {.items = 4}}};
	const struct config_feed feeds[] = {{.url = "https://feed1.example/feed"},
		{.url = "https://feed2.example/feed", .keep = {.items = 3}}};

	(void)state;
	fill(1, 10);
	fill(2, 10);
	sqlite3_exec(store_db(world.store), "UPDATE item SET starred = 1 WHERE id = 2", NULL, NULL,
		NULL);
	world.config.sections = sections;
	world.config.section_count = 1;
	world.config.feeds = feeds;
	assert_int_equal(expire().bodies, 5 + 7);
	assert_int_equal(bodies("feed_id = 1 AND id IN (2, 7, 8, 9, 10)"), 5);
	assert_int_equal(bodies("feed_id = 2 AND id >= 18"), 3);
	world.config.keep.items = 2;
	expire();
	assert_int_equal(bodies("starred = 0"), 2);
	/* what identifies them is there */
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item"), 20);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM sighting"), 20);
	assert_int_equal(world_count(&world, "SELECT count(content_hash) FROM item"), 20);
}

static int64_t file_bytes(void)
{
	return world_count(&world, "SELECT page_count * page_size FROM pragma_page_count, "
				   "pragma_page_size");
}

/* The oldest texts go until the file is smaller than it may be. */
static void by_size(void **state)
{
	int64_t full, kept;

	(void)state;
	fill(1, 120);
	full = file_bytes();
	world.config.max_store_bytes = full / 4 * 3;
	assert_true(expire().pages > 0);
	assert_true(file_bytes() <= full / 4 * 3);
	kept = bodies("1");
	assert_true(kept > 0 && kept < 120);
	assert_int_equal(bodies("id > 120 - (SELECT count(*) FROM item WHERE has_body = 1)"), kept);
	assert_int_equal(expire().bodies, 0);
	fill(1, 60);
	expire();
	assert_true(file_bytes() <= full / 4 * 3);
}

/* An edition that was printed before an article changed can be printed again. */
static void printed_revisions_stay(void **state)
{
	struct feed_entry entry = ENTRY("1", "https://a.example/1", "One", NULL);
	struct edition_row row;
	struct poll_reply reply;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		entry.content = world_text(50 + i, 300);
		reply = world_poll(&world, 1, &entry, 1);
		poll_reply_finish(&reply);
		world.now += 3600;
		if (i == 0) {
			assert_int_equal(world_close(&world, "2026-09-21", &row), STATUS_OK);
			edition_row_finish(&row);
		}
	}
	assert_int_equal(world_count(&world, "SELECT count(*) FROM revision"), 2);
	world.config.keep.age_s = 60;
	assert_int_equal(expire().bodies, 1);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM revision"), 1);
	assert_int_equal(world_count(&world, "SELECT n FROM revision WHERE text IS NOT NULL"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_age, setup, teardown),
		cmocka_unit_test_setup_teardown(by_count, setup, teardown),
		cmocka_unit_test_setup_teardown(by_size, setup, teardown),
		cmocka_unit_test_setup_teardown(printed_revisions_stay, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
