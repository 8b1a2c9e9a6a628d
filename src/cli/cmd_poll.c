/* poll: now, by the daemon or without one. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/out.h"
#include "cli/polling.h"
#include "core/config_value.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "store/feeds.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

/* For a daemon that is started for it; to be freed. */
static const char **arguments(bool is_forced, char **feeds, int count)
{
	const char **args = xcalloc((size_t)count + 3, sizeof(*args));
	int i, n = 0;

	args[n++] = "--once";
	if (is_forced)
		args[n++] = "--force";
	for (i = 0; i < count; i++)
		args[n++] = feeds[i];
	return args;
}

/* By its address in the configuration and its lists, or by its number in the store. */
static bool is_subscribed(const struct app *app, const char *name, struct nearest *nearest)
{
	struct feed_row row = {0};
	bool is_active;
	uint64_t id;
	size_t i;

	for (i = 0; i < app->subs.count; i++) {
		if (str_eq(app->subs.list[i].url, name))
			return true;
		nearest_offer(nearest, app->subs.list[i].url);
	}
	if (!app->store || !str_to_u64(name, INT64_MAX, &id))
		return false;
	is_active = feed_get(app->store, (int64_t)id, &row) == STATUS_OK &&
		    row.state != FEED_UNSUBSCRIBED;
	feed_row_finish(&row);
	return is_active;
}

static int check_names(struct app *app, char **names, int count)
{
	int i, code = EX_OK;

	if (count == 0)
		return EX_OK;
	app_load_subscriptions(app);
	if (store_open(app->config->store_path, STORE_READ, &app->store, NULL) != STATUS_OK)
		app->store = NULL; /* there are no numbers yet, or who polls will say why not */
	for (i = 0; i < count; i++) {
		struct nearest nearest = {.word = names[i]};

		if (!is_subscribed(app, names[i], &nearest))
			code = cmd_error(EXIT_NOTHING, "%s is not subscribed%s%s%s",
				log_visible(names[i]),
				nearest.best ? "; did you mean "
					     : "; 'diurna feeds' lists numbers and URLs",
				nearest.best ? log_visible(nearest.best) : "",
				nearest.best ? "?" : "");
	}
	return code;
}

int cmd_poll(int argc, char **argv)
{
	static const struct option options[] = {{"force", no_argument, NULL, 'f'}, {0}};
	struct polling polling;
	char polled[OUT_COUNT_BYTES], fresh[OUT_COUNT_BYTES];
	struct app app = {0};
	bool is_forced = false;
	const char **args;
	json_t *feeds, *request;
	int c, i, code;

	while ((c = cmd_option(argc, argv, "f", options)) != -1) {
		if (c != 'f')
			return EX_USAGE;
		is_forced = true;
	}
	code = app_open_config(&app);
	if (code == EX_OK)
		code = check_names(&app, argv + optind, argc - optind);
	if (code != EX_OK) {
		app_close(&app);
		return code;
	}
	feeds = json_array();
	for (i = optind; i < argc; i++)
		json_array_append_new(feeds, json_string(argv[i]));
	request =
		json_pack("{s:s, s:o, s:b}", "command", "poll", "feeds", feeds, "force", is_forced);
	polling_start(&polling);
	args = arguments(is_forced, argv + optind, argc - optind);
	code = polling_run(&app, request, args, &polling);
	free(args);
	if (code == EX_OK && polling.asked == 0 && polling.done == 0)
		cmd_note(!app_has_feeds(&app) ? "There are no feeds yet; " APP_FEEDS_WANTED "."
			 : polling.is_here
				 ? "Nothing is due; --force asks for all."
				 : "The daemon polls what is due by itself; --force asks for all.");
	else if (code == EX_OK)
		printf("%s polled, %s.\n", out_count(polling.done, "feed", "feeds", polled),
			out_count(polling.fresh, "new item", "new items", fresh));
	if (code == EX_OK)
		code = out_finish();
	polling_finish(&polling);
	app_close(&app);
	return code;
}
