/* labels: which there are, and how many items have each; --rename and --remove change one. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/json.h"
#include "cli/out.h"
#include "cli/when.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "store/labels.h"

#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

struct listing {
	struct table table;
	size_t count;
	bool is_json;
};

static void on_label(void *context, const struct label *label)
{
	struct listing *listing = context;
	char when[WHEN_BYTES];
	json_t *object;

	listing->count++;
	if (!listing->is_json) {
		table_cell(&listing->table, OUT_PLAIN, label->name);
		table_cell_int(&listing->table, label->items);
		table_cell_int(&listing->table, label->unread);
		table_cell(&listing->table, OUT_PLAIN, when_ago(label->at, clock_now(), when));
		return;
	}
	object = json_object();
	json_add_str(object, "label", label->name);
	json_object_set_new(object, "items", json_integer(label->items));
	json_object_set_new(object, "unread", json_integer(label->unread));
	json_add_time(object, "last", label->at);
	json_print_line(object);
}

static int list_labels(struct app *app, bool is_json)
{
	static const struct table_column columns[] = {{"label", false, FIT_MAIN},
		{"items", true, FIT_WHOLE}, {"unread", true, FIT_WHOLE}, {"last", false, FIT_DROP}};
	struct listing listing = {.is_json = is_json};
	enum status status;

	table_init(&listing.table, columns, ARRAY_LEN(columns));
	status = labels_list(app->store, clock_now(), on_label, &listing);
	if (status == STATUS_OK && !is_json && listing.count)
		table_print(&listing.table);
	if (status != STATUS_OK)
		return app_store_error(app->store, status);
	if (listing.count)
		return out_finish();
	if (out_is_terminal())
		cmd_note("No item has a label yet; 'diurna mark --label NAME ID' gives one.");
	return EXIT_NOTHING;
}

struct change {
	const char *from, *to; /* to NULL: it goes */
	int64_t count;         /* items that had it */
};

static enum status change_label(struct store *store, void *context)
{
	struct change *change = context;

	return change->to ? label_rename(store, change->from, change->to, &change->count)
			  : label_remove(store, change->from, &change->count);
}

static int run_change(struct app *app, struct change *change)
{
	int code = app_change_store(app, change_label, change);
	const char *have;

	if (code == EX_OK && change->count == 0)
		return cmd_error(EXIT_NOTHING,
			"no item has the label \"%s\"; 'diurna labels' lists them",
			log_visible(change->from));
	have = change->count == 1 ? "item has" : "items have";
	if (code == EX_OK && change->to)
		cmd_note("%lld %s \"%s\" now.", (long long)change->count, have,
			log_visible(change->to));
	else if (code == EX_OK)
		cmd_note("%lld %s lost it.", (long long)change->count, have);
	return code;
}

int cmd_labels(int argc, char **argv)
{
	static const struct option options[] = {{"format", required_argument, NULL, 'F'},
		{"rename", required_argument, NULL, 'm'}, {"remove", required_argument, NULL, 'r'},
		{0}};
	static const char *const formats[] = {"table", "json", NULL};
	const char *old = NULL, *gone = NULL;
	struct change change = {0};
	struct app app = {0};
	int c, code, format = 0;

	while ((c = cmd_option(argc, argv, "", options)) != -1) {
		switch (c) {
		case 'F':
			format = cmd_choice("--format", optarg, formats);
			if (format < 0)
				return EX_USAGE;
			break;
		case 'm': old = optarg; break;
		case 'r': gone = optarg; break;
		default: return EX_USAGE;
		}
	}
	if (old && gone)
		return cmd_usage_error("--rename and --remove do not go together");
	if (optind + (old != NULL) != argc)
		return cmd_usage_error(
			old ? "--rename OLD wants one new name behind it"
			    : "there is too much on the line; 'diurna mark' labels items");
	change = (struct change){old ? old : gone, old ? argv[optind] : NULL, 0};
	if (change.to && !label_is_good(change.to))
		return cmd_usage_error(
			"\"%s\" is no label; %s", log_visible(change.to), LABEL_MEANT);
	if (change.from) {
		code = run_change(&app, &change);
	} else {
		code = app_open_store(&app);
		if (code == EX_OK)
			code = list_labels(&app, format == 1);
	}
	app_close(&app);
	return code;
}
