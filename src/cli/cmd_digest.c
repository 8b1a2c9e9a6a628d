/* digest: any edition again, in any format; --rebuild writes its files, --close asks for one now.
 */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/out.h"
#include "cli/polling.h"
#include "cli/progress.h"
#include "cli/when.h"
#include "core/clock.h"
#include "core/config_value.h"
#include "core/date.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "edition/edition.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

enum {
	TEXT_COLUMNS = 72, /* of a digest as text; a narrower terminal gets narrower lines */
	WEEK_STORIES = 10, /* of each section, where nobody says how many */
};

static int close_edition(struct app *app)
{
	static const char *const args[] = {"--edition", NULL};
	struct polling polling;
	int code;

	polling_start(&polling);
	code = polling_run(app, json_pack("{s:s}", "command", "edition"), args, &polling);
	if (code == EX_OK && polling.edition)
		printf("%s/%s\n", app->config->digest_dir, log_visible(polling.edition));
	else if (code == EX_OK)
		code = polling_no_edition(&polling);
	if (!app_has_feeds(app))
		cmd_note("There are no feeds yet, and nothing to print; " APP_FEEDS_WANTED ".");
	polling_finish(&polling);
	return code == EX_OK ? out_finish() : code;
}

/* "yesterday" is the day that an edition is named after; its own name is taken as it is. */
static const char *edition_name(const struct app *app, const char *date, char text[WHEN_BYTES])
{
	int64_t time_s;

	if (!date || (strlen(date) >= 10 && date[4] == '-' && date[7] == '-'))
		return date;
	if (!when_parse(date, app->config->timezone, clock_now(), &time_s))
		return NULL;
	when_local(time_s, app->config->timezone, text);
	text[10] = '\0';
	return text;
}

static const struct edition_format *find_format(const char *name)
{
	const struct edition_format *format = edition_format_find(name);
	struct buf names = {0};
	size_t i;

	if (format)
		return format;
	for (i = 0; i < edition_format_count; i++)
		buf_printf(&names, "%s%s", i ? ", " : "", edition_formats[i].name);
	cmd_usage_error(
		"there is no format '%s'; there are %s", log_visible(name), buf_text(&names));
	buf_finish(&names);
	return NULL;
}

/* section NULL: the file holds all sections. */
static char *file_path(const struct edition *edition, const struct edition_section *section,
	const struct edition_format *format, const char *dir)
{
	return section ? xasprintf("%s/%s.%s", dir, section->slug, format->extension)
		       : xasprintf("%s/diurna-%s.%s", dir, edition->row.name, format->extension);
}

/* A file that may have been written when the store had all texts is not replaced by a thinner one.
 */
static bool is_fuller(const struct edition *edition, const struct edition_section *section,
	const struct edition_format *format, const char *dir)
{
	size_t gone = section ? section->gone_count : edition->gone_count;
	char *path = gone ? file_path(edition, section, format, dir) : NULL;
	bool is = path && access(path, F_OK) == 0;

	if (is)
		cmd_error(EX_CANTCREAT,
			"%s: left as it is, %zu of the texts in it are no longer stored",
			log_visible(path), gone);
	free(path);
	return is;
}

static int render_file(const struct edition *edition, const struct edition_section *section,
	const struct edition_format *format, const char *dir)
{
	char *path = file_path(edition, section, format, dir);
	char *temporary = xasprintf("%s.XXXXXX", path);
	int fd = mkstemp(temporary), err = 0;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");

	if (!file || fchmod(fd, 0644) < 0 || format->render(file, edition, section) != STATUS_OK)
		err = errno ? errno : EIO;
	if (file && fclose(file) != 0 && !err)
		err = errno;
	if (!err && rename(temporary, path) < 0)
		err = errno;
	if (err) {
		unlink(temporary);
		cmd_error(0, "%s: %s", path, strerror(err));
	} else {
		puts(path);
	}
	free(temporary);
	free(path);
	return err ? EX_CANTCREAT : EX_OK;
}

static int render(const struct edition *edition, const struct edition_section *section,
	const struct edition_format *format, const char *output)
{
	if (!str_eq(output, "-"))
		return is_fuller(edition, section, format, output)
			       ? EX_CANTCREAT
			       : render_file(edition, section, format, output);
	if (format->render(stdout, edition, section) != STATUS_OK)
		return cmd_error(
			EX_IOERR, "%s cannot be rendered: %s", format->name, strerror(errno));
	return EX_OK;
}

static int no_such_section(const struct edition *edition, const char *name)
{
	struct nearest nearest = {.word = name};
	struct buf titles = {0};
	size_t i;
	int code;

	for (i = 0; i < edition->section_count; i++) {
		nearest_offer(&nearest, edition->sections[i].title);
		buf_printf(&titles, "%s\"%s\"", i ? ", " : "",
			log_visible(edition->sections[i].title));
	}
	if (nearest.best)
		code = cmd_error(EX_USAGE,
			"the edition %s has no section \"%s\"; did you mean \"%s\"?",
			edition->row.name, log_visible(name), log_visible(nearest.best));
	else
		code = cmd_error(EX_USAGE, "the edition %s has no section \"%s\"; there are %s",
			edition->row.name, log_visible(name),
			titles.len ? buf_text(&titles) : "none");
	buf_finish(&titles);
	return code;
}

static int render_all(const struct edition *edition, const struct edition_format *format,
	const char *wanted, const char *output)
{
	const struct edition_section *section;
	size_t i, count = 0;
	int code = EX_OK;

	if (format->is_whole) {
		if (wanted)
			return cmd_usage_error(
				"%s holds all sections; leave --section out", format->label);
		if (str_eq(output, "-") && out_is_terminal())
			return cmd_usage_error(
				"%s is nothing for a terminal; --output DIR was meant",
				format->label);
		code = render(edition, NULL, format, output);
		return code == EX_OK ? out_finish() : code;
	}
	for (i = 0; code == EX_OK && i < edition->section_count; i++) {
		section = &edition->sections[i];
		if (wanted ? !str_ieq(section->title, wanted) && !str_eq(section->slug, wanted)
			   : section->story_count == 0)
			continue;
		code = render(edition, section, format, output);
		count++;
	}
	if (count == 0 && wanted)
		return no_such_section(edition, wanted);
	if (count == 0)
		return cmd_error(EXIT_NOTHING, "the edition %s is empty", edition->row.name);
	return code == EX_OK ? out_finish() : code;
}

/* Its row is to be finished when EX_OK is returned. */
static int find_edition(struct app *app, const char *date, struct edition_row *row)
{
	char text[WHEN_BYTES];
	const char *name = edition_name(app, date, text);
	enum status status;

	if (date && !name)
		return cmd_usage_error(
			"--date cannot be \"%s\"; %s", log_visible(date), when_meant());
	status = edition_get(app->store, name, row);
	if (status == STATUS_NOT_FOUND)
		return name ? cmd_error(EXIT_NOTHING,
				      "there is no edition of %s; 'diurna status' names the last",
				      log_visible(name))
			    : cmd_error(EXIT_NOTHING,
				      "there is no edition yet; --close makes one now");
	return status == STATUS_OK ? EX_OK : app_store_error(app->store, status);
}

static void on_file(void *progress, size_t done, size_t total)
{
	progress_show(progress, (int64_t)done, (int64_t)total);
}

/* As edition_rebuild, with a line that says how far it is. */
static enum status rebuild(struct app *app, const struct edition_row *row, char **why)
{
	char count[OUT_COUNT_BYTES], what[OUT_COUNT_BYTES + 16];
	struct progress progress;
	const struct edition_watch watch = {.on_file = on_file, .context = &progress};
	enum status status;

	snprintf(what, sizeof(what), "files of %s",
		out_count(row->item_count, "article", "articles", count));
	progress_start(&progress, what);
	progress_follow(&progress);
	status = edition_write(app->store, app->config, row->id, false, &watch, why);
	progress_unfollow();
	progress_clear(&progress);
	return status;
}

/* Its files in the folder of digests are written again. */
static int rebuild_edition(struct app *app, const char *date)
{
	struct edition_row row = {0};
	char *why = NULL;
	int code = find_edition(app, date, &row);

	if (code != EX_OK)
		return code;
	if (!row.is_kept)
		code = cmd_error(EXIT_NOTHING,
			"the digests of %s are older than digest.keep and are no longer kept; "
			"--output DIR writes them elsewhere",
			row.name);
	else if (rebuild(app, &row, &why) != STATUS_OK)
		code = cmd_error(EX_CANTCREAT, "%s", why ? log_visible(why) : "not written");
	else if (why)
		code = cmd_error(EXIT_NOTHING, "%s", log_visible(why));
	else
		printf("%s/%s\n", app->config->digest_dir, row.name);
	free(why);
	edition_row_finish(&row);
	return code == EX_OK ? out_finish() : code;
}

/* What is to be printed. */
struct wanted {
	const char *date, *section; /* NULL: the last edition, all of it */
	const struct edition_format *format;
	const char *output;
	bool is_week;
	size_t stories; /* of each section, of a week */
};

/* The week that ends with this edition. */
static enum status load(struct app *app, const struct wanted *wanted, const struct edition_row *row,
	struct edition *edition)
{
	return wanted->is_week ? edition_load_week(app->store, app->config, row->name,
					 wanted->stories, edition)
			       : edition_load(app->store, app->config, row->id, edition);
}

static int print_edition(struct app *app, const struct wanted *wanted)
{
	const struct edition_format *format = wanted->format;
	const char *output = wanted->output;
	struct edition_row row = {0};
	struct edition edition;
	enum status status;
	int code = find_edition(app, wanted->date, &row);

	if (code != EX_OK)
		return code;
	edition_init(&edition);
	status = load(app, wanted, &row, &edition);
	if (str_eq(format->name, "text") && str_eq(output, "-")) {
		out_page();
		if (out_is_terminal() && out_columns() < TEXT_COLUMNS)
			edition.text_columns = (size_t)out_columns();
	}
	if (!str_eq(output, "-") && mkdir(output, 0777) < 0 && errno != EEXIST) {
		edition_finish(&edition);
		edition_row_finish(&row);
		return cmd_error(EX_CANTCREAT, "%s: %s; a folder that you may write in was meant",
			log_visible(output), strerror(errno));
	}
	code = status == STATUS_OK ? render_all(&edition, format, wanted->section, output)
				   : app_store_error(app->store, status);
	if (code == EX_OK && edition.gone_count > 0)
		cmd_error(0,
			"the texts of %zu articles in the edition %s are no longer stored; they "
			"stand there with their titles and beginnings",
			edition.gone_count, edition.row.name);
	edition_finish(&edition);
	edition_row_finish(&row);
	return code;
}

int cmd_digest(int argc, char **argv)
{
	static const struct option options[] = {
		{"date", required_argument, NULL, 'd'},
		{"section", required_argument, NULL, 's'},
		{"format", required_argument, NULL, 'f'},
		{"output", required_argument, NULL, 'o'},
		{"close", no_argument, NULL, 'c'},
		{"rebuild", no_argument, NULL, 'r'},
		{"week", no_argument, NULL, 'w'},
		{"stories", required_argument, NULL, 'n'},
		{0},
	};
	struct wanted wanted = {.output = "-", .stories = WEEK_STORIES};
	const char *name = "text";
	bool is_closing = false, is_rebuilding = false;
	uint64_t stories = 0;
	struct app app = {0};
	int c, code;

	while ((c = cmd_option(argc, argv, "d:s:f:o:", options)) != -1) {
		switch (c) {
		case 'd': wanted.date = optarg; break;
		case 's': wanted.section = optarg; break;
		case 'f': name = optarg; break;
		case 'o': wanted.output = optarg; break;
		case 'w': wanted.is_week = true; break;
		case 'n':
			if (!str_to_u64(optarg, INT32_MAX, &stories) || stories == 0)
				return cmd_usage_error("--stories is a number from 1");
			wanted.stories = stories;
			break;
		case 'c': is_closing = true; break;
		case 'r': is_rebuilding = true; break;
		default: return EX_USAGE;
		}
	}
	if (optind != argc)
		return cmd_usage_error("'%s' is no option; --date D says which edition",
			log_visible(argv[optind]));
	wanted.format = find_format(name);
	if (!wanted.format)
		return EX_USAGE;
	if (is_rebuilding &&
		(is_closing || wanted.section || wanted.is_week || !str_eq(wanted.output, "-")))
		return cmd_usage_error("--rebuild writes all digests of an edition in their place; "
				       "only --date goes with it");
	if (stories && !wanted.is_week)
		return cmd_usage_error("--stories says how many a section has in a --week");
	if (is_closing) {
		code = app_open_config(&app);
		if (code == EX_OK)
			code = close_edition(&app);
	} else {
		code = app_open_store(&app);
		if (code == EX_OK)
			code = is_rebuilding ? rebuild_edition(&app, wanted.date)
					     : print_edition(&app, &wanted);
	}
	app_close(&app);
	return code;
}
