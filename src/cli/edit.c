#include "cli/edit.h"

#include "cli/cmd.h"
#include "core/config_value.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/str.h"
#include "core/url.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { TELLS_MAX = 20 };

static void ignore_answer(void *context, const json_t *answer)
{
	(void)context;
	(void)answer;
}

int edit_open(struct edit *edit)
{
	enum status status;
	char *why;
	int code;

	opml_init(&edit->opml);
	code = app_open_config(&edit->app);
	if (code != EX_OK)
		return code;
	edit->path = subscriptions_own(edit->app.config);
	if (!edit->path)
		return cmd_error(EX_CONFIG,
			"%s names no list of its own; a line like\n"
			"  subscriptions = {\"subscriptions.opml\"}\noutside of all braces was meant",
			edit->app.config->path);
	if (!opml_lock(&edit->opml, edit->path, true))
		return cmd_error(EX_CANTCREAT, "%s: %s; the list must be yours to write",
			edit->path, strerror(errno));
	status = opml_read(&edit->opml, edit->path, &why);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		code = cmd_error(EX_DATAERR, "%s: %s; it is left alone, %s~ is the one before",
			edit->path, log_visible(why), edit->path);
	free(why);
	return code;
}

int edit_save(struct edit *edit)
{
	int code;

	if (opml_write(&edit->opml, edit->path) != STATUS_OK)
		return cmd_error(
			EX_CANTCREAT, "%s: %s; nothing was changed", edit->path, strerror(errno));
	/* A daemon that runs takes the new list at once. */
	code = app_ask_daemon(
		&edit->app, json_pack("{s:s}", "command", "reload"), 60000, ignore_answer, NULL);
	if (code == EX_UNAVAILABLE)
		cmd_note(
			"No daemon runs; 'diurna poll' polls once, the next daemon takes the new list.");
	return EX_OK;
}

void edit_close(struct edit *edit)
{
	opml_finish(&edit->opml);
	app_close(&edit->app);
}

const char *edit_where(const struct edit *edit, const char *url)
{
	static char where[400];
	const struct config_section *known = config_section_of(edit->app.config, url);

	if (known)
		snprintf(where, sizeof(where), "in section \"%s\" of %s, line %d",
			log_visible(known->title), edit->app.config->path, known->line);
	else if (opml_find(&edit->opml, url) < edit->opml.count)
		snprintf(where, sizeof(where), "in %s", edit->path);
	else
		return NULL;
	return where;
}

const char *edit_known(const struct edit *edit, const char *url, struct buf *as)
{
	const char *where = edit_where(edit, url);
	size_t start = as->len;

	for (unsigned i = 0; !where; i++) {
		buf_truncate(as, start);
		if (!url_form(url, i, as))
			break;
		where = edit_where(edit, buf_text(as) + start);
	}
	return where;
}

void edit_take(void *context, const struct list_line *line)
{
	struct edit *edit = context;
	struct buf as = {0};

	if (!line->url || !url_is_web(line->url)) {
		edit->broken++;
		if (edit->broken > TELLS_MAX)
			return;
		if (line->number)
			cmd_error(0, "%s, line %zu: %s", log_visible(edit->from), line->number,
				log_visible(line->broken));
		else
			cmd_error(0, "%s: no address that can be polled",
				log_visible(line->url ? line->url : line->title));
	} else if (edit_known(edit, line->url, &as)) {
		edit->known++;
	} else {
		opml_add(&edit->opml, line->url, line->title,
			edit->section ? edit->section : line->folder);
		edit->fresh++;
	}
	buf_finish(&as);
}

static int take_opml(struct edit *edit, const struct buf *text, const char *name)
{
	struct opml found;
	char *why = NULL;
	size_t i;
	int code = EX_OK;

	opml_init(&found);
	if (opml_parse(&found, text, &why) != STATUS_OK) {
		code = cmd_error(
			EX_DATAERR, "%s: %s; " LIST_MEANT, log_visible(name), log_visible(why));
	} else if (why) {
		edit->broken++;
		cmd_error(0, "%s: %s", log_visible(name), log_visible(why));
	}
	for (i = 0; code == EX_OK && i < found.count; i++)
		edit_take(edit, &(struct list_line){.url = found.links[i].url,
					.title = found.links[i].title,
					.folder = found.links[i].folder});
	free(why);
	opml_finish(&found);
	return code;
}

int edit_take_file(struct edit *edit, const char *path)
{
	struct buf text = {0};
	int code = EX_OK;
	enum status status = file_read(path, LIMIT_FEED_BYTES, &text);

	edit->from = path;
	if (status != STATUS_OK)
		code = cmd_error(EX_NOINPUT, "%s: %s; " LIST_MEANT, log_visible(path),
			status == STATUS_LIMIT ? status_text(status) : strerror(errno));
	else if (list_is_xml(text.data, text.len))
		code = take_opml(edit, &text, path);
	else if (list_to_utf8(&text) != STATUS_OK)
		code = cmd_error(EX_DATAERR, "%s: this is no text; " LIST_MEANT, log_visible(path));
	else
		list_read(buf_text(&text), edit_take, edit);
	buf_finish(&text);
	return code;
}

void edit_hint_section(const struct edit *edit, const char *section)
{
	struct nearest nearest = {.word = section};
	const struct config *config = edit->app.config;
	size_t i;

	for (i = 0; i < config->section_count; i++) {
		if (str_eq(config->sections[i].title, section))
			return;
		nearest_offer(&nearest, config->sections[i].title);
	}
	for (i = 0; i < edit->opml.count; i++) {
		if (str_eq(edit->opml.links[i].folder, section))
			return;
	}
	if (nearest.best)
		cmd_note("\"%s\" is a new section; \"%s\" is there already.", log_visible(section),
			log_visible(nearest.best));
}
