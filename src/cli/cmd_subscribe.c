/* subscribe, unsubscribe: one feed in the list, one out of it. */
#include "cli/cmd.h"

#include "cli/edit.h"
#include "cli/out.h"
#include "cli/when.h"
#include "core/clock.h"
#include "core/config_value.h"
#include "core/date.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

struct wish {
	struct edit edit;
	const char *title; /* NULL: the feed's own */
	const char *url;   /* as it was asked for */
	json_t *feeds;     /* found, in the page's order, those of comments last */
	json_t *listed;    /* outlines of a list */
	json_t *failed;    /* the last that failed; NULL: none */
	bool wants_all, guesses, is_unchecked, is_dry;
};

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void on_found(void *context, const json_t *line)
{
	struct wish *wish = context;
	const char *kind = text_of(line, "kind");
	json_t *copy = json_copy((json_t *)line);

	if (str_eq(kind, "feed"))
		json_array_append_new(wish->feeds, copy);
	else if (str_eq(kind, "listed"))
		json_array_append_new(wish->listed, copy);
	else if (str_eq(kind, "failed") && !wish->failed)
		wish->failed = copy;
	else
		json_decref(copy);
}

static const char *advice(const char *outcome)
{
	if (str_eq(outcome, "refused"))
		return "its network in the configuration, as in "
		       "network { allow = {\"192.168.1.0/24\"} }, lets it through";
	if (str_eq(outcome, "not-a-feed"))
		return "the address of a feed, or of a page that names one, was meant";
	return "try again later, or add it as it is with --unchecked";
}

static int nothing_found(const struct wish *wish)
{
	const char *error = text_of(wish->failed, "error");

	if (wish->failed)
		return cmd_error(EX_DATAERR, "%s: %s; %s",
			log_visible(text_of(wish->failed, "url")), log_visible(error),
			advice(text_of(wish->failed, "outcome")));
	return cmd_error(EX_DATAERR, "%s is no feed and names none%s", log_visible(wish->url),
		wish->guesses ? ", and none is at the common places"
			      : "; --guess tries the common places");
}

static void show_feed(const json_t *feed, size_t number)
{
	int64_t newest = date_parse(text_of(feed, "newest") ? text_of(feed, "newest") : "", NULL);
	int64_t entries = json_integer_value(json_object_get(feed, "entries"));
	char ago[WHEN_BYTES], count[OUT_COUNT_BYTES];

	fprintf(stderr, "%3zu  %s\n     %s\n     %s%s%s\n", number,
		log_visible(text_of(feed, "title")), log_visible(text_of(feed, "url")),
		out_count(entries, "entry", "entries", count),
		newest == DATE_NONE ? "" : ", the newest ",
		newest == DATE_NONE ? "" : when_ago(newest, clock_now(), ago));
}

/* "1", "1,3", "1 3", "all"; an empty line is the first. False: none of these. */
static bool picked(char *line, size_t count, bool *wanted)
{
	char *word, *state = NULL;
	uint64_t number;

	memset(wanted, 0, count * sizeof(*wanted));
	str_trim(line);
	if (*line == '\0')
		wanted[0] = true;
	for (word = strtok_r(line, " ,", &state); word; word = strtok_r(NULL, " ,", &state)) {
		if (str_ieq(word, "all"))
			memset(wanted, true, count * sizeof(*wanted));
		else if (str_to_u64(word, count, &number) && number > 0)
			wanted[number - 1] = true;
		else
			return false;
	}
	return true;
}

/* Which of several: asked on a terminal, else the first. False: the person wants none. */
static bool pick(const struct wish *wish, bool *wanted)
{
	size_t count = json_array_size(wish->feeds), space = 0, i;
	bool asks = isatty(STDIN_FILENO) && isatty(STDERR_FILENO), is_done = false;
	const json_t *feed;
	char *line = NULL;

	if (wish->wants_all || count == 1) {
		memset(wanted, true, count * sizeof(*wanted));
		return true;
	}
	if (!asks) {
		wanted[0] = true;
		json_array_foreach(wish->feeds, i, feed)
		{
			if (i > 0)
				cmd_note("There is also %s, %s; --all takes all.",
					log_visible(text_of(feed, "url")),
					log_visible(text_of(feed, "title")));
		}
		return true;
	}
	json_array_foreach(wish->feeds, i, feed) show_feed(feed, i + 1);
	while (!is_done) {
		fprintf(stderr, "Which? Numbers, all, or q for none [1]: ");
		if (getline(&line, &space, stdin) <= 0 || str_istarts(line, "q"))
			break;
		is_done = picked(line, count, wanted);
	}
	free(line);
	return is_done;
}

static void add(struct wish *wish, const char *url, const char *title)
{
	struct edit *edit = &wish->edit;
	struct buf as = {0};
	const char *where = edit_known(edit, url, &as);

	if (where)
		printf("%s is subscribed already, %s%s%s%s.\n", log_visible(url),
			as.len ? "as " : "", log_visible(buf_text(&as)), as.len ? ", " : "", where);
	buf_finish(&as);
	if (where)
		return;
	if (edit->section)
		edit_hint_section(edit, edit->section);
	opml_add(&edit->opml, url, wish->title ? wish->title : title, edit->section);
	edit->fresh++;
	printf("%s %s, section \"%s\"%s%s.\n",
		wish->is_dry ? "Would subscribe to" : "Subscribed to", log_visible(url),
		edit->section ? log_visible(edit->section) : "Other", title ? ": " : "",
		title ? log_visible(title) : "");
}

static int add_found(struct wish *wish)
{
	size_t count = json_array_size(wish->feeds), i;
	bool *wanted = xcalloc(count + 1, sizeof(*wanted));
	const json_t *feed;

	if (!pick(wish, wanted)) {
		free(wanted);
		return cmd_error(EXIT_NOTHING, "nothing was picked");
	}
	json_array_foreach(wish->feeds, i, feed)
	{
		if (wanted[i])
			add(wish, text_of(feed, "url"), text_of(feed, "title"));
	}
	if (wish->wants_all && wish->failed)
		cmd_note(
			"%s, which the page names too, is left out: %s; --unchecked adds it as it is.",
			log_visible(text_of(wish->failed, "url")),
			log_visible(text_of(wish->failed, "error")));
	free(wanted);
	return EX_OK;
}

static void tell_list(const struct wish *wish, const char *name)
{
	printf("%s is a list: %zu new, %zu known, %zu broken.\n", log_visible(name),
		wish->edit.fresh, wish->edit.known, wish->edit.broken);
}

static void add_list(struct wish *wish)
{
	const json_t *one;
	size_t i;

	json_array_foreach(wish->listed, i, one)
		edit_take(&wish->edit, &(struct list_line){.url = text_of(one, "url"),
					       .title = text_of(one, "title"),
					       .folder = text_of(one, "folder")});
	tell_list(wish, wish->url);
}

/* Ask the network and add what was found. */
static int look_up(struct wish *wish)
{
	int code;

	cmd_note("Looking at %s ...", log_visible(wish->url));
	code = app_find(&wish->edit.app, wish->url, wish->guesses, on_found, wish);
	if (code != EX_OK)
		return code;
	if (json_array_size(wish->feeds) > 0)
		return add_found(wish);
	if (json_array_size(wish->listed) == 0)
		return nothing_found(wish);
	add_list(wish);
	return EX_OK;
}

static int subscribe(struct wish *wish, const char *said)
{
	struct buf url = {0}, known = {0};
	int code = EX_OK;

	if (!url_is_web(said) && access(said, R_OK) == 0) {
		code = edit_take_file(&wish->edit, said);
		if (code == EX_OK)
			tell_list(wish, said);
		goto out;
	}
	if (!list_address(said, &url)) {
		code = cmd_usage_error(
			"\"%s\" is no address; https://... was meant", log_visible(said));
		goto out;
	}
	wish->url = buf_text(&url);
	wish->feeds = json_array();
	wish->listed = json_array();
	if (wish->is_unchecked || edit_known(&wish->edit, wish->url, &known))
		add(wish, wish->url, NULL);
	else
		code = look_up(wish);
	json_decref(wish->feeds);
	json_decref(wish->listed);
	json_decref(wish->failed);
	wish->failed = NULL;
out:
	buf_finish(&url);
	buf_finish(&known);
	return code;
}

int cmd_subscribe(int argc, char **argv)
{
	static const struct option options[] = {
		{"section", required_argument, NULL, 's'},
		{"title", required_argument, NULL, 't'},
		{"all", no_argument, NULL, 'a'},
		{"guess", no_argument, NULL, 'g'},
		{"unchecked", no_argument, NULL, 'u'},
		{"dry-run", no_argument, NULL, 'n'},
		{0},
	};
	struct wish wish = {0};
	int c, code, worst = EX_OK;

	while ((c = cmd_option(argc, argv, "s:t:n", options)) != -1) {
		switch (c) {
		case 's': wish.edit.section = optarg; break;
		case 't': wish.title = optarg; break;
		case 'a': wish.wants_all = true; break;
		case 'g': wish.guesses = true; break;
		case 'u': wish.is_unchecked = true; break;
		case 'n': wish.is_dry = true; break;
		default: return EX_USAGE;
		}
	}
	if (optind == argc)
		return cmd_usage_error("the address of a feed or of a page is needed");
	if (wish.title && optind != argc - 1)
		return cmd_usage_error("--title goes with one address");
	code = edit_open(&wish.edit);
	for (; code == EX_OK && optind < argc; optind++) {
		c = subscribe(&wish, argv[optind]);
		worst = c == EX_OK ? worst : c;
	}
	if (code == EX_OK && wish.edit.fresh > 0 && !wish.is_dry)
		code = edit_save(&wish.edit);
	edit_close(&wish.edit);
	if (code == EX_OK)
		code = out_finish();
	if (worst == EX_OK && wish.edit.broken > 0)
		worst = EX_DATAERR; /* said, and the rest is there */
	return code == EX_OK ? worst : code;
}

static int not_subscribed(const struct edit *edit, const char *url)
{
	const char *where = edit_where(edit, url);
	struct nearest nearest = {.word = url};
	size_t i;

	if (where)
		return cmd_error(EX_CONFIG, "%s is %s; it is taken out there, by hand",
			log_visible(url), where);
	for (i = 0; i < edit->opml.count; i++)
		nearest_offer(&nearest, edit->opml.links[i].url);
	return cmd_error(EX_DATAERR, "%s is not subscribed%s%s%s", log_visible(url),
		nearest.best ? "; did you mean " : "; 'diurna feeds' lists what is",
		nearest.best ? log_visible(nearest.best) : "", nearest.best ? "?" : "");
}

int cmd_unsubscribe(int argc, char **argv)
{
	static const struct option options[] = {{0}};
	const struct config_feed *settings;
	struct edit edit = {0};
	size_t place;
	int code;

	if (cmd_option(argc, argv, "", options) != -1)
		return EX_USAGE;
	if (optind != argc - 1)
		return cmd_usage_error("the URL of a feed is needed; 'diurna feeds' lists them");
	code = edit_open(&edit);
	if (code != EX_OK)
		goto out;
	place = opml_find(&edit.opml, argv[optind]);
	if (place == edit.opml.count) {
		code = not_subscribed(&edit, argv[optind]);
		goto out;
	}
	settings = config_feed(edit.app.config, argv[optind]);
	if (settings) {
		/* Without its list they would be a mistake, and no daemon would reload. */
		code = cmd_error(EX_CONFIG,
			"%s has settings of its own in %s, line %d; take out that block first",
			log_visible(argv[optind]), edit.app.config->path, settings->line);
		goto out;
	}
	opml_remove(&edit.opml, place);
	code = edit_save(&edit);
	if (code == EX_OK) {
		printf("Unsubscribed from %s; its items stay.\n", log_visible(argv[optind]));
		code = out_finish();
	}
out:
	edit_close(&edit);
	return code;
}
