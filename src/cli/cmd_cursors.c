/* cursors: how far each reader of query --new-for has come; --set and --remove move one. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/json.h"
#include "cli/out.h"
#include "cli/when.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/str.h"
#include "store/cursors.h"
#include "store/query.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

struct listing {
	struct app *app;
	struct table table;
	size_t count;
	bool is_json;
};

static int64_t count_waiting(struct store *store, int64_t seq)
{
	static const char sql[] = "SELECT count(*) FROM arrival WHERE seq > ?1 AND kind = 0";
	sqlite3_stmt *s;
	int64_t count = 0;

	if (store_statement(store, sql, &s) == STATUS_OK) {
		sqlite3_bind_int64(s, 1, seq);
		if (sqlite3_step(s) == SQLITE_ROW)
			count = sqlite3_column_int64(s, 0);
		sqlite3_reset(s);
	}
	return count;
}

static void on_cursor(void *context, const char *name, int64_t seq, int64_t at)
{
	struct listing *listing = context;
	int64_t waiting = count_waiting(listing->app->store, seq);
	char when[WHEN_BYTES];
	json_t *object;

	listing->count++;
	if (!listing->is_json) {
		table_cell(&listing->table, OUT_PLAIN, name);
		table_cell_int(&listing->table, seq);
		table_cell_int(&listing->table, waiting);
		table_cell(&listing->table, OUT_PLAIN, when_ago(at, clock_now(), when));
		return;
	}
	object = json_object();
	json_add_str(object, "name", name);
	json_object_set_new(object, "seq", json_integer(seq));
	json_object_set_new(object, "waiting", json_integer(waiting));
	json_add_time(object, "moved", at);
	json_print_line(object);
}

static int list_cursors(struct app *app, bool is_json)
{
	static const struct table_column columns[] = {{"reader", false, FIT_MAIN},
		{"seq", true, FIT_WHOLE}, {"waiting", true, FIT_WHOLE},
		{"moved", false, FIT_WHOLE}};
	struct listing listing = {.app = app, .is_json = is_json};
	enum status status;

	table_init(&listing.table, columns, sizeof(columns) / sizeof(columns[0]));
	status = cursors_list(app->store, on_cursor, &listing);
	if (status == STATUS_OK && !is_json && listing.count)
		table_print(&listing.table);
	if (status != STATUS_OK)
		return app_store_error(app->store, status);
	if (listing.count)
		return out_finish();
	if (out_is_terminal())
		cmd_note("No reader has a place yet; 'diurna query --new-for NAME' makes one.");
	return EXIT_NOTHING;
}

/* place: a number of an arrival, "start", or "now". */
static int set_cursor(struct app *app, const char *name, const char *place)
{
	enum status status = STATUS_OK;
	uint64_t number = 0;
	int64_t last = 0, seq = 0;

	if (!str_eq(place, "start"))
		status = arrivals_last(app->store, &last);
	if (str_eq(place, "now"))
		seq = last;
	else if (str_to_u64(place, INT64_MAX, &number))
		seq = (int64_t)number;
	else if (!str_eq(place, "start"))
		return cmd_usage_error(
			"'%s' is no place; the number of an arrival (seq), start or now "
			"was meant",
			log_visible(place));
	if (status == STATUS_OK && seq > last)
		return cmd_usage_error("there is no arrival %lld yet, the last is %lld; %s would "
				       "miss what comes until then",
			(long long)seq, (long long)last, name);
	if (status == STATUS_OK)
		status = cursor_set(app->store, name, -1, seq, clock_now());
	if (status != STATUS_OK)
		return cmd_error(status == STATUS_BUSY ? EX_TEMPFAIL : EX_IOERR,
			"the place of %s cannot be kept: %s", name, status_text(status));
	return EX_OK;
}

static int remove_cursor(struct app *app, const char *name)
{
	enum status status = cursor_remove(app->store, name);

	if (status == STATUS_NOT_FOUND)
		return cmd_error(
			EXIT_NOTHING, "there is no reader %s; 'diurna cursors' lists them", name);
	if (status != STATUS_OK)
		return cmd_error(status == STATUS_BUSY ? EX_TEMPFAIL : EX_IOERR,
			"%s cannot be removed: %s", name, status_text(status));
	return EX_OK;
}

int cmd_cursors(int argc, char **argv)
{
	static const struct option options[] = {{"format", required_argument, NULL, 'F'},
		{"set", required_argument, NULL, 's'}, {"remove", required_argument, NULL, 'r'},
		{0}};
	static const char *const formats[] = {"table", "json", NULL};
	const char *set = NULL, *gone = NULL;
	struct app app = {0};
	int c, code, format = 0;

	while ((c = cmd_option(argc, argv, "", options)) != -1) {
		switch (c) {
		case 'F':
			format = cmd_choice("--format", optarg, formats);
			if (format < 0)
				return EX_USAGE;
			break;
		case 's': set = optarg; break;
		case 'r': gone = optarg; break;
		default: return EX_USAGE;
		}
	}
	if (set && gone)
		return cmd_usage_error("--set and --remove do not go together");
	if (optind + (set != NULL) != argc)
		return cmd_usage_error(set ? "--set NAME wants one place: a number of an arrival, "
					     "start or now"
					   : "there is too much on the line");
	if ((set && !cursor_name_is_good(set)) || (gone && !cursor_name_is_good(gone)))
		return cmd_usage_error(
			"a reader's name is of letters (a to z), digits and . _ - @ :, at most %d",
			CURSOR_NAME_BYTES);
	code = app_open_store(&app);
	if (code == EX_OK)
		code = set    ? set_cursor(&app, set, argv[optind])
		       : gone ? remove_cursor(&app, gone)
			      : list_cursors(&app, format == 1);
	app_close(&app);
	return code;
}
