/* query: which items, in which format; --new-for: each item once to each reader. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/item_out.h"
#include "cli/out.h"
#include "cli/when.h"
#include "core/clock.h"
#include "core/config_value.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "store/cursors.h"
#include "store/query.h"
#include "store/store.h"

#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

struct options {
	struct item_query query;
	const char *since, *until; /* as written */
	const char *format, *fields;
	const char *reader; /* --new-for */
	const char *exec;   /* command that reads the output; NULL: standard output is read */
	const char *sort;   /* as written */
	bool is_peek, follows;
};

struct run {
	struct item_writer writer;
	int64_t last_seq; /* of the item printed last */
	const char *exec; /* options.exec */
	FILE *command;    /* it, while it runs in place of standard output */
	bool is_stuck;    /* it cannot be started */
	int stdout_fd;    /* where standard output went before */
};

enum {
	OPTION_STARRED = 256,
	OPTION_DROPPED,
	OPTION_CHANGES,
	OPTION_BACKLOG,
	OPTION_SORT,
	OPTION_STORY,
	OPTION_EXEC,
	OPTION_LABEL
};

static bool parse_sort(const char *name, enum item_order *order)
{
	static const char *const names[] = {"newest", "arrival", "published", "relevance", NULL};
	int i = cmd_choice("--sort", name, names);

	if (i >= 0)
		*order = (enum item_order)i;
	return i >= 0;
}

static int parse_options(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{"section", required_argument, NULL, 's'},
		{"feed", required_argument, NULL, 'f'},
		{"edition", required_argument, NULL, 'e'},
		{"since", required_argument, NULL, 'S'},
		{"until", required_argument, NULL, 'U'},
		{"match", required_argument, NULL, 'm'},
		{"limit", required_argument, NULL, 'n'},
		{"new-for", required_argument, NULL, 'N'},
		{"peek", no_argument, NULL, 'p'},
		{"format", required_argument, NULL, 'F'},
		{"fields", required_argument, NULL, 'c'},
		{"follow", no_argument, NULL, 'w'},
		{"sort", required_argument, NULL, OPTION_SORT},
		{"story", required_argument, NULL, OPTION_STORY},
		{"exec", required_argument, NULL, OPTION_EXEC},
		{"label", required_argument, NULL, OPTION_LABEL},
		{"starred", no_argument, NULL, OPTION_STARRED},
		{"dropped", no_argument, NULL, OPTION_DROPPED},
		{"changes", no_argument, NULL, OPTION_CHANGES},
		{"no-backlog", no_argument, NULL, OPTION_BACKLOG},
		{0},
	};
	uint64_t limit, story;
	int c;

	while ((c = cmd_option(argc, argv, "s:f:m:n:", names)) != -1) {
		switch (c) {
		case 's': o->query.section = optarg; break;
		case 'f': o->query.feed = optarg; break;
		case 'e': o->query.edition = optarg; break;
		case 'S': o->since = optarg; break;
		case 'U': o->until = optarg; break;
		case 'm': o->query.match = optarg; break;
		case 'n':
			if (!str_to_u64(optarg, INT32_MAX, &limit) || limit == 0)
				return cmd_usage_error("--limit is a number from 1, not '%s'",
					log_visible(optarg));
			o->query.limit = (int64_t)limit;
			break;
		case 'N': o->reader = optarg; break;
		case 'p': o->is_peek = true; break;
		case 'F': o->format = optarg; break;
		case 'c': o->fields = optarg; break;
		case 'w': o->follows = true; break;
		case OPTION_SORT:
			if (!parse_sort(optarg, &o->query.order))
				return EX_USAGE;
			o->sort = optarg;
			break;
		case OPTION_STORY:
			if (!str_to_u64(optarg, INT64_MAX, &story) || story == 0)
				return cmd_usage_error("--story is the number of an item, not '%s'",
					log_visible(optarg));
			o->query.story = (int64_t)story;
			break;
		case OPTION_EXEC: o->exec = optarg; break;
		case OPTION_LABEL: o->query.label = optarg; break;
		case OPTION_STARRED: o->query.only_starred = true; break;
		case OPTION_DROPPED: o->query.want_dropped = true; break;
		case OPTION_CHANGES: o->query.want_changes = true; break;
		case OPTION_BACKLOG: o->query.no_backlog = true; break;
		default: return EX_USAGE;
		}
	}
	if (optind != argc)
		return cmd_usage_error(
			"'%s' is no option; --match looks for words", log_visible(argv[optind]));
	if (o->is_peek && !o->reader)
		return cmd_usage_error("--peek goes with --new-for");
	if (o->exec && (!o->reader || o->follows))
		return cmd_usage_error("--exec goes with --new-for, and not with --follow");
	if (o->sort && (o->reader || o->follows) && o->query.order != ITEM_ORDER_ARRIVAL)
		return cmd_usage_error("--new-for and --follow list the oldest first; --sort %s "
				       "does not go with them",
			o->sort);
	if (o->reader && o->query.want_dropped)
		return cmd_usage_error(
			"what was dropped has not arrived: --dropped goes without --new-for");
	if (o->reader && !cursor_name_is_good(o->reader))
		return cmd_usage_error(
			"--new-for takes a name of letters (a to z), digits and . _ - @ :, at most %d",
			CURSOR_NAME_BYTES);
	return EX_OK;
}

/* What needs the configuration: local times. */
static int parse_times(const struct app *app, struct options *o)
{
	const char *zone = app->config->timezone;
	int64_t now = clock_now();

	if (o->since && !when_parse(o->since, zone, now, &o->query.since))
		return cmd_usage_error(
			"--since cannot be \"%s\"; %s", log_visible(o->since), when_meant());
	if (o->until && !when_parse(o->until, zone, now, &o->query.until))
		return cmd_usage_error(
			"--until cannot be \"%s\"; %s", log_visible(o->until), when_meant());
	if (o->since && o->until && o->query.since >= o->query.until)
		return cmd_usage_error(
			"--since is not before --until; nothing arrived between them");
	return EX_OK;
}

/* The command takes the place of standard output. */
static bool start_command(struct run *run)
{
	run->command = popen(run->exec, "w");
	if (!run->command)
		return false;
	signal(SIGPIPE, SIG_IGN); /* it may leave; that is said, and not died of */
	run->stdout_fd = dup(STDOUT_FILENO);
	return run->stdout_fd >= 0 && dup2(fileno(run->command), STDOUT_FILENO) >= 0;
}

/* Everything was written to it: whether it made something of it. */
static int end_command(struct run *run, int code)
{
	int state;

	if (!run->command)
		return code;
	dup2(run->stdout_fd, STDOUT_FILENO);
	close(run->stdout_fd);
	state = pclose(run->command);
	run->command = NULL;
	if (state != 0)
		code = cmd_error(EX_TEMPFAIL, "the command %s %d; these items come again",
			WIFSIGNALED(state) ? "ended by signal" : "failed with",
			WIFSIGNALED(state) ? WTERMSIG(state) : WEXITSTATUS(state));
	return code;
}

/*
 * A pipe holds what nobody has read yet, and a reader that dies now would never have seen it. When
 * the pipe is empty the reader has it all; what it does with it, only --exec can know.
 */
static int wait_for_reader(void)
{
	struct pollfd pipe = {.fd = STDOUT_FILENO, .events = POLLOUT};
	struct stat out;
	int unread = 0, wait_ms = 1;

	if (fstat(STDOUT_FILENO, &out) != 0 || !S_ISFIFO(out.st_mode))
		return EX_OK;
	while (ioctl(STDOUT_FILENO, FIONREAD, &unread) == 0 && unread > 0) {
		if (poll(&pipe, 1, 0) > 0 && pipe.revents & POLLERR)
			return cmd_error(EX_IOERR,
				"the reader left before it had read all; these items come again");
		usleep((useconds_t)wait_ms * 1000);
		wait_ms = wait_ms < 32 ? wait_ms * 2 : 50;
	}
	return EX_OK;
}

static bool on_item(void *context, const struct item_line *line)
{
	struct run *run = context;

	if (run->writer.count == 0 && run->exec && !start_command(run)) {
		run->is_stuck = true;
		return false;
	}
	if (run->writer.count == 0 && run->writer.format->begin)
		run->writer.format->begin(&run->writer);
	run->writer.format->item(&run->writer, line);
	run->writer.count++;
	run->last_seq = line->seq;
	return !ferror(stdout);
}

/* What a name that the store does not know was meant to be; NULL: nothing near. In the arena. */
static const char *guess_name(struct app *app, const struct item_query *query, struct arena *arena)
{
	static const char sections[] = "SELECT DISTINCT section FROM v_feed WHERE section NOT NULL";
	static const char feeds[] = "SELECT title FROM v_feed UNION SELECT url FROM v_feed";
	struct nearest section = {.word = query->section}, feed = {.word = query->feed};
	sqlite3_stmt *row;
	const char *name;
	bool has_row;
	size_t i;

	/* A section that is known is not what was missed. */
	for (i = 0; query->section && i < app->config->section_count; i++)
		nearest_offer(&section, app->config->sections[i].title);
	if (query->section && store_statement(app->store, sections, &row) == STATUS_OK) {
		while (store_step(app->store, row, &has_row) == STATUS_OK && has_row) {
			name = (const char *)sqlite3_column_text(row, 0);
			nearest_offer(&section, arena_strdup(arena, name));
		}
	}
	if (section.best && section.distance > 0)
		return section.best;
	if (query->feed && store_statement(app->store, feeds, &row) == STATUS_OK) {
		while (store_step(app->store, row, &has_row) == STATUS_OK && has_row) {
			name = (const char *)sqlite3_column_text(row, 0);
			nearest_offer(&feed, arena_strdup(arena, name));
		}
	}
	return feed.best;
}

static int not_found(struct app *app, const struct item_query *query, const char *why)
{
	struct arena arena = {0};
	const char *name = guess_name(app, query, &arena);
	int code = cmd_usage_error("%s; %s%s%s", log_visible(why),
		name             ? "did you mean \""
		: query->edition ? "'diurna status' names the last"
				 : "'diurna feeds' lists them",
		name ? log_visible(name) : "", name ? "\"?" : "");

	arena_finish(&arena);
	return code;
}

/* Run the query once. Codes: EX_OK, or what failed, said on stderr. */
static int run_once(struct app *app, const struct item_query *query, struct run *run)
{
	char *why = NULL;
	enum status status = item_query_run(app->store, query, on_item, run, &why);
	int code = EX_OK;

	if (status == STATUS_NOT_FOUND)
		code = not_found(app, query, why ? why : status_text(status));
	else if (status == STATUS_SYNTAX)
		code = cmd_usage_error("--match cannot be %s; words, \"phrases\", AND, OR and NOT "
				       "were meant",
			log_visible(why ? why : status_text(status)));
	else if (status != STATUS_OK)
		code = app_store_error(app->store, status);
	free(why);
	return code;
}

/* The cursor moves once everything was written, not before: a script that fails gets it again. */
static int move_cursor(
	struct app *app, const struct options *o, const struct run *run, int64_t from)
{
	int64_t to = o->query.until_seq;
	enum status status;

	if (o->query.limit > 0 && (int64_t)run->writer.count >= o->query.limit)
		to = run->last_seq;
	if (to <= from)
		return EX_OK;
	status = cursor_set(app->store, o->reader, from, to, clock_now());
	if (status == STATUS_BUSY)
		return cmd_error(EX_TEMPFAIL,
			"another run for %s moved on meanwhile, or the store was busy; these items may "
			"come again",
			o->reader);
	if (status != STATUS_OK)
		return cmd_error(EX_IOERR, "the place of %s cannot be kept: %s", o->reader,
			status_text(status));
	return EX_OK;
}

/* Another store has taken the place of the one that is open: recover does that, or a backup. */
static bool is_replaced(const char *path, const struct stat *opened)
{
	struct stat now;

	return stat(path, &now) != 0 || now.st_ino != opened->st_ino ||
	       now.st_dev != opened->st_dev;
}

/* New arrivals as they come, until the reader leaves. */
static int follow(struct app *app, struct options *o, struct run *run, const struct stat *opened)
{
	int64_t last = o->query.until_seq;
	int code = EX_OK;

	o->query.limit = 0;
	while (code == EX_OK) {
		enum status status = arrivals_last(app->store, &last);

		if (is_replaced(store_path(app->store), opened))
			return cmd_error(EX_TEMPFAIL,
				"the store has been replaced by another one; run this again");
		if (status != STATUS_OK && status != STATUS_BUSY)
			return cmd_error(EX_IOERR, "the store: %s", status_text(status));
		if (status == STATUS_OK && last > o->query.until_seq) {
			o->query.after_seq = o->query.until_seq;
			o->query.until_seq = last;
			code = run_once(app, &o->query, run);
			if (code == EX_OK)
				code = out_finish();
			if (code == EX_OK && o->reader && !o->is_peek)
				code = wait_for_reader();
			if (code == EX_OK && o->reader && !o->is_peek)
				code = move_cursor(app, o, run, o->query.after_seq);
		}
		sleep(1);
	}
	return code;
}

static int run_query(struct app *app, struct options *o, struct run *run)
{
	struct stat opened = {0};
	enum status status;
	int code;

	if (stat(store_path(app->store), &opened) != 0)
		return cmd_error(EX_IOERR, "%s: %s", store_path(app->store), strerror(errno));
	if (o->reader) {
		status = cursor_get(app->store, o->reader, &o->query.after_seq);
		if (status != STATUS_OK)
			return app_store_error(app->store, status);
	}
	if (o->reader || o->follows) {
		o->query.order = ITEM_ORDER_ARRIVAL;
		status = arrivals_last(app->store, &o->query.until_seq);
		if (status != STATUS_OK)
			return app_store_error(app->store, status);
	}
	run->exec = o->exec;
	code = run_once(app, &o->query, run);
	if (run->is_stuck)
		code = cmd_error(EX_OSERR, "the command cannot be started: %s", strerror(errno));
	if (run->writer.count > 0 && run->writer.format->end)
		run->writer.format->end(&run->writer);
	if (code == EX_OK)
		code = out_finish();
	code = end_command(run, code);
	if (code == EX_OK && o->reader && !o->is_peek)
		code = wait_for_reader();
	if (code == EX_OK && o->reader && !o->is_peek)
		code = move_cursor(app, o, run, o->query.after_seq);
	if (code == EX_OK && o->follows)
		code = follow(app, o, run, &opened);
	return code == EX_OK && run->writer.count == 0 ? EXIT_NOTHING : code;
}

int cmd_query(int argc, char **argv)
{
	struct options o = {.format = out_is_terminal() ? "table" : "tsv"};
	struct run run = {0};
	struct app app = {0};
	int code = parse_options(argc, argv, &o);

	if (code != EX_OK)
		return code;
	run.writer.format = item_format_find(o.format);
	if (!run.writer.format)
		return EX_USAGE;
	if (o.follows && str_eq(o.format, "table"))
		return cmd_usage_error(
			"--follow needs a format of lines: json, tsv, urls, markdown");
	if (o.fields && !item_writer_fields(&run.writer, o.fields))
		return EX_USAGE;
	o.query.want_text = item_writer_wants_text(&run.writer);
	code = app_open_store(&app);
	if (code == EX_OK)
		code = parse_times(&app, &o);
	if (code == EX_OK && str_eq(o.format, "table") && !o.reader)
		out_page();
	if (code == EX_OK) {
		run.writer.zone = app.config->timezone;
		code = run_query(&app, &o, &run);
	}
	app_close(&app);
	return code;
}
