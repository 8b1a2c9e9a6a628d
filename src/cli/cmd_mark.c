/* mark: what a reader says of items: starred, read, labels. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "store/labels.h"
#include "store/reading.h"

#include <getopt.h>
#include <stdlib.h>
#include <sysexits.h>

struct marks {
	enum reading_mark star, read; /* MARK_NONE: not asked for */
	const char **put, **taken;    /* labels, into argv */
	size_t put_count, taken_count;
	int64_t *ids;
	size_t count;
	int64_t missing; /* one that is not there; 0: all are */
};

static enum status mark_item(struct store *store, const struct marks *marks, int64_t id)
{
	int64_t now = clock_now();
	enum status status = reading_mark(store, &id, 1, marks->star, now);
	size_t i;

	if (status == STATUS_OK)
		status = reading_mark(store, &id, 1, marks->read, now);
	for (i = 0; status == STATUS_OK && i < marks->put_count; i++)
		status = label_put(store, id, marks->put[i], now);
	for (i = 0; status == STATUS_OK && i < marks->taken_count; i++)
		status = label_take(store, id, marks->taken[i]);
	return status;
}

static enum status mark_all(struct store *store, void *context)
{
	struct marks *marks = context;
	enum status status = STATUS_OK;
	bool is_there;
	size_t i;

	for (i = 0; status == STATUS_OK && i < marks->count; i++) {
		status = reading_has(store, marks->ids[i], &is_there);
		if (status == STATUS_OK && !is_there)
			marks->missing = marks->ids[i];
	}
	for (i = 0; status == STATUS_OK && !marks->missing && i < marks->count; i++)
		status = mark_item(store, marks, marks->ids[i]);
	return status;
}

static int read_options(int argc, char **argv, struct marks *marks)
{
	static const struct option options[] = {{"star", no_argument, NULL, 's'},
		{"unstar", no_argument, NULL, 'S'}, {"read", no_argument, NULL, 'r'},
		{"unread", no_argument, NULL, 'R'}, {"label", required_argument, NULL, 'l'},
		{"unlabel", required_argument, NULL, 'L'}, {0}};
	bool is_bad = false;
	int c;

	while ((c = cmd_option(argc, argv, "", options)) != -1) {
		switch (c) {
		case 's':
		case 'S':
			is_bad = is_bad || (marks->star != MARK_NONE);
			marks->star = c == 's' ? MARK_STARRED : MARK_UNSTARRED;
			break;
		case 'r':
		case 'R':
			is_bad = is_bad || (marks->read != MARK_NONE);
			marks->read = c == 'r' ? MARK_READ : MARK_UNREAD;
			break;
		case 'l':
			if (!label_is_good(optarg))
				return cmd_usage_error(
					"\"%s\" is no label; %s", log_visible(optarg), LABEL_MEANT);
			marks->put[marks->put_count++] = optarg;
			break;
		case 'L': marks->taken[marks->taken_count++] = optarg; break;
		default: return EX_USAGE;
		}
	}
	if (is_bad)
		return cmd_usage_error("an item is starred or not, read or not: one of each pair");
	if (marks->star == MARK_NONE && marks->read == MARK_NONE && marks->put_count == 0 &&
		marks->taken_count == 0)
		return cmd_usage_error(
			"nothing to mark with; --star, --read or --label NAME was meant");
	return EX_OK;
}

static int read_ids(int argc, char **argv, struct marks *marks)
{
	uint64_t id;
	int k;

	if (optind == argc)
		return cmd_usage_error("the number of an item is needed; 'diurna query' tells it");
	for (k = optind; k < argc; k++) {
		if (!str_to_u64(argv[k], INT64_MAX, &id))
			return cmd_usage_error(
				"'%s' is no number of an item; 'diurna query --match %s' looks for it",
				log_visible(argv[k]), log_visible(argv[k]));
		marks->ids[marks->count++] = (int64_t)id;
	}
	return EX_OK;
}

int cmd_mark(int argc, char **argv)
{
	size_t most = (size_t)argc;
	struct marks marks = {.star = MARK_NONE,
		.read = MARK_NONE,
		.put = xcalloc(most, sizeof(*marks.put)),
		.taken = xcalloc(most, sizeof(*marks.taken)),
		.ids = xcalloc(most, sizeof(*marks.ids))};
	struct app app = {0};
	int code = read_options(argc, argv, &marks);

	if (code == EX_OK)
		code = read_ids(argc, argv, &marks);
	if (code == EX_OK)
		code = app_change_store(&app, mark_all, &marks);
	if (code == EX_OK && marks.missing)
		code = cmd_error(EXIT_NOTHING,
			"there is no item %lld, and nothing was marked; 'diurna query' lists numbers",
			(long long)marks.missing);
	app_close(&app);
	free(marks.put);
	free(marks.taken);
	free(marks.ids);
	return code;
}
