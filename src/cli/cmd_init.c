/* init: from nothing to a configuration that works, in three questions. */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/out.h"
#include "cli/polling.h"
#include "core/config_value.h"
#include "core/date.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum start { START_ASK, START_YES, START_NO };

/* What the person wants; strings are borrowed or live as long as the program. */
struct plan {
	const char *path; /* of the configuration */
	const char *at, *timezone, *name;
	char *answer; /* at, where it was asked for */
	char **feeds; /* files and addresses */
	size_t feed_count, feed_space;
	bool is_system;
	bool is_elsewhere; /* where a person said: a newspaper beside others, in one folder */
	bool asks;         /* a person is there */
	bool replaces;     /* what is there already */
	enum start start;
};

/* The answer to a question, or preset; the caller frees it. */
static char *ask(const struct plan *plan, const char *question, const char *preset)
{
	char *line = NULL;
	size_t space = 0;

	if (!plan->asks)
		return xstrdup(preset);
	fprintf(stderr, "%s%s%s [%s] ", out_style(OUT_BOLD), question, out_end(), preset);
	if (getline(&line, &space, stdin) <= 0) {
		free(line);
		fputc('\n', stderr);
		return xstrdup(preset);
	}
	str_trim(line);
	if (*line)
		return line;
	free(line);
	return xstrdup(preset);
}

static bool ask_yes(const struct plan *plan, const char *question)
{
	char *answer = ask(plan, question, "yes");
	bool is_yes = str_istarts(answer, "y");

	free(answer);
	return is_yes;
}

/* The zone of this machine, as /etc/localtime says; NULL: it does not. */
static const char *system_zone(void)
{
	static char path[4096];
	ssize_t len = readlink("/etc/localtime", path, sizeof(path) - 1);
	char *zone;

	path[len > 0 ? len : 0] = '\0';
	zone = strstr(path, "zoneinfo/");
	return zone && date_zone_exists(zone + strlen("zoneinfo/")) ? zone + strlen("zoneinfo/")
								    : NULL;
}

static char *default_path(bool is_system)
{
	const char *named = getenv("DIURNA_CONFIG"), *base = getenv("XDG_CONFIG_HOME"),
		   *home = getenv("HOME");

	if (app_config_path)
		return xstrdup(app_config_path);
	if (!str_is_empty(named))
		return xstrdup(named);
	if (is_system)
		return xstrdup(SYSCONFDIR "/diurna/diurna.conf");
	if (base && *base == '/')
		return xasprintf("%s/diurna/diurna.conf", base);
	return home && *home == '/' ? xasprintf("%s/.config/diurna/diurna.conf", home) : NULL;
}

/* All folders above path. */
static bool make_folders(const char *path, mode_t mode)
{
	char *copy = xstrdup(path), *slash;
	bool is_made = true;

	for (slash = strchr(copy + 1, '/'); is_made && slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		is_made = mkdir(copy, mode) == 0 || errno == EEXIST;
		*slash = '/';
	}
	free(copy);
	return is_made;
}

/* A quoted string of the configuration. */
static void put_quoted(struct buf *to, const char *text)
{
	buf_putc(to, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_putc(to, '\\');
		buf_putc(to, *text);
	}
	buf_putc(to, '"');
}

/* "\tname = \"value\"\n"; value NULL: nothing. */
static void put_option(struct buf *to, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(to, "\t%s = ", name);
	put_quoted(to, value);
	buf_putc(to, '\n');
}

static void put_config(const struct plan *plan, struct buf *to)
{
	buf_puts(to,
		"# The configuration of diurna, written by 'diurna init' and yours from now on.\n"
		"# diurna.conf(5) describes every option; 'diurna check' looks at all of it.\n\n"
		"# The list that 'diurna subscribe' and 'diurna import' write to.\n"
		"subscriptions = {\"subscriptions.opml\"}\n\n");
	if (plan->is_elsewhere)
		buf_puts(to, "# All of this newspaper is in the folder of this file.\n"
			     "control = \"control\"\nstore {\n\tpath = \"diurna.db\"\n}\n\n");
	buf_puts(to, "digest {\n");
	put_option(to, "directory", plan->is_elsewhere ? "digests" : NULL);
	put_option(to, "at", plan->at);
	put_option(to, "timezone", plan->timezone);
	put_option(to, "name", plan->name);
	buf_puts(to,
		"\tformats = {\"html\", \"epub\"}\n}\n\n"
		"# Sections are the folders of the list. One that stands here comes first, and may\n"
		"# take items of any feed, by words or categories:\n"
		"# section \"Taiwan\" {\n"
		"#\tmatch = \"Taiwan OR \\\"South China Sea\\\"\"\n"
		"# }\n");
}

/* Whole, and never over a file that is there; with replaces, that one stays as path~. */
static int write_new(const struct plan *plan, const char *path, const struct buf *text)
{
	char *before = xasprintf("%s~", path);
	int code = EX_OK, fd;

	if (plan->replaces && rename(path, before) < 0 && errno != ENOENT)
		code = cmd_error(EX_CANTCREAT, "%s: %s", before, strerror(errno));
	free(before);
	if (code != EX_OK)
		return code;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, buf_text(text), text->len) != (ssize_t)text->len || fsync(fd) < 0)
		code = cmd_error(EX_CANTCREAT, "%s: %s%s", path, strerror(errno),
			errno == EACCES && plan->is_system
				? "; the system's configuration is root's: sudo diurna init"
				: "");
	if (fd >= 0)
		close(fd);
	return code;
}

static int write_files(const struct plan *plan)
{
	const char *slash = strrchr(plan->path, '/');
	char *list = xasprintf(
		"%.*ssubscriptions.opml", slash ? (int)(slash + 1 - plan->path) : 0, plan->path);
	struct buf text = {0};
	int code;

	if (!make_folders(plan->path, plan->is_system ? 0755 : 0700)) {
		code = cmd_error(EX_CANTCREAT, "the folder of %s: %s%s", plan->path,
			strerror(errno),
			errno == EACCES && plan->is_system
				? "; the system's configuration is root's: sudo diurna init"
				: "");
		goto out;
	}
	put_config(plan, &text);
	code = write_new(plan, plan->path, &text);
	if (code != EX_OK || access(list, F_OK) == 0)
		goto out;
	buf_clear(&text);
	buf_puts(&text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n"
			"<head><title>Subscriptions</title></head>\n<body>\n</body>\n</opml>\n");
	code = write_new(plan, list, &text);
out:
	buf_finish(&text);
	free(list);
	return code;
}

/* Another command, as if it were typed. */
static int run_command(int (*command)(int, char **), const char *a, const char *b)
{
	char *argv[] = {(char *)a, (char *)b, NULL};
	const struct command *before = cmd_current;
	size_t i;
	int code;

	for (i = 0; i < command_count; i++) {
		if (str_eq(commands[i].name, a))
			cmd_current = &commands[i];
	}
	optind = 0; /* of getopt: from the start */
	code = command(b ? 2 : 1, argv);
	cmd_current = before;
	return code;
}

/* One that fails is said and costs itself only. */
static int take_feeds(const struct plan *plan)
{
	bool was_quiet = cmd_is_quiet;
	size_t i;
	int code, worst = EX_OK;

	for (i = 0; i < plan->feed_count; i++) {
		bool is_file = access(plan->feeds[i], F_OK) == 0;

		cmd_is_quiet |= is_file; /* that no daemon runs is no news yet */
		code = is_file ? run_command(cmd_import, "import", plan->feeds[i])
			       : run_command(cmd_subscribe, "subscribe", plan->feeds[i]);
		cmd_is_quiet = was_quiet;
		if (code != EX_OK)
			worst = code;
	}
	return worst;
}

static int start_service(const struct plan *plan)
{
	char *command =
		xasprintf("systemctl %senable --now diurnad", plan->is_system ? "" : "--user ");
	int state;

	cmd_note("%s", command);
	state = system(command);
	free(command);
	if (state != 0)
		return cmd_error(EX_UNAVAILABLE,
			"the service was not started; "
			"'journalctl %s-u diurnad' tells why",
			plan->is_system ? "" : "--user ");
	out_line(stdout, 0, OUT_PLAIN,
		"The service runs. 'diurna status' shows how it does, 'diurna digest --close' "
		"prints a first paper at once.");
	return EX_OK;
}

static int first_paper(struct app *app)
{
	static const char *const args[] = {"--edition", NULL};
	struct polling polling;
	int code;

	polling_start(&polling);
	code = polling_run(app, NULL, args, &polling);
	if (code == EX_OK && polling.edition)
		printf("Your newspaper: %s/latest/index.html\n", app->config->digest_dir);
	else if (code == EX_OK)
		code = polling_no_edition(&polling);
	polling_finish(&polling);
	return code;
}

/* Only what can be started where we are, and is wanted. */
static int start(const struct plan *plan)
{
	bool has_service = app_has_systemd(plan->is_system) && !plan->is_elsewhere, is_wanted;
	struct app app = {0};
	int code = EX_OK;

	is_wanted = plan->start == START_YES ||
		    (plan->start == START_ASK && plan->asks &&
			    ask_yes(plan, has_service ? "Start the service now?"
						      : "Print a first newspaper now?"));
	if (!is_wanted) {
		out_line(stdout, 0, OUT_PLAIN,
			has_service ? "'diurna poll' fetches, 'diurna digest --close' prints a "
				      "first paper, the service diurnad does both by itself."
				    : "'diurna poll' fetches, 'diurna digest --close' prints a "
				      "first paper.");
		return EX_OK;
	}
	if (has_service)
		return start_service(plan);
	code = app_open_config(&app);
	if (code == EX_OK)
		code = first_paper(&app);
	app_close(&app);
	return code;
}

static void add_feed(struct plan *plan, const char *feed)
{
	/* The shell would have done it. */
	const char *home = getenv("HOME");

	ARRAY_GROW(plan->feeds, plan->feed_count, plan->feed_space);
	plan->feeds[plan->feed_count++] =
		str_starts(feed, "~/") && home ? xasprintf("%s%s", home, feed + 1) : xstrdup(feed);
}

/* Until it is one. False: not asked, and it is none. */
static bool choose_time(struct plan *plan)
{
	int minutes;

	if (!plan->at)
		plan->at = plan->answer = ask(plan, "When shall the paper be there?", "06:30");
	while (!config_time_of_day(plan->at, &minutes)) {
		cmd_error(0, "--at \"%s\" is no time of day; 06:30 is one", log_visible(plan->at));
		if (!plan->asks)
			return false;
		free(plan->answer);
		plan->at = plan->answer = ask(plan, "When shall the paper be there?", "06:30");
	}
	return true;
}

static void choose_feeds(struct plan *plan)
{
	char *answer, *word, *state = NULL;

	if (!plan->asks || plan->feed_count > 0)
		return;
	out_line(stderr, 0, OUT_PLAIN,
		"Which feeds? A file of another reader (OPML, newsboat's urls), or addresses of "
		"feeds or pages.");
	answer = ask(plan, "Feeds:", "later");
	if (access(answer, F_OK) == 0) {
		add_feed(plan, answer); /* also one with spaces in its name */
	} else if (!str_ieq(answer, "later")) {
		for (word = strtok_r(answer, " ,", &state); word;
			word = strtok_r(NULL, " ,", &state))
			add_feed(plan, word);
	}
	free(answer);
}

static int init(struct plan *plan)
{
	int code, taken;
	bool is_quiet;

	if (!plan->path)
		return cmd_error(EX_CONFIG, "there is no HOME; --config FILE says where it goes");
	if (access(plan->path, F_OK) == 0 && !plan->replaces)
		return cmd_error(EX_CANTCREAT,
			"%s is there already; 'diurna check' looks at it, --replace begins anew",
			plan->path);
	if (plan->timezone && !date_zone_exists(plan->timezone))
		return cmd_usage_error("--timezone \"%s\" is not known; Europe/Paris is one",
			log_visible(plan->timezone));
	if (!choose_time(plan))
		return EX_USAGE;
	if (!plan->timezone)
		plan->timezone = system_zone();
	choose_feeds(plan);
	if (plan->is_system)
		umask(022); /* the daemon is another user and reads it */
	code = write_files(plan);
	if (code != EX_OK)
		return code;
	printf("Written: %s\n", plan->path);
	/* systemd would make it for the service; and give it to its user, should it come later. */
	if (plan->is_system && !plan->is_elsewhere && !app_has_systemd(true))
		mkdir(LOCALSTATEDIR "/lib/diurna", 0750);
	setenv("DIURNA_CONFIG", plan->path, 1);
	taken = take_feeds(plan);
	is_quiet = cmd_is_quiet;
	cmd_is_quiet = true; /* of check: only what is wrong */
	code = run_command(cmd_check, "check", NULL);
	cmd_is_quiet = is_quiet;
	if (code == EX_OK)
		code = start(plan);
	/* That there is no paper without feeds is no news. */
	return taken != EX_OK && (code == EX_OK || code == EXIT_NOTHING) ? taken : code;
}

int cmd_init(int argc, char **argv)
{
	static const struct option options[] = {
		{"system", no_argument, NULL, 's'},
		{"user", no_argument, NULL, 'u'},
		{"at", required_argument, NULL, 'a'},
		{"timezone", required_argument, NULL, 'z'},
		{"name", required_argument, NULL, 'n'},
		{"feeds", required_argument, NULL, 'f'},
		{"start", no_argument, NULL, 'S'},
		{"no-start", no_argument, NULL, 'N'},
		{"yes", no_argument, NULL, 'y'},
		{"replace", no_argument, NULL, 'r'},
		{0},
	};
	struct plan plan = {.is_system = geteuid() == 0,
		.is_elsewhere = app_config_path || getenv("DIURNA_CONFIG"),
		.asks = isatty(STDIN_FILENO) && isatty(STDERR_FILENO)};
	bool is_user = false;
	char *path;
	size_t i;
	int c, code;

	while ((c = cmd_option(argc, argv, "f:y", options)) != -1) {
		switch (c) {
		case 's': plan.is_system = true; break;
		case 'u': is_user = true; break;
		case 'a': plan.at = optarg; break;
		case 'z': plan.timezone = optarg; break;
		case 'n': plan.name = optarg; break;
		case 'f': add_feed(&plan, optarg); break;
		case 'S': plan.start = START_YES; break;
		case 'N': plan.start = START_NO; break;
		case 'y': plan.asks = false; break;
		case 'r': plan.replaces = true; break;
		default: return EX_USAGE;
		}
	}
	if (is_user && geteuid() == 0 && !plan.is_elsewhere)
		return cmd_usage_error("root's commands read %s; run it as the person whose paper "
				       "it is, or name a file with --config",
			SYSCONFDIR "/diurna/diurna.conf");
	plan.is_system &= !is_user;
	for (; optind < argc; optind++)
		add_feed(&plan, argv[optind]);
	path = default_path(plan.is_system);
	plan.path = path;
	code = init(&plan);
	for (i = 0; i < plan.feed_count; i++)
		free(plan.feeds[i]);
	free(plan.feeds);
	free(plan.answer);
	free(path);
	return code == EX_OK ? out_finish() : code;
}
