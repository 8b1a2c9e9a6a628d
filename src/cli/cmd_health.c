/* health: what needs a person, and an exit code for whoever watches. */
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
#include "edition/spool.h"
#include "store/editions.h"
#include "store/store.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

/* An edition that is late by so much will not come by itself. */
enum { LATE_S = 3600 };
/* A mail that is refused for so long, too: greylisting takes minutes, a server's repair hours. */
enum { MAIL_LATE_S = 6 * 3600 };

struct health {
	struct app *app;
	int64_t now;
	bool is_json, is_running;
	int64_t next_edition; /* as the daemon says; 0: none */
	int64_t started;      /* the daemon */
	size_t troubles;      /* that need somebody */
	size_t passing;       /* that do not, yet */
};

static void tell(struct health *health, const char *kind, const char *subject, const char *what,
	const char *advice)
{
	struct buf lines = {0};
	json_t *object;
	char *text;

	health->troubles++;
	if (health->is_json) {
		object = json_object();
		json_add_str(object, "kind", kind);
		json_add_str(object, "subject", subject);
		json_add_str(object, "what", what);
		json_add_str(object, "advice", advice);
		json_print_line(object);
		return;
	}
	text = xasprintf("%s: %s", subject, what);
	out_labelled(&lines, kind, (int)strlen(kind) + 1, OUT_BAD, text);
	fputs(buf_text(&lines), stdout);
	buf_finish(&lines);
	free(text);
	if (advice)
		out_line(stdout, 4, OUT_PLAIN, advice);
}

static void on_status(void *context, const json_t *answer)
{
	struct health *health = context;

	health->is_running = true;
	health->next_edition = json_integer_value(json_object_get(answer, "next_edition"));
	health->started = json_integer_value(json_object_get(answer, "started"));
}

static void look_at_daemon(struct health *health)
{
	struct app *app = health->app;
	char span[WHEN_BYTES], what[128], *advice = NULL;

	app_ask_daemon(app, json_pack("{s:s}", "command", "status"), 30000, on_status, health);
	if (!health->is_running) {
		advice = app_daemon_advice(app);
		tell(health, "daemon", app->config->control_path, "no daemon runs", advice);
	} else if (health->next_edition && health->next_edition < health->now - LATE_S &&
		   health->started < health->now - LATE_S) {
		/* A daemon that was away for days needs some time itself. */
		snprintf(what, sizeof(what), "late for %s",
			date_span(health->now - health->next_edition, span));
		tell(health, "edition", "the next one", what, "the daemon's log tells why");
	}
	free(advice);
}

/* A publisher tries again by itself for a while. */
static void look_at_digests(struct health *health)
{
	struct edition_row edition = {0};
	char span[DATE_TEXT_BYTES], what[128];

	if (edition_unpublished(health->app->store, &edition) == STATUS_OK &&
		edition.window_to < health->now - LATE_S) {
		snprintf(what, sizeof(what), "closed %s ago, its digests are not written",
			date_span(health->now - edition.window_to, span));
		tell(health, "edition", edition.name, what,
			"diurna check looks at the folder, the daemon's log tells why");
	}
	edition_row_finish(&edition);
}

/* NULL: it needs nobody. *advice is to be freed. */
static const char *mail_trouble(struct health *health, const struct spooled *mail, char **advice)
{
	char *folder = spool_folder(health->app->config);
	const char *what = NULL;

	switch (mail->state) {
	case SPOOL_FAILED:
		what = "not accepted for 5 days, given up";
		*advice = xasprintf("to try it again: mv %s/%s.failed %s/%s.eml, then reload the "
				    "daemon; to forget it: remove the file",
			folder, mail->base, folder, mail->base);
		break;
	case SPOOL_UNSURE:
		what = "cut off before the answer; it may have arrived and is not sent again";
		*advice = xasprintf("if it has not: mv %s/%s.unsure %s/%s.eml, then reload the "
				    "daemon; if it has: remove the file",
			folder, mail->base, folder, mail->base);
		break;
	case SPOOL_WAITING:
		if (!mail->recipient) {
			what = "waits for an address that mail.to no longer has";
			*advice = xasprintf(
				"name the address again, or rm %s/%s.eml", folder, mail->base);
		} else if (health->now - mail->at > MAIL_LATE_S) {
			what = "not accepted for hours";
			*advice = xstrdup(
				"look at mail { } in the configuration and at the server; it is "
				"tried for 5 days");
		}
		break;
	default: break;
	}
	free(folder);
	return what;
}

static void look_at_mail(struct health *health)
{
	const struct config *config = health->app->config;
	struct spooled *list = NULL;
	size_t count = 0, i;

	if (config->mail.to_count == 0)
		return;
	if (spool_list(config, &list, &count) != STATUS_OK) {
		tell(health, "mail", "the spool", strerror(errno), "run this as the daemon's user");
		return;
	}
	for (i = 0; i < count; i++) {
		char *advice = NULL, *why, *said = NULL, *subject;
		const char *what = mail_trouble(health, &list[i], &advice);

		if (!what)
			continue;
		why = spool_why(config, &list[i]);
		if (why)
			said = xasprintf("%s: %s", what, why);
		subject = xasprintf(
			"%s to %s", list[i].base, list[i].recipient ? list[i].recipient : "nobody");
		tell(health, "mail", subject, said ? said : what, advice);
		free(subject);
		free(said);
		free(why);
		free(advice);
	}
	spool_free(list, count);
}

static enum status look_at_feeds(struct health *health)
{
	struct app *app = health->app;
	sqlite3_stmt *row = NULL;
	const char *word, *advice;
	bool has_row;
	char why[600];
	enum status status = store_statement(app->store, SELECT_FEEDS, &row);

	while (status == STATUS_OK) {
		status = store_step(app->store, row, &has_row);
		if (status != STATUS_OK || !has_row)
			break;
		word = feed_health(row, health->now);
		advice = feed_advice(row, health->now);
		if (!advice &&
			(str_eq(word, "ok") || str_eq(word, "new") || str_eq(word, "unsubscribed")))
			continue;
		feed_trouble(row, health->now, why, sizeof(why));
		if (advice)
			tell(health, word, (const char *)sqlite3_column_text(row, COL_URL), why,
				advice);
		else
			health->passing++;
	}
	return status;
}

int cmd_health(int argc, char **argv)
{
	enum status status;
	static const struct option options[] = {{"format", required_argument, NULL, 'f'}, {0}};
	struct app app = {0};
	struct health health = {.app = &app, .now = clock_now()};
	const char *format = "text";
	char fail[OUT_COUNT_BYTES];
	int c, code;

	while ((c = cmd_option(argc, argv, "f:", options)) != -1) {
		if (c != 'f')
			return EX_USAGE;
		format = optarg;
	}
	if (cmd_choice("--format", format, (const char *const[]){"text", "json", NULL}) < 0)
		return EX_USAGE;
	if (optind != argc)
		return cmd_usage_error("it takes no arguments");
	health.is_json = str_eq(format, "json");
	code = app_open_store(&app);
	if (code == EX_OK) {
		look_at_daemon(&health);
		look_at_digests(&health);
		look_at_mail(&health);
		status = look_at_feeds(&health);
		if (status != STATUS_OK)
			code = app_store_error(app.store, status);
	}
	if (code == EX_OK) {
		if (health.troubles == 0 && !health.is_json)
			printf("Nothing needs you.\n");
		if (health.passing)
			cmd_note("%s and may come back by %s; "
				 "'diurna feeds --troubled' lists %s.",
				out_count(
					(int64_t)health.passing, "feed fails", "feeds fail", fail),
				health.passing == 1 ? "itself" : "themselves",
				health.passing == 1 ? "it" : "them");
		code = out_finish();
	}
	if (code == EX_OK && health.troubles)
		code = EXIT_NOTHING;
	app_close(&app);
	return code;
}
