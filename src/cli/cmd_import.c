/* import, export: whole lists. */
#include "cli/cmd.h"

#include "cli/edit.h"
#include "cli/history.h"
#include "cli/out.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

struct remote {
	struct edit *edit;
	size_t listed;
	char *error;
};

static void take_listed(void *context, const json_t *line)
{
	struct remote *remote = context;
	const char *kind = json_string_value(json_object_get(line, "kind"));

	if (str_eq(kind, "failed")) {
		const char *error = json_string_value(json_object_get(line, "error"));

		free(remote->error);
		remote->error = xstrdup(error ? error : "it cannot be had");
	}
	if (!str_eq(kind, "listed"))
		return;
	remote->listed++;
	edit_take(remote->edit,
		&(struct list_line){.url = json_string_value(json_object_get(line, "url")),
			.title = json_string_value(json_object_get(line, "title")),
			.folder = json_string_value(json_object_get(line, "folder"))});
}

static int take_remote(struct edit *edit, const char *url)
{
	struct remote remote = {.edit = edit};
	int code = app_find(&edit->app, url, false, take_listed, &remote);

	if (code == EX_OK && remote.error)
		code = cmd_error(EX_DATAERR,
			"%s: %s; try again later, or fetch it and import the file",
			log_visible(url), log_visible(remote.error));
	else if (code == EX_OK && remote.listed == 0)
		code = cmd_error(EX_DATAERR,
			"%s is no OPML list; 'diurna subscribe' takes a feed or a page",
			log_visible(url));
	free(remote.error);
	return code;
}

int cmd_import(int argc, char **argv)
{
	static const struct option options[] = {{"dry-run", no_argument, NULL, 'n'},
		{"section", required_argument, NULL, 's'}, {"history", no_argument, NULL, 'H'},
		{"feed", required_argument, NULL, 'f'}, {0}};
	struct edit edit = {0};
	bool is_dry = false, is_history = false;
	const char *feed = NULL;
	int c, code;

	while ((c = cmd_option(argc, argv, "ns:", options)) != -1) {
		switch (c) {
		case 'n': is_dry = true; break;
		case 's': edit.section = optarg; break;
		case 'H': is_history = true; break;
		case 'f': feed = optarg; break;
		default: return EX_USAGE;
		}
	}
	if (optind != argc - 1)
		return cmd_usage_error(
			"one FILE or address of a list is needed; - is standard input");
	if (feed && (!is_history || !url_is_web(feed)))
		return cmd_usage_error("--feed goes with --history, and is the address of a feed");
	if (is_history)
		return history_import(argv[optind], feed, is_dry);
	code = edit_open(&edit);
	if (code == EX_OK)
		code = url_is_web(argv[optind]) ? take_remote(&edit, argv[optind])
						: edit_take_file(&edit, argv[optind]);
	if (code == EX_OK && edit.fresh + edit.known + edit.broken == 0)
		code = cmd_error(EX_DATAERR, "%s: no feeds are in it; " LIST_MEANT,
			log_visible(argv[optind]));
	if (code == EX_OK && edit.fresh + edit.known == 0)
		code = cmd_error(EX_DATAERR, "%s: nothing in it is a feed; " LIST_MEANT,
			log_visible(argv[optind]));
	if (code == EX_OK && edit.fresh > 0 && !is_dry)
		code = edit_save(&edit);
	if (code == EX_OK) {
		printf("%zu new%s, %zu known, %zu broken.\n", edit.fresh,
			is_dry ? " (not added: --dry-run)" : "", edit.known, edit.broken);
		code = out_finish();
	}
	if (code == EX_OK && edit.broken > 0)
		code = EX_DATAERR; /* said, and the rest is there */
	edit_close(&edit);
	return code;
}

int cmd_export(int argc, char **argv)
{
	static const struct option options[] = {{0}};
	struct app app = {0};
	struct buf text = {0};
	struct opml opml;
	size_t i;
	int code;

	if (cmd_option(argc, argv, "", options) != -1)
		return EX_USAGE;
	if (optind != argc)
		return cmd_usage_error("it takes no arguments; the list goes to standard output");
	code = app_open_config(&app);
	if (code != EX_OK)
		return code;
	app_load_subscriptions(&app);
	opml_init(&opml);
	for (i = 0; i < app.subs.count; i++)
		opml_add(&opml, app.subs.list[i].url, app.subs.list[i].title,
			app.subs.list[i].section);
	opml_text(&opml, &text);
	fwrite(text.data, 1, text.len, stdout);
	code = out_finish();
	buf_finish(&text);
	opml_finish(&opml);
	app_close(&app);
	return code;
}
