#include "world.h"

#include "core/mem.h"
#include "store/recover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static void open_second(void **state)
{
	struct store *second;
	char *why;

	(void)state;
	assert_int_equal(store_open(world.path, STORE_WRITE, &second, &why), STATUS_BUSY);
	assert_non_null(strstr(why, world.path));
	free(why);
	assert_int_equal(store_open(world.path, STORE_READ, &second, &why), STATUS_OK);
	assert_null(why);
	store_close(second);
}

static void fail_line(void *context, const char *line)
{
	(void)context;
	fail_msg("%s", line);
}

static int64_t count_of(struct store *store, const char *sql)
{
	int64_t count = -1;

	assert_int_equal(sql_int(store, sql, &count, ""), STATUS_OK);
	return count;
}

/* Not under another name either, and not once all that stands beside the file is gone. */
static void nothing_beside_the_file_is_its_lock(void **state)
{
	static const char *const endings[] = {".lock", "-wal", "-shm"};
	struct store *second;
	char path[128], *why;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
		snprintf(path, sizeof(path), "%s%s", world.path, endings[i]);
		unlink(path);
	}
	assert_int_equal(store_open(world.path, STORE_WRITE, &second, &why), STATUS_BUSY);
	free(why);
	snprintf(path, sizeof(path), "%s.copy", world.path);
	assert_int_equal(link(world.path, path), 0);
	assert_int_equal(store_open(path, STORE_WRITE, &second, &why), STATUS_BUSY);
	free(why);
	unlink(path);
}

/* What is committed goes along with the file; nothing more is, until it is back. */
static void a_file_that_is_moved_is_not_written(void **state)
{
	struct feed_entry entry = ENTRY("1", "https://a.example/1", "One", "<p>text</p>");
	struct poll_reply reply = world_poll(&world, 1, &entry, 1);
	struct store *copy;
	char path[128];

	(void)state;
	poll_reply_finish(&reply);
	snprintf(path, sizeof(path), "%s.copy", world.path);
	assert_int_equal(rename(world.path, path), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(store_begin(world.store), STATUS_IO);
		assert_non_null(strstr(store_error(world.store), "put this one back"));
	}
	assert_int_equal(store_open(path, STORE_READ, &copy, NULL), STATUS_OK);
	assert_int_equal(store_check(copy, NULL, fail_line, NULL), STATUS_OK);
	assert_int_equal(count_of(copy, "SELECT count(*) FROM item"), 1);
	store_close(copy);
	assert_int_equal(rename(path, world.path), 0);
	entry.id = "2", entry.url = "https://a.example/2", entry.title = "Two";
	reply = world_poll(&world, 1, &entry, 1);
	poll_reply_finish(&reply);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM item"), 2);
}

static void open_strange(void **state)
{
	struct store *store;
	char path[128];
	FILE *file;
	char *why;

	(void)state;
	snprintf(path, sizeof(path), "%s.copy", world.path);
	assert_int_equal(store_open(path, STORE_READ, &store, &why), STATUS_NOT_FOUND);
	free(why);
	file = fopen(path, "w");
	for (int i = 0; i < 1000; i++)
		fputs("this is no database\n", file);
	fclose(file);
	assert_int_equal(store_open(path, STORE_READ, &store, &why), STATUS_CORRUPT);
	assert_non_null(strstr(why, path));
	free(why);
}

static void open_newer(void **state)
{
	struct store *store;
	char *why;

	(void)state;
	assert_int_equal(
		sqlite3_exec(store_db(world.store), "PRAGMA user_version = 99", NULL, NULL, NULL),
		SQLITE_OK);
	store_close(world.store);
	assert_int_equal(store_open(world.path, STORE_WRITE, &store, &why), STATUS_NEWER);
	assert_non_null(strstr(why, "99"));
	free(why);
	assert_int_equal(store_open(world.path, STORE_READ, &store, &why), STATUS_NEWER);
	free(why);
	world.store = NULL;
}

static void settings(void **state)
{
	char *value;

	(void)state;
	assert_int_equal(store_setting_get(world.store, "x", &value), STATUS_OK);
	assert_null(value);
	assert_int_equal(store_setting_set(world.store, "x", "1"), STATUS_OK);
	assert_int_equal(store_setting_set(world.store, "x", "2"), STATUS_OK);
	assert_int_equal(store_setting_get(world.store, "x", &value), STATUS_OK);
	assert_string_equal(value, "2");
	free(value);
	assert_int_equal(store_setting_set(world.store, "x", NULL), STATUS_OK);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM setting"), 0);
}

static void count_feed(void *context, const struct feed_brief *feed)
{
	assert_non_null(feed->fetch_url);
	(*(int *)context)++;
}

static void subscriptions_change(void **state)
{
	struct subscription list[] = {{"https://feed2.example/feed", "Second", NULL},
		{"https://new.example/feed", NULL, "Fresh"}};
	struct subscriptions subs = {.list = list, .count = 2};
	int count = 0;

	(void)state;
	assert_int_equal(feeds_load(world.store, count_feed, &count), STATUS_OK);
	assert_int_equal(count, 2);
	assert_int_equal(feeds_sync(world.store, &world.config, &subs, world.now), STATUS_OK);
	count = 0;
	assert_int_equal(feeds_load(world.store, count_feed, &count), STATUS_OK);
	assert_int_equal(count, 2);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM feed WHERE state = 'unsubscribed'"), 1);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM v_feed WHERE title = 'Second' "
					     "AND section = 'Other'"),
		1);

	assert_int_equal(feeds_sync(world.store, &world.config, &subs, world.now), STATUS_OK);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM section WHERE is_current"), 2);
}

static void poll_in_flight_does_not_subscribe(void **state)
{
	struct subscriptions none = {.count = 0};

	(void)state;
	assert_int_equal(feeds_sync(world.store, &world.config, &none, world.now), STATUS_OK);
	world_poll(&world, 1, NULL, 0);
	assert_int_equal(
		world_count(&world, "SELECT count(*) FROM feed WHERE state = 'unsubscribed'"), 2);
}

static void quiet_poll_is_two_writes(void **state)
{
	struct poll_result result = {.feed_id = 1,
		.outcome = POLL_NOT_MODIFIED,
		.is_repeat = true,
		.next_at = 4711,
		.max_age_s = -1,
		.bytes = 99};
	struct poll_reply reply;
	int before, after;

	(void)state;
	world_poll(&world, 1, NULL, 0);
	before = sqlite3_total_changes(store_db(world.store));
	world_poll(&world, 1, NULL, 0);
	after = sqlite3_total_changes(store_db(world.store));
	assert_int_equal(after - before, 2);
	for (int i = 0; i < 120; i++)
		world_poll(&world, 1, NULL, 0);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM poll_log"), 50);
	assert_int_equal(world_count(&world, "SELECT polls FROM feed WHERE id = 1"), 122);
	/* Nothing modified, again: one write, and the log keeps what it has. */
	result.at = world.now + 5;
	before = sqlite3_total_changes(store_db(world.store));
	assert_int_equal(poll_record(world.store, &world.config, &result, &reply), STATUS_OK);
	assert_int_equal(sqlite3_total_changes(store_db(world.store)) - before, 1);
	assert_int_equal(
		world_count(&world, "SELECT polls = 123 AND last_ok_at = last_poll_at AND "
				    "next_at = 4711 AND bytes >= 99 FROM feed WHERE id = 1"),
		1);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM poll_log"), 50);
}

static void validators(void **state)
{
	uint8_t hash[32] = {1, 2, 3};
	struct poll_result result = {.feed_id = 1,
		.at = world.now,
		.has_validators = true,
		.etag = "\"a\"",
		.last_modified = "then",
		.body_hash = hash,
		.max_age_s = 60,
		.next_at = 7,
		.failures = 2,
		.failing_since = 5,
		.outcome = POLL_HTTP_ERROR,
		.http_status = 503,
		.error = "HTTP 503"};
	struct poll_reply reply;
	struct feed_row row;

	(void)state;
	assert_int_equal(poll_record(world.store, &world.config, &result, &reply), STATUS_OK);
	result = (struct poll_result){.feed_id = 1, .max_age_s = -1, .at = world.now};
	assert_int_equal(poll_record(world.store, &world.config, &result, &reply), STATUS_OK);
	assert_int_equal(feed_get(world.store, 1, &row), STATUS_OK);
	assert_string_equal(row.etag, "\"a\"");
	assert_string_equal(row.last_modified, "then");
	assert_memory_equal(row.body_hash, hash, 32);
	assert_int_equal(row.max_age_s, 60);
	assert_string_equal(row.fetch_url, row.url);
	assert_null(row.error);
	feed_row_finish(&row);
	result.has_validators = true;
	assert_int_equal(poll_record(world.store, &world.config, &result, &reply), STATUS_OK);
	assert_int_equal(feed_get(world.store, 1, &row), STATUS_OK);
	assert_null(row.etag);
	feed_row_finish(&row);
	assert_int_equal(feed_get(world.store, 77, &row), STATUS_NOT_FOUND);
	result.feed_id = 77;
	assert_int_equal(
		poll_record(world.store, &world.config, &result, &reply), STATUS_NOT_FOUND);
}

static void count_line(void *context, const char *line)
{
	(void)line;
	(*(int *)context)++;
}

/* What a watch was told last, and how often. */
struct told {
	const char *what;
	double share;
	int count;
};

static void on_share(void *context, const char *what, double share)
{
	struct told *told = context;

	if (told->what && strcmp(told->what, what) == 0)
		assert_true(share >= told->share);
	assert_true(share >= 0 && share <= 1);
	*told = (struct told){what, share, told->count + 1};
}

static void long_work_tells_how_far_it_is(void **state)
{
	struct feed_entry entries[60];
	struct poll_reply reply;
	struct told told = {0};
	struct store_watch watch = {on_share, &told};
	struct recovery recovery;
	char path[128], names[ARRAY_LEN(entries)][24], urls[ARRAY_LEN(entries)][48], *why = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(entries); i++) {
		snprintf(names[i], sizeof(names[i]), "Number %zu", i);
		snprintf(urls[i], sizeof(urls[i]), "https://a.example/%zu", i);
		entries[i] = (struct feed_entry)ENTRY(names[i], urls[i], names[i], "<p>text</p>");
	}
	reply = world_poll(&world, 1, entries, ARRAY_LEN(entries));
	poll_reply_finish(&reply);
	assert_int_equal(store_check(world.store, &watch, fail_line, NULL), STATUS_OK);
	assert_string_equal(told.what, "checking");
	assert_true(told.count > 10 && told.share > 0.9);
	snprintf(path, sizeof(path), "%s.copy", world.path);
	told = (struct told){0};
	assert_int_equal(store_backup(world.store, path, &watch), STATUS_OK);
	assert_string_equal(told.what, "copying");
	assert_true(told.share > 0.99 && told.count > 0);
	/* Nobody is told after the end. */
	told.count = 0;
	assert_int_equal(store_check(world.store, NULL, fail_line, NULL), STATUS_OK);
	assert_int_equal(told.count, 0);
	/* A sound store is looked at only. */
	assert_int_equal(store_recover(path, &recovery, &why, &watch), STATUS_EXISTS);
	assert_string_equal(told.what, "checking");
	recovery_finish(&recovery);
	free(why);
}

static void backup_and_check(void **state)
{
	struct feed_entry entry = ENTRY("1", "https://a.example/1", "One", "<p>text</p>");
	struct poll_reply reply = world_poll(&world, 1, &entry, 1);
	struct store *copy;
	char path[128];
	int lines = 0;

	(void)state;
	poll_reply_finish(&reply);
	assert_int_equal(store_check(world.store, NULL, fail_line, NULL), STATUS_OK);
	snprintf(path, sizeof(path), "%s.copy", world.path);
	assert_int_equal(store_backup(world.store, path, NULL), STATUS_OK);
	assert_int_equal(store_open(path, STORE_READ, &copy, NULL), STATUS_OK);
	assert_int_equal(store_check(copy, NULL, fail_line, NULL), STATUS_OK);
	store_close(copy);
	sqlite3_exec(
		store_db(world.store), "UPDATE item SET page_state = 'none'", NULL, NULL, NULL);
	assert_int_equal(store_check(world.store, NULL, count_line, &lines), STATUS_CORRUPT);
	assert_int_equal(lines, 1);
}

/* Each of these leaves something for the check to find. */
static void check_finds_damage(void **state)
{
	static const char *const damage[] = {
		"UPDATE item SET seq = NULL WHERE id = 1",
		"UPDATE item SET seq = 77 WHERE id = 1",
		"UPDATE item SET state = 'dropped' WHERE id = 1",
		"DELETE FROM arrival WHERE item_id = 1",
		"INSERT INTO arrival (item_id, kind, at) VALUES (1, 0, 1)",
		("INSERT INTO item_fts (item_fts, rowid, title, text, author) "
		 "SELECT 'delete', id, title, text, author FROM item_words WHERE item_id = 1"),
		"INSERT INTO item_fts (rowid, title) VALUES (99, 'nothing')",
		"UPDATE item SET has_body = 0 WHERE id = 1",
		"UPDATE item SET story_id = 5 WHERE id = 1",
		"DELETE FROM sighting WHERE item_id = 1",
		"UPDATE item SET published_at = 'yesterday'",
		"UPDATE item SET title = x'00'",
		"UPDATE arrival SET at = 1.5",
		"DROP INDEX item_published",
		"DROP VIEW v_item",
		"DROP TABLE cursor",
		"ALTER TABLE cursor RENAME COLUMN at TO at_that_time",
		"DELETE FROM item_fts_data WHERE id > 10",
	};
	struct feed_entry entry = ENTRY("1", "https://a.example/1", "One", "<p>text</p>");
	struct poll_reply reply = world_poll(&world, 1, &entry, 1);

	(void)state;
	poll_reply_finish(&reply);
	world_fail_pages(&world);
	for (size_t i = 0; i < ARRAY_LEN(damage); i++) {
		int lines = 0;

		assert_int_equal(store_check(world.store, NULL, fail_line, NULL), STATUS_OK);
		assert_int_equal(store_begin(world.store), STATUS_OK);
		if (sqlite3_exec(store_db(world.store), damage[i], NULL, NULL, NULL) != SQLITE_OK)
			fail_msg("%s: %s", damage[i], store_error(world.store));
		if (store_check(world.store, NULL, count_line, &lines) != STATUS_CORRUPT ||
			lines == 0)
			fail_msg("not found: %s", damage[i]);
		store_rollback(world.store);
	}
}

static void hosts_and_robots(void **state)
{
	struct host_row host = {(char *)(uintptr_t) "a.example", 99, 2};
	int64_t fetched_at;
	int status;
	char *body;

	(void)state;
	assert_int_equal(host_record(world.store, &host), STATUS_OK);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM host"), 1);
	host.paused_until = host.strikes = 0;
	assert_int_equal(host_record(world.store, &host), STATUS_OK);
	assert_int_equal(world_count(&world, "SELECT count(*) FROM host"), 0);
	assert_int_equal(robots_get(world.store, "https://a.example", &status, &body, &fetched_at),
		STATUS_NOT_FOUND);
	robots_record(world.store, "https://a.example", 200, "User-agent: *\n", 5);
	assert_int_equal(robots_get(world.store, "https://a.example", &status, &body, &fetched_at),
		STATUS_OK);
	assert_string_equal(body, "User-agent: *\n");
	assert_int_equal(fetched_at, 5);
	free(body);
}

/* What runs for every entry, page and poll must find its rows by an index. */
static void indexes_are_used(void **state)
{
	static const char *const often[] = {
		"SELECT 1 FROM sighting JOIN item ON item.id = sighting.item_id "
		"WHERE sighting.feed_id = 1 AND sighting.guid = 'x'",
		"SELECT id FROM item WHERE canonical = 'x' UNION ALL "
		"SELECT item_id FROM item_alias WHERE canonical = 'x'",
		"SELECT id FROM item WHERE content_hash = x'00' AND id <> 1",
		"SELECT id FROM item WHERE page_state = 'waiting' ORDER BY page_due_at",
		"UPDATE sighting SET item_id = 2 WHERE item_id = 1",
		"SELECT hash FROM site_block WHERE site = 'x' AND pages > 2",
		"SELECT 1 FROM edition_update WHERE item_id = 1 AND revision = 0",
		"SELECT max(seq) FROM arrival WHERE item_id = 1",
		"DELETE FROM item WHERE id = 1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(often); i++) {
		char *sql = xasprintf("EXPLAIN QUERY PLAN %s", often[i]);
		sqlite3_stmt *s = NULL;

		assert_int_equal(
			sqlite3_prepare_v2(store_db(world.store), sql, -1, &s, NULL), SQLITE_OK);
		while (sqlite3_step(s) == SQLITE_ROW) {
			const char *step = (const char *)sqlite3_column_text(s, 3);

			if ((strncmp(step, "SCAN", 4) == 0 && !strstr(step, "USING")) ||
				strstr(step, "TEMP B-TREE"))
				fail_msg("%s: %s", often[i], step);
		}
		sqlite3_finalize(s);
		free(sql);
	}
}

static void names_of_outcomes(void **state)
{
	char text[64];

	(void)state;
	for (int i = 0; i < POLL_OUTCOMES; i++) {
		assert_non_null(poll_outcome_name((enum poll_outcome)i));
		assert_true(poll_outcome_text((enum poll_outcome)i, 503, text)[0] != '\0');
	}
	assert_string_equal(poll_outcome_text(POLL_HTTP_ERROR, 503, text), "HTTP 503");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(open_second, setup, teardown),
		cmocka_unit_test_setup_teardown(
			nothing_beside_the_file_is_its_lock, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_file_that_is_moved_is_not_written, setup, teardown),
		cmocka_unit_test_setup_teardown(open_strange, setup, teardown),
		cmocka_unit_test_setup_teardown(open_newer, setup, teardown),
		cmocka_unit_test_setup_teardown(settings, setup, teardown),
		cmocka_unit_test_setup_teardown(subscriptions_change, setup, teardown),
		cmocka_unit_test_setup_teardown(poll_in_flight_does_not_subscribe, setup, teardown),
		cmocka_unit_test_setup_teardown(quiet_poll_is_two_writes, setup, teardown),
		cmocka_unit_test_setup_teardown(validators, setup, teardown),
		cmocka_unit_test_setup_teardown(long_work_tells_how_far_it_is, setup, teardown),
		cmocka_unit_test_setup_teardown(backup_and_check, setup, teardown),
		cmocka_unit_test_setup_teardown(check_finds_damage, setup, teardown),
		cmocka_unit_test_setup_teardown(hosts_and_robots, setup, teardown),
		cmocka_unit_test_setup_teardown(indexes_are_used, setup, teardown),
		cmocka_unit_test_setup_teardown(names_of_outcomes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
