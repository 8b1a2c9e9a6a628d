#include "cli/polling.h"

#include "cli/cmd.h"
#include "cli/out.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

void polling_start(struct polling *polling)
{
	*polling = (struct polling){0};
	progress_start(&polling->progress, "feeds");
	progress_follow(&polling->progress);
}

void polling_finish(struct polling *polling)
{
	progress_unfollow();
	progress_clear(&polling->progress);
	free(polling->edition);
	free(polling->error);
}

int polling_no_edition(const struct polling *polling)
{
	return cmd_error(EXIT_NOTHING,
		"there is no new edition: %s; 'diurna health' tells what is wrong with feeds, "
		"'diurna poll --force' asks all of them again",
		polling->error ? log_visible(polling->error) : "none was closed");
}

/* Without a daemon it is waited until the pages of new items are there. */
static void take_pages(struct polling *polling, int64_t left)
{
	if (polling->done < polling->asked)
		return;
	if (polling->pages == 0)
		progress_start(&polling->progress, "pages");
	if (left > polling->pages)
		polling->pages = left;
	if (left == 0) /* what is left is the store's and the printer's to do */
		progress_start(&polling->progress, "finishing");
	else
		progress_show(&polling->progress, polling->pages - left, polling->pages);
}

static void take_feed(struct polling *polling, const char *feed, const json_t *answer)
{
	const char *outcome = json_string_value(json_object_get(answer, "outcome"));
	const char *error = json_string_value(json_object_get(answer, "error"));
	int64_t fresh = json_integer_value(json_object_get(answer, "new"));
	char label[32], *text;
	struct buf lines = {0};

	polling->done++;
	polling->fresh += fresh;
	if (!cmd_is_quiet) {
		progress_clear(&polling->progress);
		snprintf(label, sizeof(label), "%-14.14s %3lld new", log_visible(outcome),
			(long long)fresh);
		text = error ? xasprintf("%s: %s", feed, error) : xstrdup(feed);
		out_labelled(&lines, label, 25, error ? OUT_BAD : OUT_PLAIN, text);
		fputs(buf_text(&lines), stdout);
		fflush(stdout);
		buf_finish(&lines);
		free(text);
	}
	progress_show(&polling->progress, polling->done, polling->asked);
}

static void take_file(struct polling *polling, const json_t *answer)
{
	progress_show(&polling->progress, json_integer_value(json_object_get(answer, "files")),
		json_integer_value(json_object_get(answer, "of")));
}

/* All is polled and read: what is left is the store's and the printer's to do. */
static void take_stage(struct polling *polling, const char *stage, int64_t items)
{
	char count[OUT_COUNT_BYTES];

	progress_clear(&polling->progress);
	if (items)
		snprintf(polling->stage, sizeof(polling->stage), "files of %s",
			out_count(items, "article", "articles", count));
	else
		snprintf(polling->stage, sizeof(polling->stage), "%s the edition",
			log_visible(stage));
	progress_start(&polling->progress, polling->stage);
}

static void keep(char **place, const json_t *answer, const char *name)
{
	const char *text = json_string_value(json_object_get(answer, name));

	if (text && !*place)
		*place = xstrdup(text);
}

static void polling_take(void *context, const json_t *answer)
{
	struct polling *polling = context;
	const char *feed = json_string_value(json_object_get(answer, "feed"));
	const json_t *pages = json_object_get(answer, "pages");
	const char *stage = json_string_value(json_object_get(answer, "stage"));

	polling->asked += json_integer_value(json_object_get(answer, "asked"));
	if (polling->asked > 0 && polling->done == 0)
		progress_show(&polling->progress, 0, polling->asked);
	if (pages)
		take_pages(polling, json_integer_value(pages));
	if (feed)
		take_feed(polling, feed, answer);
	if (json_object_get(answer, "files"))
		take_file(polling, answer);
	if (stage)
		take_stage(polling, stage, json_integer_value(json_object_get(answer, "items")));
	keep(&polling->edition, answer, "edition");
	if (!feed) /* one that fails is no failure of the round */
		keep(&polling->error, answer, "error");
}

/* Without a daemon. EX_UNAVAILABLE without a word: somebody else writes the store. */
static int poll_here(struct app *app, const char *const *args, struct polling *polling)
{
	static const char *const first[] = {"--log-level", "err", "--progress-json"};
	size_t count = 0;
	const char **all;
	int code;

	while (args[count])
		count++;
	all = xcalloc(ARRAY_LEN(first) + count + 1, sizeof(*all));
	memcpy(all, first, sizeof(first));
	memcpy(all + ARRAY_LEN(first), args, count * sizeof(*args));
	code = app_read_daemon(app, all, polling_take, polling);
	progress_clear(&polling->progress);
	free(all);
	return code;
}

enum { WAIT_TRIES = 60, WAIT_MS = 500 };

int polling_run(struct app *app, json_t *request, const char *const *args, struct polling *polling)
{
	const struct timespec pause = {0, WAIT_MS * 1000000L};
	int tries, code = EX_UNAVAILABLE;

	for (tries = 0; code == EX_UNAVAILABLE && tries < WAIT_TRIES; tries++) {
		if (tries == 1)
			cmd_note("A daemon that starts, or another round, has the store; waiting "
				 "for it.");
		if (tries)
			nanosleep(&pause, NULL);
		if (request)
			code = app_ask_daemon(app, json_incref(request), -1, polling_take, polling);
		polling->is_here = code == EX_UNAVAILABLE;
		if (polling->is_here)
			code = poll_here(app, args, polling);
	}
	progress_clear(&polling->progress);
	json_decref(request);
	if (code == EX_UNAVAILABLE)
		code = cmd_error(EX_TEMPFAIL,
			"%s: another round works on this store, or a daemon that does not answer "
			"on %s; try again when it has ended",
			app->config->store_path, app->config->control_path);
	return code;
}
