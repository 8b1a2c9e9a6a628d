#include "world.h"

#include "core/buf.h"
#include "core/mem.h"
#include "store/labels.h"
#include "store/shelf.h"

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

/* All that arrived so far has had its time; nothing of it was printed. */
static void pass_over(void)
{
	sqlite3_exec(store_db(world.store),
		"UPDATE section SET closed_seq = (SELECT max(seq) FROM arrival)", NULL, NULL, NULL);
}

/* count items of a feed, a day apart, which no edition printed. */
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
	pass_over();
}

static struct expired expire(void)
{
	struct expired sum = {.bodies = 0}, once = {.bodies = 0};

	do {
		assert_int_equal(store_begin(world.store), STATUS_OK);
		assert_int_equal(
			items_expire(world.store, &world.config, world.now, &once), STATUS_OK);
		assert_int_equal(store_commit(world.store), STATUS_OK);
		sum.bodies += once.bodies;
		sum.rows += once.rows;
		sum.pages += once.pages;
		sum.printed += once.printed;
		sum.editions += once.editions;
		sum.is_short |= once.is_short;
	} while (once.is_more);
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
	assert_int_equal(label_put(world.store, 11, "Later", world.now), STATUS_OK);
	world.config.sections = sections;
	world.config.section_count = 1;
	world.config.feeds = feeds;
	assert_int_equal(expire().bodies, 5 + 6);
	assert_int_equal(bodies("feed_id = 1 AND id IN (2, 7, 8, 9, 10)"), 5);
	assert_int_equal(bodies("feed_id = 2 AND (id >= 18 OR id = 11)"), 4);
	world.config.keep.items = 2;
	expire();
	assert_int_equal(bodies("starred = 0 AND id <> 11"), 2);
	assert_int_equal(bodies("id IN (2, 11)"), 2);
	/* without its label it goes as the others do */
	assert_int_equal(label_take(world.store, 11, "Later"), STATUS_OK);
	assert_int_equal(expire().bodies, 1);
	/* what identifies them is there */
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item"), 20);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM sighting"), 20);
	assert_int_equal(world_count(&world, "SELECT count(content_hash) FROM item"), 20);
}

static int64_t bytes(const char *where)
{
	char *sql =
		xasprintf("SELECT sum(length(CAST(text AS BLOB)) + "
			  "coalesce(length(CAST(coalesce(markup, html) AS BLOB)), 0) + "
			  "coalesce(length(CAST(coalesce(content_markup, content) AS BLOB)), 0)) "
			  "FROM item JOIN article ON article.item_id = item.id "
			  "JOIN item_body ON item_body.item_id = item.id WHERE starred = 0 AND %s",
			where);
	int64_t count = world_count(&world, sql);

	free(sql);
	return count;
}

/* The latest texts of a feed, or of a section, take no more than it may have. */
static void by_size_of_a_feed_and_section(void **state)
{
	struct config_section sections[] = {{.title = "News"}, {.title = "More"}};
	struct config_feed feeds[] = {
		{.url = "https://feed1.example/feed"}, {.url = "https://feed2.example/feed"}};
	int64_t all, last, kept;

	(void)state;
	fill(1, 30);
	fill(2, 30);
	sqlite3_exec(store_db(world.store), "UPDATE item SET starred = 1 WHERE id = 2", NULL, NULL,
		NULL);
	assert_int_equal(label_put(world.store, 3, "Later", world.now), STATUS_OK);
	world.config.sections = sections;
	world.config.section_count = 2;
	world.config.feeds = feeds;
	world.now += 9 * 86400; /* none of them waits for an edition */
	all = bytes("feed_id = 2");
	assert_int_equal(
		world_count(&world, "SELECT sum(body_bytes) FROM item WHERE feed_id = 2"), all);
	last = bytes("id > 54");
	feeds[1].keep.bytes = last;
	expire();
	assert_int_equal(bodies("feed_id = 2"), 6);
	assert_int_equal(bodies("feed_id = 2 AND id > 54"), 6);
	assert_int_equal(bodies("feed_id = 1"), 30);
	/* one byte less is one text less, and what is stored of it at all is counted */
	feeds[1].keep.bytes--;
	assert_int_equal(expire().bodies, 1);
	sections[0].keep.bytes = all / 2;
	expire();
	kept = bytes("feed_id = 1 AND id <> 3");
	assert_true(kept <= all / 2 && kept > all / 2 - all / 20);
	assert_int_equal(bodies("starred = 1"), 1);
	assert_int_equal(bodies("feed_id = 2"), 5);
	assert_int_equal(world_count(&world, "SELECT count(content_hash) FROM item"), 60);
	/* what is kept by age and what by size do not get into each other's way */
	feeds[0].keep.age_s = (33 + 9) * 86400;
	sections[1].keep.items = 4;
	expire();
	assert_int_equal(bodies("feed_id = 1 AND starred = 0 AND id <> 3"), 3);
	assert_int_equal(bodies("id = 3"), 1);
	assert_int_equal(bodies("feed_id = 2"), 4);
}

/* A store with more than is looked at in one call, where what goes is behind it. */
static void portions_go_on(void **state)
{
	static const struct config_section sections[] = {
		{.title = "News", .keep = {.items = 2}}, {.title = "More"}};
	static const struct config_feed feeds[] = {{.url = "https://feed1.example/feed"},
		{.url = "https://feed2.example/feed", .keep = {.age_s = 86400}}};
	struct expired once = {.bodies = 0};

	(void)state;
	fill(1, 4);
	fill(2, 3);
	world.now += 9 * 86400;
	/* long gone, and still there to be recognised */
	assert_int_equal(
		sqlite3_exec(store_db(world.store),
			"UPDATE item SET seq = seq + 100000; UPDATE arrival SET seq = seq + 100000; "
			"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
			"LIMIT 50000) INSERT INTO item (id, first_seen_at, feed_id, "
			"section_id, state, seq) SELECT 1000 + i, 0, 1, 1, 'ready', i FROM n",
			NULL, NULL, NULL),
		SQLITE_OK);
	world.config.sections = sections;
	world.config.section_count = 2;
	world.config.feeds = feeds;
	assert_int_equal(items_expire(world.store, &world.config, world.now, &once), STATUS_OK);
	assert_true(once.is_more);
	assert_int_equal(bodies("feed_id = 1"), 4);
	do
		assert_int_equal(
			items_expire(world.store, &world.config, world.now, &once), STATUS_OK);
	while (once.is_more);
	assert_int_equal(bodies("feed_id = 1"), 2);
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
	world.now += 30 * 86400;
	assert_int_equal(expire().bodies, 0);
	sqlite3_exec(store_db(world.store), "UPDATE item SET has_body = 1", NULL, NULL, NULL);
	assert_int_equal(expire().bodies, 1);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM revision"), 1);
	assert_int_equal(world_count(&world, "SELECT n FROM revision WHERE text IS NOT NULL"), 0);
}

static struct edition_row close_edition(void)
{
	struct edition_row row;
	char date[16];
	static int day;

	snprintf(date, sizeof(date), "2026-10-%02d", 1 + day++ % 31);
	assert_int_equal(world_close(&world, date, &row), STATUS_OK);
	edition_row_finish(&row);
	return row;
}

/* What waits to be printed stays, but not for ever in a store that has no editions. */
static void unprinted_texts_wait(void **state)
{
	(void)state;
	fill(1, 6);
	fill(2, 6);
	sqlite3_exec(store_db(world.store), "UPDATE section SET closed_seq = 2", NULL, NULL, NULL);
	world.config.keep.age_s = 1;
	assert_int_equal(expire().bodies, 4);
	assert_int_equal(bodies("1"), 8);
	world.now += 30 * 86400;
	assert_int_equal(expire().bodies, 8);
}

/* As long as an edition is kept, so are the texts that it has printed. */
static void printed_texts_stay(void **state)
{
	(void)state;
	world.config.keep.age_s = 2 * 86400;
	world.config.keep.items = 3;
	for (int i = 0; i < 4; i++) {
		struct feed_entry entry = ENTRY(NULL, NULL, NULL, NULL);
		struct poll_reply reply;

		entry.id = entry.url = entry.title = xasprintf("https://a.example/%d", i);
		entry.content = world_text(10 + (unsigned)i, 300);
		reply = world_poll(&world, 1, &entry, 1);
		poll_reply_finish(&reply);
		free((char *)(uintptr_t)entry.id);
		close_edition();
		world.now += 86400;
	}
	fill(2, 5);
	assert_int_equal(expire().bodies, 3); /* of those that were not printed, two stay */
	assert_int_equal(bodies("feed_id = 2"), 2);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item WHERE has_body = 2"), 4);

	/* two of them grow too old: out, removed, let go */
	world.config.keep_editions_s = 36 * 3600;
	assert_int_equal(shelf_sort_out(world.store, &world.config, world.now), STATUS_OK);
	assert_int_equal(
		world_count(&world,
			"SELECT group_concat(id) = '1' FROM edition WHERE state = 'leaving'"),
		1);
	assert_int_equal(expire().bodies, 0);
	assert_int_equal(shelf_removed(world.store), STATUS_OK);
	assert_int_equal(expire().editions, 1);
	assert_int_equal(world_count(&world, "SELECT has_body FROM item WHERE id = 1"), 0);
	assert_int_equal(world_count(&world, "SELECT has_body FROM item WHERE id = 2"), 2);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM edition WHERE state = 'gone'"), 1);

	/* a clock that runs years ahead for one edition takes nothing away */
	assert_int_equal(
		shelf_sort_out(world.store, &world.config, world.now + (int64_t)1000 * 86400),
		STATUS_OK);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM edition WHERE state = 'kept'"), 3);
}

/* Size is the only thing that takes texts from an edition: the oldest, and when nothing else is
 * left. */
static void size_comes_first(void **state)
{
	struct expired went;

	(void)state;
	fill(1, 60);
	sqlite3_exec(store_db(world.store), "UPDATE section SET closed_seq = 0", NULL, NULL, NULL);
	close_edition();
	fill(2, 60);
	world.config.max_store_bytes = file_bytes() / 10 * 9;
	went = expire();
	assert_true(went.bodies > 0 && went.printed == 0 && !went.is_short);
	assert_int_equal(bodies("feed_id = 2"), 60 - went.bodies);
	world.config.max_store_bytes = file_bytes() / 10 * 8;
	went = expire();
	assert_true(went.printed > 0);
	assert_int_equal(bodies("feed_id = 2"), 0);
	assert_int_equal(world_count(&world, "SELECT min(id) > 1 FROM item WHERE has_body = 2"), 1);
	/* what waits for its edition stays even then, and the daemon can say so */
	fill(1, 30);
	sqlite3_exec(
		store_db(world.store), "UPDATE section SET closed_seq = 120", NULL, NULL, NULL);
	world.now -= 29 * 86400;
	world.config.max_store_bytes = 100000;
	went = expire();
	assert_true(went.is_short);
	assert_int_equal(bodies("id > 120"), 30);
}

/* A picture goes with the last edition that shows it, its file with the last picture like it. */
static bool on_file(void *context, const char *path)
{
	struct buf *to = context;

	buf_printf(to, "%s ", path);
	return true;
}

static void pictures_go_with_their_editions(void **state)
{
	static const char pictures[] =
		"INSERT INTO image (url, item_id, state, due_at, hash, extension) VALUES "
		"('https://a.example/only', 1, 'stored', 0, 'aa01', 'png'), "
		"('https://a.example/copy', 1, 'stored', 0, 'bb01', 'png'), "
		"('https://b.example/copy', 2, 'stored', 0, 'bb01', 'png'), "
		"('https://a.example/both', 1, 'stored', 0, 'cc01', 'png');"
		"INSERT INTO item_image VALUES (1, 'https://a.example/only'), "
		"(1, 'https://a.example/copy'), (1, 'https://a.example/both'), "
		"(2, 'https://a.example/both'), (2, 'https://b.example/copy');"
		"UPDATE section SET closed_seq = 0";
	struct buf files = {0};
	int64_t count;

	(void)state;
	fill(1, 1);
	sqlite3_exec(store_db(world.store), "UPDATE section SET closed_seq = 0", NULL, NULL, NULL);
	close_edition();
	fill(2, 1);
	assert_int_equal(
		sqlite3_exec(store_db(world.store), pictures, NULL, NULL, NULL), SQLITE_OK);
	close_edition();
	for (int round = 0; round < 2; round++) {
		sqlite3_exec(store_db(world.store),
			round == 0 ? "UPDATE edition SET state = 'left' WHERE id = 1"
				   : "UPDATE edition SET state = 'left' WHERE id = 2",
			NULL, NULL, NULL);
		expire();
		buf_clear(&files);
		assert_int_equal(
			shelf_remove_images(world.store, 10, on_file, &files, &count), STATUS_OK);
		assert_string_equal(
			buf_text(&files), round == 0 ? "aa/aa01.png " : "bb/bb01.png cc/cc01.png ");
	}
	assert_int_equal(world_count(&world, "SELECT count(*) FROM image"), 0);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM image_leaving"), 0);
	buf_finish(&files);
}

/* No edition prints what was dropped: it does not wait until something else has arrived. */
static void dropped_texts_do_not_wait(void **state)
{
	static const struct config_rule rule = {
		.name = "no sites", .action = RULE_DROP, .title = "site"};

	(void)state;
	fill(1, 1);
	world.config.rules = &rule;
	world.config.rule_count = 1;
	fill(1, 3);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM item WHERE state = 'dropped'"), 3);
	world.config.keep.items = 1;
	world.now += 9 * 86400;
	expire();
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item WHERE has_body = 1"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(by_age, setup, teardown),
		cmocka_unit_test_setup_teardown(by_count, setup, teardown),
		cmocka_unit_test_setup_teardown(by_size, setup, teardown),
		cmocka_unit_test_setup_teardown(by_size_of_a_feed_and_section, setup, teardown),
		cmocka_unit_test_setup_teardown(portions_go_on, setup, teardown),
		cmocka_unit_test_setup_teardown(printed_revisions_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(unprinted_texts_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(dropped_texts_do_not_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(printed_texts_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(size_comes_first, setup, teardown),
		cmocka_unit_test_setup_teardown(pictures_go_with_their_editions, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
