#include "store/relevance.h"

#include "core/mem.h"
#include "store/fts.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static sqlite3 *db;

static void run(const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static int setup(void **state)
{
	(void)state;
	if (sqlite3_open(":memory:", &db) != SQLITE_OK || fts_register(db) != STATUS_OK)
		return -1;
	run("CREATE VIRTUAL TABLE item USING fts5 (text, title, tokenize = 'diurna')");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return sqlite3_close(db) != SQLITE_OK;
}

/* What rating makes of a row that the query finds. */
static double rate(const char *rating, const char *query, int64_t row)
{
	char *sql = xasprintf("SELECT %s FROM item WHERE item MATCH '%s' AND rowid = %d", rating,
		query, (int)row);
	sqlite3_stmt *s = NULL;
	double rate;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	rate = sqlite3_column_double(s, 0);
	sqlite3_finalize(s);
	free(sql);
	return rate;
}

static void is_bm25(void **state)
{
	/* by hand */
	static const struct {
		const char *rating, *query;
		int64_t row;
		double rate;
	} rates[] = {
		{"relevance(item, 1.0, 6.0)", "war OR peace", 1, -2.099635},
		{"relevance(item, 1.0, 6.0)", "war OR peace", 2, -0.787955},
		{"relevance(item, 1.0, 6.0)", "war OR peace", 4, -0.646476},
		{"relevance(item)", "sea", 2, -0.405460},
		{"relevance(item)", "sea", 3, -0.405460},
		{"relevance(item)", "sea", 4, -0.332659},
	};
	size_t i;

	(void)state;
	run("INSERT INTO item VALUES ('war and peace and peace', 'war'), ('peace', 'the sea'), "
	    "('the sea', 'sails'), ('the sea at war', 'news')");
	for (i = 0; i < ARRAY_LEN(rates); i++)
		assert_float_equal(
			rate(rates[i].rating, rates[i].query, rates[i].row), rates[i].rate, 1e-5);
}

/* Word wN stands in every Nth row, in the title in every third of them. */
static void fill(int rows)
{
	char *sql = xasprintf(
		"WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT %d), "
		"word (w) AS (VALUES (2), (3), (5), (7), (70), (1400)) INSERT INTO item (rowid, text, "
		"title) SELECT n, (SELECT coalesce(group_concat('w' || w || CASE n %% 4 WHEN 0 THEN "
		"' and' ELSE '' END, ' '), 'none') FROM word WHERE n %% w = 0), (SELECT "
		"group_concat('w' || w, ' ') FROM word WHERE n %% (3 * w) = 0) FROM number",
		rows);

	run(sql);
	free(sql);
}

/* The rows that a query finds, the best first, the newer of two that are as good. */
static char *order(const char *rating, const char *query)
{
	char *sql = xasprintf("SELECT group_concat(id) FROM (SELECT rowid AS id, round(%s, 9) AS r "
			      "FROM item WHERE item MATCH '%s' ORDER BY r, rowid DESC)",
		rating, query);
	sqlite3_stmt *s = NULL;
	char *ids;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK || sqlite3_step(s) != SQLITE_ROW)
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	ids = xstrdup((const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
	free(sql);
	return ids;
}

/* Of one phrase: how two are weighed against each other is our formula's. */
static void rows_stand_as_by_the_function_of_fts5(void **state)
{
	static const char *const queries[] = {"w7", "w70", "w5", "title:w3", "\"w5 w7\""};
	size_t i;

	(void)state;
	fill(2100);
	for (i = 0; i < ARRAY_LEN(queries); i++) {
		char *is = order("relevance(item, 1.0, 6.0)", queries[i]);
		char *other = order("bm25(item, 1.0, 6.0)", queries[i]);

		assert_true(strlen(is) > 20);
		assert_string_equal(is, other);
		free(is);
		free(other);
	}
}

/* What is so common that only the first of its rows are looked at is as rare as it is. */
static void common_words_are_estimated(void **state)
{
	static const int common[] = {2, 5, 7};
	const int rows = 6 * RELEVANCE_SAMPLE;
	size_t i;

	(void)state;
	fill(rows);
	for (i = 0; i < ARRAY_LEN(common); i++) {
		/* Both words once in the same row: what differs is how rare they are. */
		char *query = xasprintf("w%d", common[i]);
		double having = rows / common[i], rare = rows / 1400;
		double share = rate("relevance(item)", query, 2800) /
			       rate("relevance(item)", "w1400", 2800);

		assert_float_equal(share,
			log(1 + (rows - having + 0.5) / (having + 0.5)) /
				log(1 + (rows - rare + 0.5) / (rare + 0.5)),
			1e-3);
		free(query);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(is_bm25, setup, teardown),
		cmocka_unit_test_setup_teardown(
			rows_stand_as_by_the_function_of_fts5, setup, teardown),
		cmocka_unit_test_setup_teardown(common_words_are_estimated, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
