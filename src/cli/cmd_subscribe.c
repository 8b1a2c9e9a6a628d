/* subscribe, unsubscribe, import, export: the machine-written list of subscriptions. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/opml.h"
#include "cli/out.h"
#include "core/config_value.h"
#include "core/log.h"
#include "core/str.h"
#include "core/url.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

static void ignore_answer(void *context, const json_t *answer)
{
	(void)context;
	(void)answer;
}

/* A daemon that runs takes the new list at once. */
static void tell_daemon(struct app *app)
{
	if (app_ask_daemon(app, json_pack("{s:s}", "command", "reload"), 60000, ignore_answer,
		    NULL) == EX_UNAVAILABLE)
		fprintf(stderr, "No daemon runs; the next one takes the new list.\n");
}

/* Configuration, and the first list of it, locked and read. */
static int open_list(struct app *app, struct opml *opml, const char **path)
{
	enum status status;
	char *why;
	int code = app_open_config(app);

	if (code != EX_OK)
		return code;
	if (app->config->subscription_count == 0)
		return cmd_error(EX_CONFIG,
			"%s names no list; a line like\n"
			"  subscriptions = {\"subscriptions.opml\"}\noutside of all braces was meant",
			app->config->path);
	*path = app->config->subscriptions[0];
	if (!opml_lock(opml, *path))
		return cmd_error(EX_CANTCREAT, "%s: %s", *path, strerror(errno));
	status = opml_read(opml, *path, &why);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		code = cmd_error(EX_DATAERR, "%s: %s", *path, log_visible(why));
	free(why);
	return code;
}

static int save_list(struct app *app, struct opml *opml, const char *path)
{
	if (opml_write(opml, path) != STATUS_OK)
		return cmd_error(EX_CANTCREAT, "%s: %s", path, strerror(errno));
	tell_daemon(app);
	return out_finish();
}

/* The section where the configuration itself has this feed; NULL: it has not. */
static const struct config_section *configured_in(const struct config *config, const char *url)
{
	size_t i, k;

	for (i = 0; i < config->section_count; i++) {
		for (k = 0; k < config->sections[i].feed_count; k++) {
			if (str_eq(config->sections[i].feeds[k], url))
				return &config->sections[i];
		}
	}
	return NULL;
}

/* A section that nobody knows is made, but maybe another was meant. */
static void hint_section(const struct app *app, const struct opml *opml, const char *section)
{
	struct nearest nearest = {.word = section};
	size_t i;

	for (i = 0; i < app->config->section_count; i++) {
		if (str_eq(app->config->sections[i].title, section))
			return;
		nearest_offer(&nearest, app->config->sections[i].title);
	}
	for (i = 0; i < opml->count; i++) {
		if (str_eq(opml->links[i].folder, section))
			return;
	}
	if (nearest.best)
		fprintf(stderr, "\"%s\" is a new section; \"%s\" is there already.\n",
			log_visible(section), log_visible(nearest.best));
}

int cmd_subscribe(int argc, char **argv)
{
	static const struct option options[] = {
		{"section", required_argument, NULL, 's'},
		{"title", required_argument, NULL, 't'},
		{0},
	};
	const char *section = NULL, *title = NULL, *path, *url;
	const struct config_section *known;
	struct app app = {0};
	struct opml opml;
	int c, code;

	while ((c = getopt_long(argc, argv, "s:t:", options, NULL)) != -1) {
		switch (c) {
		case 's': section = optarg; break;
		case 't': title = optarg; break;
		default: return cmd_usage_error("see the options");
		}
	}
	if (optind != argc - 1)
		return cmd_usage_error("one URL is needed");
	url = argv[optind];
	if (!url_is_web(url))
		return cmd_usage_error(
			"\"%s\" is no address; https://... was meant", log_visible(url));
	opml_init(&opml);
	code = open_list(&app, &opml, &path);
	if (code != EX_OK)
		goto out;
	known = configured_in(app.config, url);
	if (known) {
		printf("%s is in section \"%s\" of %s already.\n", log_visible(url),
			log_visible(known->title), app.config->path);
	} else if (opml_find(&opml, url) < opml.count) {
		printf("%s is in %s already.\n", log_visible(url), path);
	} else {
		if (section)
			hint_section(&app, &opml, section);
		opml_add(&opml, url, title, section);
		code = save_list(&app, &opml, path);
		if (code == EX_OK)
			printf("Subscribed to %s, section \"%s\".\n", log_visible(url),
				section ? log_visible(section) : "Other");
	}
out:
	opml_finish(&opml);
	app_close(&app);
	return code;
}

static int not_subscribed(const struct app *app, const struct opml *opml, const char *url)
{
	const struct config_section *known = configured_in(app->config, url);
	struct nearest nearest = {.word = url};
	size_t i;

	if (known)
		return cmd_error(EX_CONFIG,
			"%s is in section \"%s\" of %s (line %d); it is taken out there, by hand",
			log_visible(url), log_visible(known->title), app->config->path,
			known->line);
	for (i = 0; i < opml->count; i++)
		nearest_offer(&nearest, opml->links[i].url);
	return cmd_error(EX_DATAERR, "%s is not subscribed%s%s%s", log_visible(url),
		nearest.best ? "; did you mean " : "",
		nearest.best ? log_visible(nearest.best) : "", nearest.best ? "?" : "");
}

int cmd_unsubscribe(int argc, char **argv)
{
	static const struct option options[] = {{0}};
	struct app app = {0};
	struct opml opml;
	const char *path;
	size_t place;
	int code;

	if (getopt_long(argc, argv, "", options, NULL) != -1 || optind != argc - 1)
		return cmd_usage_error("one URL is needed");
	opml_init(&opml);
	code = open_list(&app, &opml, &path);
	if (code != EX_OK)
		goto out;
	place = opml_find(&opml, argv[optind]);
	if (place == opml.count) {
		code = not_subscribed(&app, &opml, argv[optind]);
		goto out;
	}
	opml_remove(&opml, place);
	code = save_list(&app, &opml, path);
	if (code == EX_OK)
		printf("Unsubscribed from %s; its items stay.\n", log_visible(argv[optind]));
out:
	opml_finish(&opml);
	app_close(&app);
	return code;
}

int cmd_import(int argc, char **argv)
{
	static const struct option options[] = {{"dry-run", no_argument, NULL, 'n'}, {0}};
	struct opml opml, found;
	struct app app = {0};
	size_t i, added = 0, bad = 0;
	bool is_dry = false;
	const char *path;
	char *why = NULL;
	int c, code;

	while ((c = getopt_long(argc, argv, "n", options, NULL)) != -1) {
		if (c != 'n')
			return cmd_usage_error("see the options");
		is_dry = true;
	}
	if (optind != argc - 1)
		return cmd_usage_error("one FILE is needed");
	opml_init(&opml);
	opml_init(&found);
	code = open_list(&app, &opml, &path);
	if (code == EX_OK && opml_read(&found, argv[optind], &why) != STATUS_OK)
		code = cmd_error(EX_DATAERR, "%s: %s", log_visible(argv[optind]), log_visible(why));
	for (i = 0; code == EX_OK && i < found.count; i++) {
		if (!url_is_web(found.links[i].url))
			bad++;
		else if (!configured_in(app.config, found.links[i].url))
			added += opml_add(&opml, found.links[i].url, found.links[i].title,
				found.links[i].folder);
	}
	if (code == EX_OK && added > 0 && !is_dry)
		code = save_list(&app, &opml, path);
	if (code == EX_OK)
		printf("%zu feeds %s, %zu were there already, %zu have no address that can be polled.\n",
			added, is_dry ? "would be added" : "added", found.count - added - bad, bad);
	free(why);
	opml_finish(&found);
	opml_finish(&opml);
	app_close(&app);
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

	if (getopt_long(argc, argv, "", options, NULL) != -1 || optind != argc)
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
