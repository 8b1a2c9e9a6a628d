#include "world.h"

#include "core/buf.h"
#include "core/file.h"
#include "core/mem.h"
#include "store/aliases.h"
#include "store/fts.h"
#include "store/query.h"
#include "store/woven.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A fresh store in world, and one of an older version beside it. */
static struct world world;
static char old_path[128], copy_path[160];

/* The statements of tests/store/version-N.sql, then more. */
static void make_version(int version, const char *more)
{
	char *name = xasprintf("%s/store/version-%d.sql", getenv("DIURNA_TEST_DIR"), version);
	struct buf script = {0};
	sqlite3 *db = NULL;

	assert_int_equal(file_read(name, 1 << 20, &script), STATUS_OK);
	snprintf(copy_path, sizeof(copy_path), "%s.version-%d", old_path, version);
	buf_printf(&script, "PRAGMA journal_mode = WAL; PRAGMA user_version = %d;", version);
	buf_printf(&script, "PRAGMA application_id = %d;", SCHEMA_APPLICATION);
	buf_puts(&script, more);
	assert_int_equal(sqlite3_open(old_path, &db), SQLITE_OK);
	assert_int_equal(fts_register(db), STATUS_OK);
	if (sqlite3_exec(db, buf_text(&script), NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", name, sqlite3_errmsg(db));
	sqlite3_close(db);
	buf_finish(&script);
	free(name);
}

static void make_old(const char *more)
{
	make_version(1, more);
}

static int setup(void **state)
{
	(void)state;
	world_init(&world, 1);
	snprintf(old_path, sizeof(old_path), "%s/old", world.folder);
	return 0;
}

static int teardown(void **state)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", ".version-1", ".version-2",
		".version-3", ".version-4", ".version-5"};
	char name[160];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		snprintf(name, sizeof(name), "%s%s", old_path, suffixes[i]);
		unlink(name);
	}
	world_finish(&world);
	return 0;
}

static struct store *open_old(enum store_mode mode)
{
	struct store *store;
	char *why = NULL;

	if (store_open(old_path, mode, &store, &why) != STATUS_OK)
		fail_msg("%s", why);
	return store;
}

/* A statement without its comments, quotes of names and white space that means nothing. */
static void put_normal(const char *sql, struct buf *to)
{
	for (const char *s = sql; *s; s++) {
		if (s[0] == '-' && s[1] == '-')
			s += strcspn(s, "\n");
		if (*s == '"')
			continue;
		if (*s && !isspace((unsigned char)*s)) {
			buf_putc(to, *s);
			continue;
		}
		if (to->len && !strchr(" (,\n", to->data[to->len - 1]))
			buf_putc(to, ' ');
		if (!*s)
			break;
	}
}

/* No white space before a parenthesis or comma either. */
static void tighten(struct buf *text)
{
	size_t len = 0;

	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] == ' ' && i + 1 < text->len && strchr("(),", text->data[i + 1]))
			continue;
		text->data[len++] = text->data[i];
	}
	text->len = len;
	text->data[len] = '\0';
}

static void put_schema(struct store *store, struct buf *to)
{
	sqlite3_stmt *s = NULL;

	assert_int_equal(sqlite3_prepare_v2(store_db(store),
				 "SELECT type || ' ' || name || ': ' || coalesce(sql, '') "
				 "FROM sqlite_schema ORDER BY type, name",
				 -1, &s, NULL),
		SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		put_normal(sql_text(s, 0), to);
		buf_putc(to, '\n');
	}
	sqlite3_finalize(s);
	tighten(to);
}

static void first_difference(const char *have, const char *want)
{
	while (*have && *have == *want) {
		size_t line = strcspn(have, "\n");

		if (strncmp(have, want, line + 1) != 0)
			break;
		have += line + 1;
		want += line + 1;
	}
	if (*have || *want)
		fail_msg("the migrated schema has\n%.*s\nthe fresh one\n%.*s",
			(int)strcspn(have, "\n"), have, (int)strcspn(want, "\n"), want);
}

static void compare_schema(int version)
{
	struct buf have = {0}, want = {0};
	struct store *store;

	make_version(version, "");
	store = open_old(STORE_WRITE);
	put_schema(store, &have);
	put_schema(world.store, &want);
	first_difference(buf_text(&have), buf_text(&want));
	store_close(store);
	buf_finish(&have);
	buf_finish(&want);
}

static void schema_is_that_of_a_fresh_store(void **state)
{
	(void)state;
	compare_schema(1);
}

static void schema_from_version_2_too(void **state)
{
	(void)state;
	compare_schema(2);
}

static void schema_from_version_3_too(void **state)
{
	(void)state;
	compare_schema(3);
}

static void schema_from_version_4_too(void **state)
{
	(void)state;
	compare_schema(4);
}

static void schema_from_version_5_too(void **state)
{
	(void)state;
	compare_schema(5);
}

/* Every row of every table of the older version, by the columns that they had then. */
static void put_rows(sqlite3 *db, sqlite3 *of_columns, bool has_markup, struct buf *to)
{
	sqlite3_stmt *tables = NULL, *rows = NULL;

	/*
	 * HTML is made of the text now, where there is markup for it; keys have no month, and who
	 * holds a text is told since version 4
	 */
	assert_int_equal(
		sqlite3_prepare_v2(of_columns,
			"SELECT m.name, (SELECT group_concat(CASE "
			"WHEN c.name = 'html' AND m.name = 'article' THEN ?1 "
			"WHEN c.name = 'html' AND m.name = 'revision' THEN ?2 "
			"WHEN c.name = 'content' AND ?4 AND NOT EXISTS (SELECT 1 FROM "
			"pragma_table_info(m.name) WHERE name = 'content_markup') THEN ?3 "
			"ELSE 'quote(\"' || c.name || '\")' END, "
			"' || ''|'' || ') FROM pragma_table_info(m.name) AS c "
			"WHERE c.name NOT IN ('month', 'markup', 'has_body')) "
			"FROM sqlite_schema AS m WHERE m.type = 'table' "
			"AND m.name NOT GLOB 'item_fts*' AND m.name NOT GLOB 'sqlite_*' ORDER BY 1",
			-1, &tables, NULL),
		SQLITE_OK);
	sqlite3_bind_text(tables, 1,
		has_markup ? "quote(" WOVEN_HTML("article") ")" : "quote(html)", -1, SQLITE_STATIC);
	sqlite3_bind_text(tables, 2,
		has_markup ? "quote(" WOVEN_HTML("revision") ")" : "quote(html)", -1,
		SQLITE_STATIC);
	sqlite3_bind_text(tables, 3,
		"(SELECT quote(" WOVEN("content_markup", "text",
			"content") ") FROM (SELECT 1) "
				   "LEFT JOIN article ON article.item_id = item_body.item_id)",
		-1, SQLITE_STATIC);
	sqlite3_bind_int(tables, 4, db != of_columns);
	while (sqlite3_step(tables) == SQLITE_ROW) {
		char *sql = xasprintf("SELECT %s FROM \"%s\" ORDER BY 1", sql_text(tables, 1),
			sql_text(tables, 0));
		size_t before = to->len;

		if (sqlite3_prepare_v2(db, sql, -1, &rows, NULL) != SQLITE_OK)
			fail_msg("%s: %s", sql, sqlite3_errmsg(db));
		while (sqlite3_step(rows) == SQLITE_ROW)
			buf_printf(to, "%s: %s\n", sql_text(tables, 0), sql_text(rows, 0));
		sqlite3_finalize(rows);
		if (to->len == before)
			fail_msg("the older store has no row in %s", sql_text(tables, 0));
		free(sql);
	}
	sqlite3_finalize(tables);
}

static bool count_line(void *context, const struct item_line *line)
{
	(void)line;
	(*(int *)context)++;
	return true;
}

static void compare_rows(int version)
{
	struct item_query query = {.match = "wachst"};
	struct buf have = {0}, want = {0};
	struct store *store;
	sqlite3 *copy = NULL;
	int found = 0;

	make_version(version, "");
	store = open_old(STORE_WRITE);
	assert_int_equal(sqlite3_open(copy_path, &copy), SQLITE_OK);
	assert_int_equal(fts_register(copy), STATUS_OK);
	put_rows(copy, copy, version >= 3, &want);
	put_rows(store_db(store), copy, true, &have);
	first_difference(buf_text(&have), buf_text(&want));
	assert_int_equal(item_query_run(store, &query, count_line, &found, NULL), STATUS_OK);
	assert_int_equal(found, 1);
	sqlite3_close(copy);
	store_close(store);
	buf_finish(&have);
	buf_finish(&want);
}

static void nothing_is_lost(void **state)
{
	(void)state;
	compare_rows(1);
}

static void nothing_of_version_2_is_lost(void **state)
{
	(void)state;
	compare_rows(2);
}

static void nothing_of_version_3_is_lost(void **state)
{
	(void)state;
	compare_rows(3);
}

static void nothing_of_version_4_is_lost(void **state)
{
	(void)state;
	compare_rows(4);
}

static void nothing_of_version_5_is_lost(void **state)
{
	(void)state;
	compare_rows(5);
}

static int64_t count_in(struct store *store, const char *sql)
{
	int64_t value;

	assert_int_equal(sql_int(store, sql, &value, ""), STATUS_OK);
	return value;
}

static void words_are_stored_once(void **state)
{
	struct store *store;

	(void)state;
	make_version(2, "");
	store = open_old(STORE_WRITE);
	assert_int_equal(count_in(store, "SELECT count(*) FROM article WHERE html IS NULL "
					 "AND markup NOT LIKE '%hinsieht%'"),
		1);
	assert_int_equal(count_in(store, "SELECT count(*) FROM revision WHERE html IS NULL "
					 "AND markup IS NOT NULL"),
		1);
	assert_int_equal(count_in(store, "SELECT count(*) FROM v_item WHERE html LIKE "
					 "'<p>Die <a href=%größer,_<em>und niemand%</p>'"),
		1);
	assert_int_equal(count_in(store, "SELECT page_size FROM pragma_page_size"), 2048);
	assert_int_equal(count_in(store, "SELECT count(*) FROM pragma_journal_mode "
					 "WHERE journal_mode = 'wal'"),
		1);
	store_close(store);
}

/* What an edition has printed belongs to it from now on. */
static void editions_hold_their_texts(void **state)
{
	struct store *store;

	(void)state;
	make_version(3, "");
	store = open_old(STORE_WRITE);
	assert_int_equal(count_in(store, "SELECT has_body FROM item WHERE id = 1"), 2);
	assert_int_equal(count_in(store, "SELECT has_body FROM item WHERE id = 2"), 1);
	assert_int_equal(count_in(store, "SELECT count(*) FROM edition WHERE state = 'kept'"), 1);
	assert_int_equal(count_in(store, "SELECT count(*) FROM edition_source WHERE edition_id = 1 "
					 "AND feed_id = 1 AND title = 'A'"),
		1);
	store_close(store);
}

/* What a feed gave in full is woven from the article that it gave; what waits for a page is not. */
static void so_are_those_of_entries(void **state)
{
	struct store *store;

	(void)state;
	make_version(3, "");
	store = open_old(STORE_WRITE);
	assert_int_equal(count_in(store, "SELECT count(*) FROM item_body WHERE content IS NULL "
					 "AND content_markup LIKE '%<b>%' "
					 "AND length(content_markup) < 120"),
		1);
	assert_int_equal(
		count_in(store, "SELECT count(*) FROM item_body WHERE content IS NOT NULL"), 2);
	assert_in_range(count_in(store, "SELECT body_bytes FROM item WHERE id = 1"), 600, 900);
	assert_int_equal(count_in(store, "SELECT body_bytes FROM item WHERE id = 2"), 18 + 11 + 18);
	store_close(store);
}

/* Nothing that is known comes back as new after a change of what addresses are the same. */
static void addresses_are_made_canonical_again(void **state)
{
	struct arena arena = {0};
	struct store *store;
	int64_t id;

	(void)state;
	make_old("UPDATE item SET canonical = 'https://www.a.example/1/' WHERE id = 1;"
		 "UPDATE item SET canonical = 'https://a.example/1' WHERE id = 2;"
		 "UPDATE item SET canonical = 'https://m.b.example/3/amp' WHERE id = 3;"
		 "INSERT INTO item_alias VALUES ('https://b.example/third/index.html', 3),"
		 "('https://www.a.example/1/amp', 3);");
	store = open_old(STORE_WRITE);
	assert_int_equal(
		canonical_find(store, canonical_identity("http://b.example/3", &arena), &id, NULL),
		STATUS_OK);
	assert_int_equal(id, 3);
	assert_int_equal(
		canonical_find(store, canonical_identity("https://www.b.example/third/", &arena),
			&id, NULL),
		STATUS_OK);
	assert_int_equal(id, 3);
	assert_int_equal(
		canonical_find(store, canonical_identity("http://a.example/1/", &arena), &id, NULL),
		STATUS_OK);
	assert_int_equal(id, 2);
	arena_finish(&arena);
	store_close(store);
}

/* What version 5 writes into the schema by hand: a state that there is not is refused as before. */
static void states_are_still_checked(void **state)
{
	static const char *const wrong[] = {
		"UPDATE item SET state = 'red' WHERE id = 1",
		"UPDATE item SET page_state = 'red' WHERE id = 1",
		"UPDATE feed SET state = 'red' WHERE id = 1",
	};
	struct store *store;

	(void)state;
	make_version(4, "");
	store_close(open_old(STORE_WRITE));
	store = open_old(STORE_WRITE);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(sqlite3_exec(store_db(store), wrong[i], NULL, NULL, NULL) & 0xFF,
			SQLITE_CONSTRAINT);
	assert_int_equal(count_in(store, "SELECT count(*) FROM pragma_integrity_check "
					 "WHERE integrity_check = 'ok'"),
		1);
	store_close(store);
}

static void twice_is_once(void **state)
{
	struct store *store;

	(void)state;
	make_old("");
	store_close(open_old(STORE_WRITE));
	assert_int_equal(unlink(copy_path), 0);
	store = open_old(STORE_WRITE);
	assert_int_not_equal(access(copy_path, F_OK), 0);
	store_close(store);
}

static void readers_wait_for_the_writer(void **state)
{
	struct store *store;
	char *why;

	(void)state;
	make_old("");
	assert_int_equal(store_open(old_path, STORE_READ, &store, &why), STATUS_OLDER);
	assert_non_null(strstr(why, "diurnad brings it forward"));
	free(why);
	store_close(open_old(STORE_WRITE));
	store_close(open_old(STORE_READ));
}

/* A step that fails leaves the store as it was, and its copy beside it. */
static void all_or_nothing(void **state)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *s = NULL;
	struct store *store;
	char *why;

	(void)state;
	make_old("CREATE TABLE rule (name TEXT);");
	assert_int_equal(store_open(old_path, STORE_WRITE, &store, &why), STATUS_SYNTAX);
	assert_non_null(strstr(why, "rule"));
	free(why);
	assert_int_equal(access(copy_path, F_OK), 0);
	assert_int_equal(sqlite3_open(old_path, &db), SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(db, "SELECT count(*) FROM v_item", -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(s, 0), 3);
	sqlite3_finalize(s);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &s, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	assert_int_equal(sqlite3_column_int(s, 0), 1);
	sqlite3_finalize(s);
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(schema_is_that_of_a_fresh_store, setup, teardown),
		cmocka_unit_test_setup_teardown(schema_from_version_2_too, setup, teardown),
		cmocka_unit_test_setup_teardown(schema_from_version_3_too, setup, teardown),
		cmocka_unit_test_setup_teardown(schema_from_version_4_too, setup, teardown),
		cmocka_unit_test_setup_teardown(schema_from_version_5_too, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_is_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_of_version_2_is_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_of_version_3_is_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_of_version_4_is_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_of_version_5_is_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(states_are_still_checked, setup, teardown),
		cmocka_unit_test_setup_teardown(editions_hold_their_texts, setup, teardown),
		cmocka_unit_test_setup_teardown(words_are_stored_once, setup, teardown),
		cmocka_unit_test_setup_teardown(so_are_those_of_entries, setup, teardown),
		cmocka_unit_test_setup_teardown(
			addresses_are_made_canonical_again, setup, teardown),
		cmocka_unit_test_setup_teardown(twice_is_once, setup, teardown),
		cmocka_unit_test_setup_teardown(readers_wait_for_the_writer, setup, teardown),
		cmocka_unit_test_setup_teardown(all_or_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
