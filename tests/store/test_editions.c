/* Editions: what arrived between two of them, each item in one. Sections and rules on the way. */
#include "world.h"

#include "core/mem.h"
#include "core/reason.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct world world;

static int setup(void **state)
{
	(void)state;
	world_init(&world, 2);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_finish(&world);
	return 0;
}

static void bring(int64_t feed, const char *guid, const char *title, const char *html)
{
	char link[64];
	struct feed_entry entry = ENTRY(guid, link, title, html);
	struct poll_reply reply;

	snprintf(link, sizeof(link), "https://a.example/%s", guid);
	reply = world_poll(&world, feed, &entry, 1);
	poll_reply_finish(&reply);
	world_fail_pages(&world);
	world.now += 60;
}

static void each_item_once(void **state)
{
	static const int64_t due[] = {1};
	struct edition_row row;
	int64_t first_to;

	(void)state;
	bring(1, "1", "One", "<p>first words</p>");
	bring(2, "2", "Two", "<p>second words</p>");
	assert_int_equal(world_close(&world, "2026-09-21", &row), STATUS_OK);
	assert_int_equal(row.item_count, 2);
	assert_string_equal(row.name, "2026-09-21");
	assert_int_equal(row.from_seq, 0);
	first_to = row.to_seq;
	edition_row_finish(&row);
	bring(1, "3", "Three", "<p>third words</p>");
	bring(1, "1", "One, corrected", "<p>first words</p>");
	assert_int_equal(world_close(&world, "2026-09-21", &row), STATUS_OK);
	assert_string_equal(row.name, "2026-09-21-2");
	assert_int_equal(row.from_seq, first_to);
	assert_int_equal(row.item_count, 2);
	edition_row_finish(&row);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM edition_item"), 3);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM edition_update WHERE revision = 1"), 1);
	assert_int_equal(world_close(&world, "2026-09-22", &row), STATUS_NOT_FOUND);
	/* Empty days are printed, not what somebody asks for besides. */
	world.config.prints_empty = true;
	assert_int_equal(world_close(&world, "2026-09-22", &row), STATUS_OK);
	edition_row_finish(&row);
	assert_int_equal(world_close(&world, "2026-09-22", &row), STATUS_NOT_FOUND);
	assert_int_equal(store_begin(world.store), STATUS_OK);
	assert_int_equal(
		edition_close(world.store, &world.config, world.now, "2026-09-22", due, 1, &row),
		STATUS_OK);
	assert_int_equal(store_commit(world.store), STATUS_OK);
	assert_int_equal(row.item_count, 0);
	edition_row_finish(&row);
}

/* New and changed before it was printed: new, once. */
static void changed_before_printed(void **state)
{
	struct edition_row row;

	(void)state;
	bring(1, "1", "One", "<p>first words</p>");
	bring(1, "1", "One, corrected", "<p>first words</p>");
	assert_int_equal(world_close(&world, "2026-09-21", &row), STATUS_OK);
	assert_int_equal(row.item_count, 1);
	edition_row_finish(&row);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM edition_update"), 0);
}

static void found_again(void **state)
{
	struct edition_row row;

	(void)state;
	assert_int_equal(edition_get(world.store, NULL, &row), STATUS_NOT_FOUND);
	bring(1, "1", "One", "<p>x</p>");
	world_close(&world, "2026-09-21", &row);
	edition_row_finish(&row);
	bring(1, "2", "Two", "<p>x</p>");
	world_close(&world, "2026-09-21", &row);
	edition_row_finish(&row);
	assert_int_equal(edition_get(world.store, "2026-09-21", &row), STATUS_OK);
	assert_int_equal(row.id, 2);
	edition_row_finish(&row);
	assert_int_equal(edition_get(world.store, "2026-09-21-2", &row), STATUS_OK);
	edition_row_finish(&row);
	assert_int_equal(edition_get(world.store, "2026-09-21-1", &row), STATUS_OK);
	assert_int_equal(row.id, 1);
	edition_row_finish(&row);
	assert_int_equal(edition_get(world.store, "2026-09-21-3", &row), STATUS_NOT_FOUND);
	assert_int_equal(edition_get(world.store, "2026-09-20", &row), STATUS_NOT_FOUND);
	assert_int_equal(edition_unpublished(world.store, &row), STATUS_OK);
	assert_int_equal(row.id, 1);
	edition_row_finish(&row);
	assert_int_equal(edition_published(world.store, 1, 5), STATUS_OK);
	assert_int_equal(edition_published(world.store, 2, 5), STATUS_OK);
	assert_int_equal(edition_unpublished(world.store, &row), STATUS_NOT_FOUND);
}

static void notes(void **state)
{
	struct poll_result failed = {.feed_id = 2,
		.at = world.now,
		.outcome = POLL_HTTP_ERROR,
		.http_status = 503,
		.error = "HTTP 503",
		.failures = 3,
		.failing_since = 1789900000,
		.max_age_s = -1};
	struct poll_reply reply;
	struct edition_row row;

	(void)state;
	bring(1, "1", "One", "<p>x</p>");
	assert_int_equal(poll_record(world.store, &world.config, &failed, &reply), STATUS_OK);
	assert_int_equal(world_close(&world, "2026-09-21", &row), STATUS_OK);
	edition_row_finish(&row);
	assert_int_equal(
		world_count(&world,
			"SELECT count(*) FROM edition_note JOIN section ON section.id = section_id "
			"WHERE text = 'https://feed2.example/feed could not be read since "
			"2026-09-20: HTTP 503' AND title = 'More'"),
		1);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM edition_note WHERE text = "
					     "'The page of 1 article could not be read; it has "
					     "the feed''s own text'"),
		1);
}

/* That a feed has moved is told once, and again when it moves further. */
static void moves_are_told_once(void **state)
{
	static const struct {
		const char *sql;
		int told; /* in the edition that follows */
	} steps[] = {
		{"UPDATE feed SET fetch_url = 'https://feed1.example/feed' WHERE id = 1", 0},
		{"UPDATE feed SET url = 'http://feed1.example/feed' WHERE id = 1", 0},
		{"UPDATE feed SET fetch_url = 'https://new.example/feed' WHERE id = 1", 1},
		{"UPDATE feed SET fetch_url = 'https://new.example/feed' WHERE id = 2", 1},
		{"UPDATE feed SET title = 'Another name'", 0},
		{"UPDATE feed SET fetch_url = 'https://newer.example/feed' WHERE id = 1", 1},
	};
	struct edition_row row;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(steps); i++) {
		char guid[2] = {(char)('a' + i), '\0'};
		char *sql = xasprintf("SELECT count(*) FROM edition_note WHERE kind = 'moved' "
				      "AND edition_id = %zu",
			i + 1);

		assert_int_equal(
			sqlite3_exec(store_db(world.store), steps[i].sql, NULL, NULL, NULL),
			SQLITE_OK);
		bring(1, guid, "A title", "<p>x</p>");
		assert_int_equal(world_close(&world, "2026-09-21", &row), STATUS_OK);
		edition_row_finish(&row);
		assert_int_equal(world_count(&world, sql), steps[i].told);
		free(sql);
	}
}

static void walls_are_counted(void **state)
{
	struct edition_row row;
	char *sql = xasprintf(
		"UPDATE article SET reason = '%s' WHERE item_id <= 2", reason_text(REASON_WALL));

	(void)state;
	bring(1, "1", "One", "<p>x</p>");
	bring(1, "2", "Two", "<p>x y</p>");
	bring(1, "3", "Three", "<p>x y z</p>");
	assert_int_equal(sqlite3_exec(store_db(world.store), sql, NULL, NULL, NULL), SQLITE_OK);
	free(sql);
	assert_int_equal(world_close(&world, "2026-09-21", &row), STATUS_OK);
	edition_row_finish(&row);
	assert_int_equal(
		world_count(&world, "SELECT number FROM edition_note WHERE kind = 'walled'"), 2);
}

/* What a rule drops of one feed is printed when another shows it, once. */
static void a_rule_for_one_feed_drops_nothing_of_others(void **state)
{
	const struct config_rule rules[] = {
		{.name = "one", .feed = "https://feed1.example/feed", .action = RULE_DROP},
		{.name = "all", .title = "advert", .action = RULE_DROP}};
	struct feed_entry copy = ENTRY("c", "https://b.example/c", "The same text", NULL);
	struct poll_reply reply;
	struct edition_row row;

	(void)state;
	world.config.rules = rules;
	world.config.rule_count = ARRAY_LEN(rules);
	bring(1, "1", "The same link", "<p>a text of its own</p>");
	bring(1, "2", "The same text", "<p>words that another page has too</p>");
	bring(1, "3", "An advert", "<p>buy</p>");
	bring(2, "1", "The same link", "<p>a text of its own</p>");
	bring(2, "3", "An advert", "<p>buy</p>");
	copy.summary = "<p>words that another page has too</p>";
	reply = world_poll(&world, 2, &copy, 1);
	poll_reply_finish(&reply);
	world_fail_pages(&world);
	/* known from now on, for both feeds */
	for (int64_t feed = 2; feed > 0; feed--) {
		bring(feed, "1", "The same link", "<p>a text of its own</p>");
		bring(feed, "3", "An advert", "<p>buy</p>");
	}
	assert_int_equal(world_close(&world, "2026-09-21", &row), STATUS_OK);
	assert_int_equal(row.item_count, 2);
	edition_row_finish(&row);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM v_item WHERE edition IS NOT NULL "
				    "AND title LIKE 'The same %' AND section = 'More'"),
		2);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item"), 3 + 3);
}

/* Which of its feeds was read first does not decide where it stands; a rule does. */
static void shared_items_have_their_section(void **state)
{
	const struct config_rule rule = {
		.name = "ferries", .title = "ferries", .action = RULE_SECTION, .section = "More"};
	struct edition_row row;

	(void)state;
	bring(2, "1", "Second feed first", "<p>one text of both</p>");
	bring(1, "1", "Second feed first", "<p>one text of both</p>");
	bring(1, "2", "First feed first", "<p>another text of both</p>");
	bring(2, "2", "First feed first", "<p>another text of both</p>");
	bring(2, "3", "One feed alone", "<p>a third text</p>");
	world.config.rules = &rule;
	world.config.rule_count = 1;
	bring(1, "4", "Ferries for all", "<p>a fourth text</p>");
	bring(2, "4", "Ferries for all", "<p>a fourth text</p>");
	assert_int_equal(world_close(&world, "2026-09-21", &row), STATUS_OK);
	edition_row_finish(&row);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM edition_item"), 4);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM v_item WHERE section = 'News' "
					     "AND edition IS NOT NULL AND title LIKE '% first'"),
		2);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM v_item WHERE section = 'More' "
					     "AND title IN ('One feed alone', 'Ferries for all')"),
		2);
	/* what was printed stays where it was, whoever shows it later */
	bring(1, "3", "One feed alone", "<p>a third text</p>");
	assert_int_equal(world_close(&world, "2026-09-22", &row), STATUS_NOT_FOUND);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM v_item WHERE section = 'More'"), 2);
}

static void rules_file_items(void **state)
{
	static const char *const sea[] = {"Sea"};
	static const struct config_section sections[] = {
		{.title = "Coast", .slug = "coast", .categories = sea, .category_count = 1},
		{.title = "Asia", .slug = "asia", .match = "taiwan OR \"south china sea\""},
		{.title = "Broken", .slug = "broken", .match = "AND ("},
	};
	static const struct config_rule rules[] = {
		{.name = "ads", .action = RULE_DROP, .title = "SPONSORED"},
		{.name = "stars", .action = RULE_STAR, .text = "comet"},
		{.name = "move",
			.action = RULE_SECTION,
			.section = "Night",
			.in_section = "asia",
			.title = "moon"},
	};
	struct feed_entry entry = ENTRY("c", "https://a.example/c", "By category", "<p>waves</p>");
	struct poll_reply reply;
	struct edition_row row;

	(void)state;
	world.config.sections = sections;
	world.config.section_count = ARRAY_LEN(sections);
	world.config.rules = rules;
	world.config.rule_count = ARRAY_LEN(rules);
	entry.categories = sea;
	entry.category_count = 1;
	reply = world_poll(&world, 1, &entry, 1);
	poll_reply_finish(&reply);
	world_fail_pages(&world);
	bring(1, "m", "By words", "<p>In the South China Sea</p>");
	bring(1, "n", "The moon over Taiwan", "<p>a comet</p>");
	bring(1, "d", "Sponsored: buy", "<p>taiwan</p>");
	bring(2, "o", "Nothing", "<p>special</p>");
	assert_int_equal(
		world_count(&world,
			"SELECT group_concat(title || '=' || coalesce(section, '') || '=' || state) "
			"= 'By category=Coast=ready,By words=Asia=ready,The moon over "
			"Taiwan=Night=ready,Sponsored: buy=Asia=dropped,Nothing=More=ready' "
			"FROM v_item"),
		1);
	assert_int_equal(
		world_count(&world, "SELECT starred FROM item WHERE title LIKE '%moon%'"), 1);
	assert_int_equal(
		world_count(&world, "SELECT rule = 'ads' FROM item WHERE state = 'dropped'"), 1);
	assert_int_equal(world_close(&world, "2026-09-21", &row), STATUS_OK);
	assert_int_equal(row.item_count, 4);
	edition_row_finish(&row);
}

static void bodies_expire(void **state)
{
	struct expired expired = {.bodies = 0};

	(void)state;
	bring(1, "1", "Old", "<p>forgotten words</p>");
	bring(1, "2", "Starred", "<p>kept words</p>");
	sqlite3_exec(store_db(world.store), "UPDATE item SET starred = 1 WHERE id = 2", NULL, NULL,
		NULL);
	world.now += 100 * 24 * 3600;
	world.config.keep.age_s = 30 * 24 * 3600;
	assert_int_equal(items_expire(world.store, &world.config, world.now, &expired), STATUS_OK);
	assert_int_equal(expired.bodies, 1);
	assert_int_equal(items_expire(world.store, &world.config, world.now, &expired), STATUS_OK);
	assert_int_equal(expired.bodies, 0);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item_body"), 1);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM item_fts WHERE item_fts MATCH 'words'"),
		1);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM item_fts WHERE item_fts MATCH 'old'"), 1);
	/* it is still known */
	bring(1, "1", "Old", "<p>forgotten words</p>");
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item"), 2);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM arrival"), 2);
	assert_int_equal(sqlite3_exec(store_db(world.store),
				 "INSERT INTO item_fts (item_fts) VALUES ('integrity-check')", NULL,
				 NULL, NULL),
		SQLITE_OK);
}

/* One more article of the site, on a page with these blocks. */
static void read_on_site(int number, const struct page_result *page)
{
	char guid[8], link[40];
	struct feed_entry entry = ENTRY(guid, link, guid, "<p>x</p>");
	struct poll_reply reply;

	snprintf(guid, sizeof(guid), "%d", number);
	snprintf(link, sizeof(link), "https://a.example/%d", number);
	reply = world_poll(&world, 1, &entry, 1);
	world_page(&world, reply.tasks[0].item_id, page);
	poll_reply_finish(&reply);
}

static size_t count_recurring(void)
{
	struct arena arena = {0};
	const uint64_t *found;
	size_t count;

	assert_int_equal(
		site_blocks(world.store, "https://a.example/", &arena, &found, &count), STATUS_OK);
	arena_finish(&arena);
	return count;
}

static void expire_after(int days)
{
	struct expired expired = {.bodies = 0};

	world.now += days * (int64_t)86400;
	assert_int_equal(items_expire(world.store, &world.config, world.now, &expired), STATUS_OK);
}

/* A site that looks otherwise from some day on is learned anew; what no page shows goes. */
static void blocks_expire(void **state)
{
	uint64_t hashes[400] = {1, 2, 3};
	struct article article = {
		.text = "t", .block_hashes = hashes, .block_hash_count = 3, .published = DATE_NONE};
	struct page_result page = {
		.outcome = PAGE_OK, .final_url = "https://a.example/x", .article = &article};
	int i, k;

	(void)state;
	for (i = 1; i <= 3; i++)
		read_on_site(i, &page);
	expire_after(80);
	assert_int_equal(count_recurring(), 3);
	hashes[0] = 11; /* only the second block is still there */
	hashes[2] = 13;
	read_on_site(4, &page);
	expire_after(11);
	assert_int_equal(count_recurring(), 1);
	read_on_site(5, &page);
	read_on_site(6, &page);
	assert_int_equal(count_recurring(), 3);
	expire_after(91);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM site_block"), 0);

	/* blocks of one page each: there is an end to them, and those that recur are kept */
	article.block_hash_count = ARRAY_LEN(hashes);
	for (i = 7; i < 20; i++) {
		for (k = 1; k < 400; k++)
			hashes[k] = (uint64_t)(i * 1000 + k);
		read_on_site(i, &page);
	}
	assert_in_range(world_count(&world, "SELECT count(*) FROM site_block"), 1000, 3000);
	assert_int_equal(count_recurring(), 1);
}

static void blocks_recur(void **state)
{
	uint64_t hashes[] = {1, 2, 3, 3, UINT64_MAX};
	struct article article = {.text = "t",
		.block_hashes = hashes,
		.block_hash_count = ARRAY_LEN(hashes),
		.published = DATE_NONE};
	struct page_result page = {
		.outcome = PAGE_OK, .final_url = "https://www.a.example/x", .article = &article};
	struct arena arena = {0};
	const uint64_t *found;
	char guid[8], link[40];
	size_t count;

	(void)state;
	for (int i = 1; i <= 3; i++) {
		struct feed_entry entry = ENTRY(guid, link, guid, "<p>x</p>");
		struct poll_reply reply;

		snprintf(guid, sizeof(guid), "%d", i);
		snprintf(link, sizeof(link), "https://a.example/%d", i);
		reply = world_poll(&world, 1, &entry, 1);
		hashes[0] = (uint64_t)(100 + i);
		world_page(&world, reply.tasks[0].item_id, &page);
		poll_reply_finish(&reply);
	}
	assert_int_equal(
		site_blocks(world.store, "https://a.example/", &arena, &found, &count), STATUS_OK);
	assert_int_equal(count, 3);
	assert_int_equal(
		site_blocks(world.store, "https://b.example/", &arena, &found, &count), STATUS_OK);
	assert_int_equal(count, 0);
	arena_finish(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_item_once, setup, teardown),
		cmocka_unit_test_setup_teardown(changed_before_printed, setup, teardown),
		cmocka_unit_test_setup_teardown(found_again, setup, teardown),
		cmocka_unit_test_setup_teardown(notes, setup, teardown),
		cmocka_unit_test_setup_teardown(moves_are_told_once, setup, teardown),
		cmocka_unit_test_setup_teardown(walls_are_counted, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_rule_for_one_feed_drops_nothing_of_others, setup, teardown),
		cmocka_unit_test_setup_teardown(shared_items_have_their_section, setup, teardown),
		cmocka_unit_test_setup_teardown(rules_file_items, setup, teardown),
		cmocka_unit_test_setup_teardown(bodies_expire, setup, teardown),
		cmocka_unit_test_setup_teardown(blocks_recur, setup, teardown),
		cmocka_unit_test_setup_teardown(blocks_expire, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
