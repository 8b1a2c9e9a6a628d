#include "config.h"

#include "cli/app.h"
#include "cli/cmd.h"
#include "core/buf.h"
#include "core/config_value.h"
#include "core/file.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"

#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const struct command commands[] = {
	{"query", cmd_query, "[OPTION...]", "items: what is new, what matches, since when",
		"  --section S    title of a section         --feed F     number, URL or part of a title\n"
		"  --since T      arrived at or after        --until T    arrived before\n"
		"  --match Q      full-text query: words, \"phrases\", AND OR NOT, title:word, word*\n"
		"  --edition E    printed in that edition    --limit N    at most N\n"
		"  --starred      only what a rule starred   --dropped    also what a rule dropped\n"
		"  --changes      changed items again        --no-backlog without what new feeds brought\n"
		"  --sort ORDER   newest, arrival, published, relevance\n"
		"  --new-for NAME what NAME has not had yet; moves on once all was written\n"
		"  --peek         with --new-for: does not move on\n"
		"  --follow       goes on with what arrives\n"
		"  --format F     table (on a terminal), json, tsv (else), urls, markdown\n"
		"  --fields LIST  id,seq,arrived,published,section,feed,feed_url,title,url,author,...\n"
		"\n"
		"Times: 2h, 3 days ago, yesterday, monday, 06:30, 2026-08-22, \"2026-08-22 06:30\".\n"
		"Exit code 1: nothing matched.\n"
		"\n"
		"Examples: diurna query --since yesterday --match 'Taiwan OR \"South China Sea\"'\n"
		"          diurna query --new-for mailer --format json | ./mail-them\n"},
	{"show", cmd_show, "[--format text|markdown|html|json] [--revisions] ID...",
		"one item whole",
		"  --format F   text (default), markdown, html, json\n"
		"  --revisions  with its earlier texts\n"},
	{"digest", cmd_digest, "[--date D] [--section S] [--format F] [--output DIR|-] | --close",
		"any edition again; --close: one now",
		"  --date D      day or name of the edition: 2026-08-22, yesterday; without: the last\n"
		"  --section S   only this section\n"
		"  --format F    text (default), html, markdown, json, atom, epub\n"
		"  --output DIR  a file a section there; -: standard output (default)\n"
		"  --close       close an edition now and publish it\n"},
	{"feeds", cmd_feeds, "[--troubled] [--all] [--format table|json]",
		"what is polled, and how each feed does",
		"  --troubled  only feeds that fail, are gone or silent\n"
		"  --all       also what is no longer subscribed\n"
		"  --format F  table (default) or json\n"},
	{"status", cmd_status, "[--format text|json|prometheus]",
		"the daemon: queues, rates, memory",
		"  --format F  text (default), json, or prometheus for a scraper\n"
		"\n"
		"Exit code 69: no daemon runs.\n"},
	{"poll", cmd_poll, "[--force] [FEED...]", "poll now, as far as manners allow",
		"  FEED     number or URL of a feed, as `diurna feeds` lists them; none: all that are due\n"
		"  --force  also what is not due; a server's own wish to be left alone still counts\n"
		"\n"
		"Without a daemon one round is run here, with progress.\n"},
	{"subscribe", cmd_subscribe, "[--section S] [--title T] URL", "add a feed to the list",
		"  --section S  the section of its items; without: Other\n"
		"  --title T    a title of your own\n"
		"\n"
		"The list is the first OPML file that the configuration names (subscriptions = ...).\n"
		"Example: diurna subscribe --section Europe https://example.org/feed.xml\n"},
	{"unsubscribe", cmd_unsubscribe, "URL", "take a feed from the list; its items stay", ""},
	{"import", cmd_import, "[--dry-run] FILE", "add the feeds of an OPML file to the list",
		"  --dry-run  only count\n"
		"\n"
		"Folders become sections. What is subscribed already stays as it is.\n"},
	{"export", cmd_export, "", "all feeds as OPML, on standard output", ""},
	{"check", cmd_check, "[--store] [--quiet]", "configuration, permissions, store",
		"  --store  look at all of the store, which takes its time\n"
		"  --quiet  only what is wrong\n"
		"\n"
		"Exit code 78: the configuration is wrong; 65: something else is.\n"},
	{"backup", cmd_backup, "FILE", "a consistent copy of the store, also while the daemon runs",
		""},
	{"parse", cmd_parse, "[--url BASE] [--content-type TYPE] FILE", "a feed as JSON",
		"  --url BASE           resolve relative links against BASE\n"
		"  --content-type TYPE  what the server said, for the encoding\n"
		"\n"
		"Example: diurna parse --url https://example.org/feed.xml feed.xml\n"},
	{"extract", cmd_extract, "[--url URL] FILE | --files-from LIST", "a page's article as JSON",
		"  --url URL          the page's address\n"
		"  --files-from LIST  lines of FILE<TAB>URL; one object a line comes out, in order\n"
		"  --rule FILE        a rule of the site, as in etc/rules.d\n"
		"  --entry FILE       what the feed said of the page: an item of diurna parse\n"
		"  --format FORMAT    json, text, html or markdown\n"
		"\n"
		"Example: diurna extract --url https://example.org/a page.html\n"},
};

static const struct command *current;

const struct command *cmd_current(void)
{
	return current;
}

static void __attribute__((format(printf, 1, 0))) complain(const char *format, va_list args)
{
	fprintf(stderr, "diurna%s%s: ", current ? " " : "", current ? current->name : "");
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

int cmd_error(int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	va_end(args);
	return code;
}

int cmd_usage_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	va_end(args);
	fprintf(stderr, "Try 'diurna %s%s--help'.\n", current ? current->name : "",
		current ? " " : "");
	return EX_USAGE;
}

bool cmd_read_file(const char *path, unsigned long max, struct buf *to)
{
	enum status status = file_read(path, max, to);

	if (status == STATUS_LIMIT)
		cmd_error(0, "%s: over %lu bytes", path, max);
	else if (status != STATUS_OK)
		cmd_error(0, "%s: %s", path, strerror(errno));
	return status == STATUS_OK;
}

static void print_help(void)
{
	size_t i;

	printf("usage: diurna [--config FILE] COMMAND [OPTION...]\n\n");
	for (i = 0; i < ARRAY_LEN(commands); i++)
		printf("  %-12s %s\n", commands[i].name, commands[i].summary);
	printf("\n'diurna COMMAND --help' tells more; so does diurna(1).\n");
}

static int run(const struct command *command, int argc, char **argv)
{
	current = command;
	if (argc > 1 && (str_eq(argv[1], "--help") || str_eq(argv[1], "-h"))) {
		printf("usage: diurna %s %s\n\n%s%s%s", command->name, command->usage,
			command->summary, *command->help ? "\n\n" : "\n", command->help);
		return EX_OK;
	}
	return command->run(argc, argv);
}

/* Take --config FILE out of the arguments, before the command or behind it. False: no FILE. */
static bool take_config(int *argc, char **argv)
{
	int i, kept = 1;

	for (i = 1; i < *argc; i++) {
		if (str_eq(argv[i], "--"))
			break;
		if (str_starts(argv[i], "--config=")) {
			app_config_path = argv[i] + strlen("--config=");
		} else if (str_eq(argv[i], "--config") || (i == 1 && str_eq(argv[i], "-c"))) {
			if (++i == *argc)
				return false;
			app_config_path = argv[i];
		} else {
			argv[kept++] = argv[i];
		}
	}
	while (i < *argc)
		argv[kept++] = argv[i++];
	argv[kept] = NULL;
	*argc = kept;
	return true;
}

static int no_such_command(const char *name)
{
	struct nearest nearest = {.word = name};
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++)
		nearest_offer(&nearest, commands[i].name);
	if (nearest.best)
		return cmd_usage_error("there is no command '%s'; did you mean '%s'?",
			log_visible(name), nearest.best);
	return cmd_usage_error("there is no command '%s'", log_visible(name));
}

int main(int argc, char **argv)
{
	size_t i;

	setlocale(LC_ALL, "");
	if (!take_config(&argc, argv))
		return cmd_usage_error("--config needs a FILE");
	if (argc < 2) {
		print_help();
		return EX_USAGE;
	}
	if (str_eq(argv[1], "--help") || str_eq(argv[1], "-h") || str_eq(argv[1], "help")) {
		for (i = 0; argc > 2 && i < ARRAY_LEN(commands); i++) {
			if (str_eq(argv[2], commands[i].name))
				return run(&commands[i], 2,
					(char *[]){argv[2], (char *)"--help", NULL});
		}
		print_help();
		return EX_OK;
	}
	if (str_eq(argv[1], "--version")) {
		printf("diurna %s\n", PACKAGE_VERSION);
		return EX_OK;
	}
	for (i = 0; i < ARRAY_LEN(commands); i++) {
		if (str_eq(argv[1], commands[i].name))
			return run(&commands[i], argc - 1, argv + 1);
	}
	return no_such_command(argv[1]);
}
