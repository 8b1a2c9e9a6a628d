/* log: a feed's last polls and what came of them. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/feed_waits.h"
#include "cli/json.h"
#include "cli/out.h"
#include "cli/when.h"
#include "core/clock.h"
#include "core/config_value.h"
#include "core/date.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "store/store.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#define SELECT_FEED                                                                  \
	"SELECT id, url, title, state, next_at, interval_s, failures FROM v_feed "   \
	"WHERE CAST(id AS TEXT) = ?1 OR url = ?1 OR instr(lower(title), lower(?1)) " \
	"ORDER BY CAST(id AS TEXT) = ?1 DESC, url = ?1 DESC, state = 'active' DESC, id LIMIT 1"

/* How its older documents are read, or were. */
#define SELECT_WALK                                                                    \
	"SELECT state, documents, items, coalesce(ended_at, due_at), error FROM walk " \
	"WHERE feed_id = ?1"

#define SELECT_PUSH                                                   \
	"SELECT hub, state, lease_until, items, delivered_at, error " \
	"FROM push WHERE feed_id = ?1"

#define SELECT_POLLS                                                                           \
	"SELECT at, outcome, http_status, new_items, bytes, duration_ms, error FROM poll_log " \
	"WHERE feed_id = ?1 ORDER BY at DESC, slot DESC"

struct polls {
	struct app *app;
	int64_t feed_id;
	size_t count;
	bool is_json;
	struct table table;
};

/* What a poll cost and said, in one cell; why it failed goes before everything else. */
static void print_poll(struct polls *polls, sqlite3_stmt *row)
{
	const char *outcome = (const char *)sqlite3_column_text(row, 1);
	bool is_good = str_eq(outcome, "ok") || str_eq(outcome, "not-modified");
	char text[WHEN_BYTES];

	table_cell(&polls->table, OUT_PLAIN,
		when_local(sqlite3_column_int64(row, 0), polls->app->config->timezone, text));
	table_cell(&polls->table, is_good ? OUT_GOOD : OUT_BAD, outcome);
	table_cell(&polls->table, OUT_PLAIN, (const char *)sqlite3_column_text(row, 2));
	table_cell_int(&polls->table, sqlite3_column_int64(row, 3));
	snprintf(text, sizeof(text), "%.1f", sqlite3_column_double(row, 4) / 1024);
	table_cell(&polls->table, OUT_PLAIN, text);
	table_cell_int(&polls->table, sqlite3_column_int64(row, 5));
	table_cell(&polls->table, OUT_PLAIN, (const char *)sqlite3_column_text(row, 6));
}

static void print_json(const struct polls *polls, sqlite3_stmt *row)
{
	json_t *object = json_object();

	json_add_int(object, "feed", polls->feed_id);
	json_add_time(object, "at", sqlite3_column_int64(row, 0));
	json_add_str(object, "outcome", (const char *)sqlite3_column_text(row, 1));
	json_add_int(object, "http_status", sqlite3_column_int64(row, 2));
	json_object_set_new(object, "new", json_integer(sqlite3_column_int64(row, 3)));
	json_object_set_new(object, "bytes", json_integer(sqlite3_column_int64(row, 4)));
	json_object_set_new(object, "duration_ms", json_integer(sqlite3_column_int64(row, 5)));
	json_add_str(object, "error", (const char *)sqlite3_column_text(row, 6));
	json_print_line(object);
}

static int print_polls(struct polls *polls)
{
	static const struct table_column columns[] = {{"when", false, FIT_WHOLE},
		{"outcome", false, FIT_DROP}, {"http", true, FIT_DROP}, {"new", true, FIT_WHOLE},
		{"KiB", true, FIT_DROP}, {"ms", true, FIT_DROP}, {"why", false, FIT_MAIN}};
	struct store *store = polls->app->store;
	sqlite3_stmt *row;
	bool has_row;
	enum status status = store_statement(store, SELECT_POLLS, &row);

	table_init(&polls->table, columns, ARRAY_LEN(columns));
	if (status == STATUS_OK)
		sqlite3_bind_int64(row, 1, polls->feed_id);
	while (status == STATUS_OK) {
		status = store_step(store, row, &has_row);
		if (status != STATUS_OK || !has_row)
			break;
		polls->count++;
		if (polls->is_json)
			print_json(polls, row);
		else
			print_poll(polls, row);
	}
	if (polls->count > 0 && !polls->is_json)
		table_print(&polls->table);
	if (status != STATUS_OK)
		return app_store_error(store, status);
	return out_finish();
}

static int no_such_feed(struct store *store, const char *name)
{
	struct nearest nearest = {.word = name};
	struct buf best = {0};
	sqlite3_stmt *row;
	bool has_row;

	if (store_statement(store, "SELECT url FROM v_feed WHERE state = 'active' LIMIT 20000",
		    &row) == STATUS_OK) {
		while (store_step(store, row, &has_row) == STATUS_OK && has_row) {
			nearest_offer(&nearest, (const char *)sqlite3_column_text(row, 0));
			/* The row's text dies with the next step. */
			if (nearest.best && nearest.best != best.data) {
				buf_clear(&best);
				buf_puts(&best, nearest.best);
				nearest.best = best.data;
			}
		}
	}
	cmd_error(0, "there is no feed '%s'%s%s%s", log_visible(name),
		best.len ? "; did you mean " : "; 'diurna feeds' lists them",
		log_visible(buf_text(&best)), best.len ? "?" : "");
	buf_finish(&best);
	return EXIT_NOTHING;
}

/* A line about the feed itself, above its polls. */
static void print_head(const struct polls *polls, sqlite3_stmt *row)
{
	int64_t next_at = sqlite3_column_int64(row, 4), now = clock_now();
	const char *state = (const char *)sqlite3_column_text(row, 3);
	int64_t interval = sqlite3_column_int64(row, 5);
	char next[WHEN_BYTES], every[WHEN_BYTES], *text;
	struct feed_row feed = {0};

	if (polls->is_json)
		return;
	out_line(stdout, 0, OUT_BOLD, log_visible((const char *)sqlite3_column_text(row, 2)));
	text = xasprintf("%lld, %s", (long long)polls->feed_id,
		log_visible((const char *)sqlite3_column_text(row, 1)));
	out_line(stdout, 0, OUT_PLAIN, text);
	free(text);
	if (!str_eq(state, "active"))
		text = xasprintf("%s: not polled any more", state);
	else /* a feed that was never read has no interval yet */
		text = xasprintf("next poll %s%s%s",
			next_at <= now ? "now" : when_ago(next_at, now, next),
			interval > 0 ? ", news is expected every " : "",
			interval > 0 ? date_span(interval, every) : "");
	out_line(stdout, 0, OUT_PLAIN, text);
	if (feed_get(polls->app->store, polls->feed_id, &feed) == STATUS_OK)
		feed_waits_print(polls->app, &feed, now);
	feed_row_finish(&feed);
	putchar('\n');
	free(text);
}

/* A line about the older documents that the feed leads to; nothing where it was never walked. */
static void print_walk(const struct polls *polls)
{
	struct store *store = polls->app->store;
	const char *state, *error, *said;
	char when[WHEN_BYTES];
	sqlite3_stmt *row;
	bool has_row = false;
	int64_t at;

	if (polls->is_json || store_statement(store, SELECT_WALK, &row) != STATUS_OK)
		return;
	sqlite3_bind_int64(row, 1, polls->feed_id);
	if (store_step(store, row, &has_row) != STATUS_OK || !has_row)
		return;
	state = (const char *)sqlite3_column_text(row, 0);
	at = sqlite3_column_int64(row, 3);
	error = (const char *)sqlite3_column_text(row, 4);
	said = str_eq(state, "open")      ? "entries may be missing, seen"
	       : str_eq(state, "waiting") ? "older documents are being read, the next"
					  : "older documents were read";
	printf("%s %s: %lld read with %lld new%s%s\n\n", said, when_ago(at, clock_now(), when),
		(long long)sqlite3_column_int64(row, 1), (long long)sqlite3_column_int64(row, 2),
		error ? "; " : "", error ? log_visible(error) : "");
	sqlite3_reset(row);
}

/* What its hub does; nothing where none was asked. */
static void print_push(const struct polls *polls)
{
	struct store *store = polls->app->store;
	const char *state, *error;
	char until[WHEN_BYTES], last[WHEN_BYTES];
	int64_t now = clock_now();
	sqlite3_stmt *row;
	bool has_row = false;

	if (polls->is_json || store_statement(store, SELECT_PUSH, &row) != STATUS_OK)
		return;
	sqlite3_bind_int64(row, 1, polls->feed_id);
	if (store_step(store, row, &has_row) != STATUS_OK || !has_row)
		return;
	state = (const char *)sqlite3_column_text(row, 1);
	error = (const char *)sqlite3_column_text(row, 5);
	printf("its hub %s ", log_visible((const char *)sqlite3_column_text(row, 0)));
	if (str_eq(state, "active") && sqlite3_column_int64(row, 2) > now)
		printf("tells of news until %s, brought %lld new, heard of last: %s",
			when_local(
				sqlite3_column_int64(row, 2), polls->app->config->timezone, until),
			(long long)sqlite3_column_int64(row, 3),
			when_ago(sqlite3_column_int64(row, 4), now, last));
	else
		printf("%s", str_eq(state, "denied")    ? "does not want to tell of news"
			     : str_eq(state, "leaving") ? "is asked to tell no longer"
			     : str_eq(state, "asked")   ? "was asked to tell of news"
							: "is to be asked to tell of news");
	printf("%s%s%s\n\n", error ? " (" : "", error ? log_visible(error) : "", error ? ")" : "");
	sqlite3_reset(row);
}

static int find_and_print(struct polls *polls, const char *name)
{
	struct store *store = polls->app->store;
	sqlite3_stmt *row;
	bool has_row = false;
	enum status status = store_statement(store, SELECT_FEED, &row);

	if (status == STATUS_OK) {
		sqlite3_bind_text(row, 1, name, -1, SQLITE_STATIC);
		status = store_step(store, row, &has_row);
	}
	if (status != STATUS_OK)
		return app_store_error(store, status);
	if (!has_row)
		return no_such_feed(store, name);
	polls->feed_id = sqlite3_column_int64(row, 0);
	print_head(polls, row);
	print_walk(polls);
	print_push(polls);
	return print_polls(polls);
}

int cmd_log(int argc, char **argv)
{
	static const struct option options[] = {{"format", required_argument, NULL, 'f'}, {0}};
	const char *format = "table";
	struct app app = {0};
	struct polls polls = {.app = &app};
	int code;

	while ((code = cmd_option(argc, argv, "f:", options)) != -1) {
		if (code != 'f')
			return EX_USAGE;
		format = optarg;
	}
	if (cmd_choice("--format", format, (const char *const[]){"table", "json", NULL}) < 0)
		return EX_USAGE;
	if (optind != argc - 1)
		return cmd_usage_error(
			"one feed is needed: its number, URL or a part of its title; "
			"'diurna feeds' lists them");
	polls.is_json = str_eq(format, "json");
	code = app_open_store(&app);
	if (code == EX_OK && !polls.is_json)
		out_page();
	if (code == EX_OK)
		code = find_and_print(&polls, argv[optind]);
	if (code == EX_OK && polls.count == 0) {
		cmd_note("It was not polled yet; 'diurna poll %s' does it now.",
			log_visible(argv[optind]));
		code = EXIT_NOTHING;
	}
	app_close(&app);
	return code;
}
