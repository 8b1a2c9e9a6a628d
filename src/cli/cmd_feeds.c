/* feeds: what is polled, and how each does. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/feed_health.h"
#include "cli/json.h"
#include "cli/out.h"
#include "cli/when.h"
#include "core/clock.h"
#include "core/date.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "store/feeds.h"
#include "store/store.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* A feed is said to have its texts cut short when one in so many is. */
enum { CUT_SHARE = 3 };

enum { SPARK_DAYS = 14, NARROW = 130 }; /* columns of a terminal */

/*
 * Entries a feed a day, the youngest day last, and of how many there is only a beginning. What is
 * ready or dropped is found by an index each, not by a look at all that ever came.
 */
#define PUBLISHED "coalesce(published_at, first_seen_at)"
#define RECENT(state)                                                             \
	"SELECT id, feed_id, " PUBLISHED " AS at FROM item WHERE state = '" state \
	"' AND " PUBLISHED " > ?1 - 14 * 86400 AND " PUBLISHED " <= ?1"
static const char select_days[] =
	"SELECT feed_id, (?1 - at) / 86400, count(*), total(is_truncated) "
	"FROM (" RECENT("ready") " UNION ALL " RECENT(
		"dropped") ") AS recent "
			   "LEFT JOIN article ON article.item_id = recent.id GROUP BY 1, 2 ORDER BY 1";

struct rhythm {
	int64_t feed_id;
	int64_t days[SPARK_DAYS];
	int64_t entries, cut_short; /* in all these days */
};

struct feeds {
	struct rhythm *rhythms; /* by feed_id */
	size_t rhythm_count, rhythm_space;
	bool has_hidden; /* what ails a feed was left out */
	bool is_narrow;  /* the table leaves out what can be asked for otherwise */
	sqlite3_stmt *row;
	int64_t now;
	bool only_troubled, wants_all;
	size_t count;
};

static const char *text_of(const struct feeds *feeds, int column)
{
	return (const char *)sqlite3_column_text(feeds->row, column);
}

static int64_t int_of(const struct feeds *feeds, int column)
{
	return sqlite3_column_int64(feeds->row, column);
}

static const char *health(const struct feeds *feeds)
{
	return feed_health(feeds->row, feeds->now);
}

static int by_feed(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = ((const struct rhythm *)b)->feed_id;

	return (x > y) - (x < y);
}

/* NULL: nothing came in these days. */
static const struct rhythm *rhythm_of(const struct feeds *feeds, int64_t id)
{
	return feeds->rhythm_count == 0 ? NULL
					: bsearch(&id, feeds->rhythms, feeds->rhythm_count,
						  sizeof(*feeds->rhythms), by_feed);
}

static void trouble(const struct feeds *feeds, char *to, size_t space)
{
	const struct rhythm *rhythm = rhythm_of(feeds, int_of(feeds, COL_ID));

	feed_trouble(feeds->row, feeds->now, to, space);
	if (!to[0] && rhythm && rhythm->cut_short * CUT_SHARE >= rhythm->entries &&
		rhythm->cut_short > 0)
		snprintf(to, space, "%lld of %lld texts cut short", (long long)rhythm->cut_short,
			(long long)rhythm->entries);
}

static enum status load_rhythms(struct app *app, struct feeds *feeds)
{
	struct rhythm *last = NULL;
	sqlite3_stmt *row;
	bool has_row;
	enum status status = store_statement(app->store, select_days, &row);

	if (status == STATUS_OK)
		sqlite3_bind_int64(row, 1, feeds->now);
	while (status == STATUS_OK) {
		status = store_step(app->store, row, &has_row);
		if (status != STATUS_OK || !has_row)
			break;
		if (!last || last->feed_id != sqlite3_column_int64(row, 0)) {
			ARRAY_GROW(feeds->rhythms, feeds->rhythm_count, feeds->rhythm_space);
			last = &feeds->rhythms[feeds->rhythm_count++];
			*last = (struct rhythm){.feed_id = sqlite3_column_int64(row, 0)};
		}
		last->days[SPARK_DAYS - 1 - sqlite3_column_int64(row, 1)] =
			sqlite3_column_int64(row, 2);
		last->entries += sqlite3_column_int64(row, 2);
		last->cut_short += sqlite3_column_int64(row, 3);
	}
	return status;
}

/* A bar a day, the tallest for the feed's best day; figures where bars cannot be shown. */
static const char *spark(const struct feeds *feeds, int64_t id, char text[4 * SPARK_DAYS])
{
	static const char *const bars[] = {"\xC2\xB7", "\xE2\x96\x81", "\xE2\x96\x82",
		"\xE2\x96\x83", "\xE2\x96\x84", "\xE2\x96\x85", "\xE2\x96\x86", "\xE2\x96\x87",
		"\xE2\x96\x88"};
	static const char *const figures[] = {".", "1", "2", "3", "4", "5", "6", "7", "8"};
	const char *const *steps = out_is_utf8() ? bars : figures;
	const struct rhythm *rhythm = rhythm_of(feeds, id);
	int64_t most = 0;
	int i;

	text[0] = '\0';
	for (i = 0; rhythm && i < SPARK_DAYS; i++)
		most = rhythm->days[i] > most ? rhythm->days[i] : most;
	for (i = 0; i < SPARK_DAYS; i++)
		strcat(text, steps[most == 0 ? 0 : (rhythm->days[i] * 8 + most - 1) / most]);
	return text;
}

static const struct table_column columns[] = {{"id", true, FIT_WHOLE}, {"health", false, FIT_WHOLE},
	{"title", false, FIT_MAIN}, {"section", false, FIT_CUT}, {"14 days", false, FIT_WHOLE},
	{"a week", true, FIT_WHOLE}, {"items", true, FIT_WHOLE}, {"quality", true, FIT_DROP},
	{"last success", false, FIT_WHOLE}, {"next poll", false, FIT_WHOLE},
	{"trouble", false, FIT_CUT}};
static const struct table_column narrow_columns[] = {{"id", true, FIT_WHOLE},
	{"health", false, FIT_WHOLE}, {"title", false, FIT_MAIN}, {"section", false, FIT_CUT},
	{"14 days", false, FIT_DROP}, {"next poll", false, FIT_DROP}};
static const struct table_column narrow_troubled_columns[] = {{"id", true, FIT_WHOLE},
	{"health", false, FIT_WHOLE}, {"title", false, FIT_MAIN}, {"trouble", false, FIT_MAIN}};

/* What is due and has not been asked yet is late, not "3 min ago". */
static const char *next_poll(const struct feeds *feeds, char text[WHEN_BYTES])
{
	if (!str_eq(text_of(feeds, COL_STATE), "active"))
		return "";
	if (int_of(feeds, COL_NEXT) <= feeds->now)
		return "now";
	return date_span(int_of(feeds, COL_NEXT) - feeds->now, text);
}

static void print_row(struct feeds *feeds, struct table *table)
{
	const char *word = health(feeds), *section = text_of(feeds, COL_SECTION);
	bool is_bad = str_eq(word, "failing") || str_eq(word, "gone");
	char text[WHEN_BYTES], bars[4 * SPARK_DAYS], why[512];

	trouble(feeds, why, sizeof(why));
	table_cell_int(table, int_of(feeds, COL_ID));
	table_cell(table, is_bad ? OUT_BAD : str_eq(word, "ok") ? OUT_GOOD : OUT_PLAIN, word);
	table_cell(table, OUT_PLAIN, text_of(feeds, COL_TITLE));
	if (feeds->is_narrow && feeds->only_troubled) {
		table_cell(table, OUT_PLAIN, why);
		return;
	}
	table_cell(table, OUT_PLAIN, section ? section : "Other");
	table_cell(table, OUT_PLAIN, spark(feeds, int_of(feeds, COL_ID), bars));
	if (!feeds->is_narrow) {
		snprintf(text, sizeof(text), "%.1f", sqlite3_column_double(feeds->row, COL_WEEK));
		table_cell(table, OUT_PLAIN, text);
		table_cell_int(table, int_of(feeds, COL_ITEMS));
		text[0] = '\0';
		if (sqlite3_column_type(feeds->row, COL_QUALITY) != SQLITE_NULL)
			snprintf(text, sizeof(text), "%.2f",
				sqlite3_column_double(feeds->row, COL_QUALITY));
		table_cell(table, OUT_PLAIN, text);
		table_cell(
			table, OUT_PLAIN, when_ago(int_of(feeds, COL_LAST_OK), feeds->now, text));
	}
	table_cell(table, OUT_PLAIN, next_poll(feeds, text));
	if (!feeds->is_narrow)
		table_cell(table, OUT_PLAIN, why);
	feeds->has_hidden |= feeds->is_narrow && *why && !str_eq(word, "ok");
}

static void add_time(json_t *object, const char *name, int64_t time_s)
{
	json_add_time(object, name, time_s ? time_s : DATE_NONE);
}

static void print_json(struct feeds *feeds)
{
	const struct rhythm *rhythm = rhythm_of(feeds, int_of(feeds, COL_ID));
	json_t *object = json_object();

	json_add_int(object, "id", int_of(feeds, COL_ID));
	json_add_str(object, "url", text_of(feeds, COL_URL));
	json_add_str(object, "title", text_of(feeds, COL_TITLE));
	json_add_str(object, "section", text_of(feeds, COL_SECTION));
	json_add_str(object, "state", text_of(feeds, COL_STATE));
	json_add_str(object, "health", health(feeds));
	json_add_str(object, "outcome",
		int_of(feeds, COL_LAST_POLL) ? text_of(feeds, COL_OUTCOME) : NULL);
	json_add_int(object, "http_status", int_of(feeds, COL_STATUS));
	json_add_str(object, "error", text_of(feeds, COL_ERROR));
	json_add_str(object, "fetch_url", text_of(feeds, COL_FETCH_URL));
	json_add_str(object, "moved_to", text_of(feeds, COL_MOVED_TO));
	json_add_str(object, "hub", text_of(feeds, COL_HUB));
	add_time(object, "push_until", int_of(feeds, COL_PUSH_UNTIL));
	add_time(object, "gap", int_of(feeds, COL_GAP));
	json_add_str(object, "gap_reason", text_of(feeds, COL_GAP_REASON));
	add_time(object, "last_poll", int_of(feeds, COL_LAST_POLL));
	add_time(object, "last_ok", int_of(feeds, COL_LAST_OK));
	add_time(object, "last_new", int_of(feeds, COL_LAST_NEW));
	add_time(object, "next", int_of(feeds, COL_NEXT));
	add_time(object, "failing_since", int_of(feeds, COL_FAILING));
	json_add_int(object, "failures", int_of(feeds, COL_FAILURES));
	json_add_int(object, "interval_s", int_of(feeds, COL_INTERVAL));
	json_object_set_new(
		object, "entries_week", json_real(sqlite3_column_double(feeds->row, COL_WEEK)));
	json_object_set_new(object, "items", json_integer(int_of(feeds, COL_ITEMS)));
	json_object_set_new(object, "polls", json_integer(int_of(feeds, COL_POLLS)));
	json_object_set_new(object, "bytes", json_integer(int_of(feeds, COL_BYTES)));
	if (sqlite3_column_type(feeds->row, COL_QUALITY) != SQLITE_NULL)
		json_object_set_new(object, "quality",
			json_real(sqlite3_column_double(feeds->row, COL_QUALITY)));
	if (rhythm)
		json_object_set_new(object, "cut_short", json_integer(rhythm->cut_short));
	json_print_line(object);
}

static bool is_shown(const struct feeds *feeds)
{
	const char *word = health(feeds);

	if (str_eq(word, "unsubscribed") && !feeds->wants_all)
		return false;
	return !feeds->only_troubled || !(str_eq(word, "ok") || str_eq(word, "new"));
}

static int list_feeds(struct app *app, struct feeds *feeds, bool is_json)
{
	struct table table;
	enum status status;
	bool has_row;

	if (feeds->is_narrow && feeds->only_troubled)
		table_init(&table, narrow_troubled_columns, ARRAY_LEN(narrow_troubled_columns));
	else if (feeds->is_narrow)
		table_init(&table, narrow_columns, ARRAY_LEN(narrow_columns));
	else
		table_init(&table, columns, ARRAY_LEN(columns));
	status = load_rhythms(app, feeds);
	if (status == STATUS_OK)
		status = store_statement(app->store, SELECT_FEEDS, &feeds->row);
	while (status == STATUS_OK) {
		status = store_step(app->store, feeds->row, &has_row);
		if (status != STATUS_OK || !has_row)
			break;
		if (!is_shown(feeds))
			continue;
		feeds->count++;
		if (is_json)
			print_json(feeds);
		else
			print_row(feeds, &table);
	}
	if (feeds->count > 0 && !is_json)
		table_print(&table);
	if (feeds->has_hidden && !is_json)
		out_line(stdout, 0, OUT_PLAIN,
			"\n'diurna feeds --troubled' tells what the trouble is.");
	if (status != STATUS_OK)
		return app_store_error(app->store, status);
	return out_finish();
}

int cmd_feeds(int argc, char **argv)
{
	static const struct option options[] = {{"format", required_argument, NULL, 'f'},
		{"troubled", no_argument, NULL, 't'}, {"all", no_argument, NULL, 'a'}, {0}};
	struct feeds feeds = {.now = clock_now()};
	const char *format = "table";
	struct app app = {0};
	int c, code;

	while ((c = cmd_option(argc, argv, "f:ta", options)) != -1) {
		switch (c) {
		case 'f': format = optarg; break;
		case 't': feeds.only_troubled = true; break;
		case 'a': feeds.wants_all = true; break;
		default: return EX_USAGE;
		}
	}
	if (cmd_choice("--format", format, (const char *const[]){"table", "json", NULL}) < 0)
		return EX_USAGE;
	if (optind != argc)
		return cmd_usage_error(
			"it takes no arguments; 'diurna log FEED' is about one feed");
	code = app_open_store(&app);
	if (code == EX_OK && str_eq(format, "table"))
		out_page();
	feeds.is_narrow = out_is_terminal() && out_columns() < NARROW;
	if (code == EX_OK)
		code = list_feeds(&app, &feeds, str_eq(format, "json"));
	if (code == EX_OK && feeds.count == 0) {
		cmd_note(feeds.only_troubled
				 ? "No feed is in trouble."
				 : "There are no feeds yet; 'diurna subscribe ADDRESS' adds one.");
		code = EXIT_NOTHING;
	}
	free(feeds.rhythms);
	app_close(&app);
	return code;
}
