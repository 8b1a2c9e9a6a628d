#include "config.h"

#include "cli/app.h"
#include "cli/cmd.h"
#include "cli/help.h"
#include "cli/json.h"
#include "cli/out.h"
#include "core/config_value.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "store/store.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

const struct command commands[] = {
	{"init", cmd_init, "[OPTION...] [FILE|ADDRESS...]",
		"begin: a configuration, your feeds, a first paper",
		"  --at T        when the paper shall be there; without: you are asked, or 06:30\n"
		"  --feeds F     a file of another reader, or the address of a feed or page; also as argument\n"
		"  --timezone Z  of the times; without: the system's\n"
		"  --name N      what stands above the paper\n"
		"  --user        for you (the default, except for root)\n"
		"  --system      for the system's service\n"
		"  --start       start the service, or print a first paper where there is none\n"
		"  --no-start    do not, and do not ask\n"
		"  --yes         ask nothing\n"
		"  --replace     begin anew; the old configuration stays as FILE~\n"
		"\n"
		"With --config FILE all of it goes into the folder of FILE: one newspaper of several.\n"
		"\n"
		"Examples: diurna init\n"
		"          diurna init --yes --at 07:00 --start subscriptions.opml\n"},
	{"query", cmd_query, "[OPTION...]", "items: what is new, what matches, since when",
		"  --section S     title of a section        --feed F      number, URL or part of a title\n"
		"  --since T       arrived at or after       --until T     arrived before\n"
		"  --match Q       full-text query: words, \"phrases\", AND OR NOT, title:word, word*\n"
		"  --edition E     printed in that edition   --limit N     at most N\n"
		"  --story ID      same event as item ID     --label NAME  what was labelled so\n"
		"  --starred       only what is starred      --dropped     only what a rule dropped\n"
		"  --changes       changed items again       --no-backlog  without what new feeds brought\n"
		"  --sort ORDER    newest, arrival, published, relevance\n"
		"  --new-for NAME  what NAME has not had yet; moves on once all was written\n"
		"  --exec COMMAND  with --new-for: COMMAND reads it; moves on when it succeeds\n"
		"  --peek          with --new-for: does not move on\n"
		"  --follow        goes on with what arrives\n"
		"  --format F      table (on a terminal), json, tsv (else), urls, markdown,\n"
		"                  atom\n"
		"  --fields LIST   id,title,url,... with commas between; diurna-json(5) has all names\n"
		"\n"
		"Times: 2h, 3 days ago, yesterday, \"last monday\", 06:30, 2026-08-22, \"yesterday 06:30\".\n"
		"Exit code 1: nothing matched.\n"
		"\n"
		"Examples: diurna query --since yesterday --match 'Taiwan OR \"South China Sea\"'\n"
		"          diurna query --new-for mailer --format json --exec ./mail-them\n"},
	{"show", cmd_show, "[--format text|markdown|html|json] [--revisions] ID...",
		"one item whole",
		"  --format F   text (default), markdown, html, json\n"
		"  --revisions  and what changed in it; earlier texts as a whole but for text\n"
		"\n"
		"Example: diurna show --format markdown 4711 >article.md\n"},
	{"mark", cmd_mark,
		"[--star|--unstar] [--read|--unread] [--label NAME] [--unlabel NAME] ID...",
		"star items, label them, mark them as read",
		"  --star          what is starred keeps its text        --unstar  no longer\n"
		"  --read          for programs of the Google Reader API  --unread  not yet\n"
		"  --label NAME    a name of your own, as often as wanted; it keeps its text, too\n"
		"  --unlabel NAME  take it away again\n"
		"\n"
		"Find them again: diurna query --starred, diurna query --label NAME, diurna labels.\n"
		"\n"
		"Examples: diurna mark --star 4711\n"
		"          diurna mark --label 'To read' --unlabel Later 4711 4712\n"},
	{"labels", cmd_labels, "[--rename OLD NEW | --remove NAME] [--format table|json]",
		"the labels that items were given, and how many have each",
		"  --rename OLD NEW  on all items; where NEW is there the two become one\n"
		"  --remove NAME     from all items\n"
		"  --format F        table (default) or json\n"
		"\n"
		"Exit code 1: there are none.\n"
		"\n"
		"Example: diurna labels --rename Later 'To read'\n"},
	{"cursors", cmd_cursors, "[--set NAME start|now|SEQ | --remove NAME] [--format table|json]",
		"the readers of query --new-for, and how far each has come",
		"  --set NAME PLACE  NAME gets what arrived after PLACE: start, now, or a seq\n"
		"  --remove NAME     forget NAME; it would begin anew\n"
		"  --format F        table (default) or json\n"
		"\n"
		"Exit code 1: there are none.\n"
		"\n"
		"Example: diurna cursors --set mailer now\n"},
	{"rules", cmd_rules, "[--format table|json]",
		"the rules of the configuration, and how often each acted",
		"  --format F  table (default) or json\n"
		"\n"
		"What they dropped: diurna query --dropped. Exit code 1: there are none.\n"
		"\n"
		"Example: diurna rules --format json\n"},
	{"digest", cmd_digest, "[--date D] [--week] [OPTION ...] | --rebuild | --close",
		"any edition again; --close: one now",
		"  --date D      day or name of the edition: 2026-08-22, yesterday; without: the last\n"
		"  --week        of the seven days up to it, what was most important\n"
		"  --stories N   so many of each section of a week (default 10)\n"
		"  --section S   only this section\n"
		"  --format F    text (default), html, markdown, json, atom, epub, mail\n"
		"  --output DIR  a file a section there; -: standard output (default)\n"
		"  --rebuild     write its files in the folder of digests again\n"
		"  --close       close an edition now and publish it\n"
		"\n"
		"Examples: diurna digest --date yesterday --section World\n"
		"          diurna digest --week --format epub --output ~/reader\n"},
	{"feeds", cmd_feeds, "[--troubled] [--all] [--format table|json]",
		"what is polled, and how each feed does",
		"  --troubled  only feeds that fail, are gone or silent\n"
		"  --all       also what is no longer subscribed\n"
		"  --format F  table (default) or json\n"
		"\n"
		"Example: diurna feeds --troubled\n"},
	{"health", cmd_health, "[--format text|json]",
		"what needs you; exit code 1 if anything does",
		"  --format F  text (default) or json, an object a line\n"
		"\n"
		"Feeds that are gone, silent, refused, or have failed for three days; no daemon; an edition\n"
		"that is late. What may pass by itself is counted, not told.\n"
		"\n"
		"Example: diurna health || systemctl status diurnad\n"},
	{"log", cmd_log, "[--format table|json] FEED", "a feed's last polls, and what came of them",
		"  --format F  table (default) or json\n"
		"\n"
		"FEED is a number, a URL, or a part of a title. The last 50 polls are known.\n"
		"\n"
		"Example: diurna log example.org\n"},
	{"explain", cmd_explain, "[--format text|json] ID",
		"why an item is in its section and edition, or in none",
		"  --format F  text (default) or json\n"
		"\n"
		"Example: diurna explain 4711\n"},
	{"status", cmd_status, "[--format text|json|prometheus]",
		"how the daemon and the newspaper do, on one screen",
		"  --format F  text (default), json, or prometheus for a scraper\n"
		"\n"
		"Exit code 69: no daemon runs.\n"
		"\n"
		"Example: diurna status --format prometheus >diurna.prom\n"},
	{"poll", cmd_poll, "[--force] [FEED...]", "poll now, as far as manners allow",
		"  FEED     number or URL of a feed, as `diurna feeds` lists them; none: all that are due\n"
		"  --force  also what is not due; a server's own wish to be left alone still counts\n"
		"\n"
		"Without a daemon one round is run here, with progress.\n"
		"\n"
		"Examples: diurna poll\n"
		"          diurna poll --force https://example.org/feed.xml\n"},
	{"subscribe", cmd_subscribe, "[--section S] [--title T] [OPTION...] ADDRESS...",
		"add a feed, or the feeds behind a page, to the list",
		"  --section S  the section of its items; without: Other\n"
		"  --title T    a title of your own\n"
		"  --all        all feeds that a page names; without: you are asked, scripts get the first\n"
		"  --guess      where a page names none: also try /feed, /rss.xml and their like\n"
		"  --unchecked  take the address as it is, without a request\n"
		"  --dry-run    only show what is there\n"
		"\n"
		"The list is the first OPML file that the configuration names (subscriptions = ...).\n"
		"The address may be a feed, a page, a list (OPML), a channel of YouTube, a subreddit.\n"
		"\n"
		"Examples: diurna subscribe --section Europe https://example.org/feed.xml\n"
		"          diurna subscribe example.org\n"},
	{"unsubscribe", cmd_unsubscribe, "URL", "take a feed from the list; its items stay",
		"Example: diurna unsubscribe https://example.org/feed.xml\n"},
	{"import", cmd_import, "[--section S] [--dry-run] FILE|URL | --history [--feed URL] FILE",
		"add another reader's feeds to the list, or its items to the store",
		"  --section S  all of them go there; without: folders and tags are sections\n"
		"  --dry-run    only count\n"
		"  --history    the items that it kept: newsboat's cache.db, or a file of sfeed\n"
		"  --feed URL   with --history: the feed that an sfeed file is of\n"
		"\n"
		"FILE is OPML, newsboat's urls, an sfeedrc, or has addresses, one a line; - is standard\n"
		"input. What is subscribed already stays as it is; what is broken is named.\n"
		"\n"
		"Examples: diurna import subscriptions.opml\n"
		"          diurna import ~/.newsboat/urls\n"
		"          diurna import --history ~/.newsboat/cache.db\n"},
	{"export", cmd_export, "", "all feeds as OPML, on standard output",
		"Example: diurna export >subscriptions.opml\n"},
	{"check", cmd_check, "[--store] [--quiet]", "configuration, permissions, store",
		"  --store  look at all of the store, which takes its time\n"
		"  --quiet  only what is wrong\n"
		"\n"
		"Exit code 78: the configuration is wrong; 65: something else is.\n"
		"\n"
		"Example: diurna check --quiet || echo look at it\n"},
	{"backup", cmd_backup, "FILE", "a consistent copy of the store, also while the daemon runs",
		"Example: diurna backup /mnt/backup/diurna-$(date +%F).db\n"},
	{"recover", cmd_recover, "", "what can be had of a damaged store, in a new one",
		"The damaged file stays beside the new one. The daemon must not run.\n"
		"\n"
		"Example: systemctl stop diurnad && diurna recover && systemctl start diurnad\n"},
	{"parse", cmd_parse, "[--url BASE] [--content-type TYPE] FILE", "a feed as JSON",
		"  --url BASE           resolve relative links against BASE\n"
		"  --content-type TYPE  what the server said, for the encoding\n"
		"\n"
		"Example: diurna parse --url https://example.org/feed.xml feed.xml\n"},
	{"extract", cmd_extract,
		"[--url URL] [--rule FILE] [--entry FILE] [--format F] FILE | --files-from LIST",
		"a page's article as JSON",
		"  --url URL          the page's address\n"
		"  --files-from LIST  lines of FILE<TAB>URL; one object a line comes out, in order\n"
		"  --rule FILE        a rule of the site, as in etc/rules.d\n"
		"  --entry FILE       what the feed said of the page: an item of diurna parse\n"
		"  --format FORMAT    json, text, html or markdown\n"
		"\n"
		"Example: diurna extract --url https://example.org/a page.html\n"},
	{"complete", cmd_complete, "-- WORD...", NULL, ""},
};

const size_t command_count = ARRAY_LEN(commands);

static bool asks_for_help(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && !str_eq(argv[i], "--"); i++) {
		if (str_eq(argv[i], "--help") || str_eq(argv[i], "-h"))
			return true;
	}
	return false;
}

static int run(const struct command *command, int argc, char **argv)
{
	cmd_current = command;
	if (!asks_for_help(argc, argv))
		return command->run(argc, argv);
	out_page();
	help_print(command);
	return out_finish();
}

/*
 * Take what is for every command out of the arguments, whether it stands before the command or
 * behind it. False: said.
 */
static bool take_globals(int *argc, char **argv)
{
	int i, kept = 1;

	for (i = 1; i < *argc && !str_eq(argv[i], "--"); i++) {
		if (str_starts(argv[i], "--config=")) {
			app_config_path = argv[i] + strlen("--config=");
		} else if (str_eq(argv[i], "--config") || (kept == 1 && str_eq(argv[i], "-c"))) {
			if (++i == *argc) {
				cmd_usage_error("--config needs a FILE");
				return false;
			}
			app_config_path = argv[i];
		} else if (str_eq(argv[i], "--quiet") || (kept == 1 && str_eq(argv[i], "-q"))) {
			cmd_is_quiet = true;
		} else if (str_eq(argv[i], "--no-pager")) {
			out_never_page();
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
	/* What it is called elsewhere. */
	static const struct {
		const char *name, *here;
	} elsewhere[] = {
		{"add", "subscribe"},
		{"close", "digest --close"},
		{"delete", "unsubscribe"},
		{"fetch", "poll"},
		{"find", "query --match WORDS"},
		{"label", "mark --label NAME"},
		{"list", "feeds"},
		{"ls", "feeds"},
		{"open", "show"},
		{"paper", "digest"},
		{"print", "digest"},
		{"read", "show"},
		{"refresh", "poll"},
		{"remove", "unsubscribe"},
		{"rm", "unsubscribe"},
		{"search", "query --match WORDS"},
		{"setup", "init"},
		{"star", "mark --star"},
		{"start", "init --start"},
		{"sync", "poll"},
		{"tag", "mark --label NAME"},
		{"tags", "labels"},
		{"update", "poll"},
		{"version", "--version"},
	};
	struct nearest nearest = {.word = name};
	size_t i;

	for (i = 0; i < ARRAY_LEN(elsewhere); i++) {
		if (str_eq(name, elsewhere[i].name))
			return cmd_usage_error("there is no command '%s'; 'diurna %s' was meant",
				log_visible(name), elsewhere[i].here);
	}
	for (i = 0; i < command_count; i++) {
		if (commands[i].summary)
			nearest_offer(&nearest, commands[i].name);
	}
	if (nearest.best)
		return cmd_usage_error("there is no command '%s'; did you mean '%s'?",
			log_visible(name), nearest.best);
	return cmd_usage_error(
		"there is no command '%s'; 'diurna help' lists them", log_visible(name));
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < command_count; i++) {
		if (str_eq(name, commands[i].name))
			return &commands[i];
	}
	return NULL;
}

/* What was compiled in, for scripts and bug reports. */
static json_t *features(void)
{
	json_t *list = json_array();

#ifdef HAVE_SYSTEMD
	json_array_append_new(list, json_string("systemd"));
#endif
#ifdef HAVE_MICROHTTPD
	json_array_append_new(list, json_string("web"));
#endif
	if (sqlite3_compileoption_used("ENABLE_FTS5"))
		json_array_append_new(list, json_string("full-text"));
	return list;
}

static int print_version(bool is_json)
{
	if (is_json)
		json_print_line(json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:o}", "name", "diurna",
			"version", PACKAGE_VERSION, "json", CMD_JSON_VERSION, "sqlite",
			sqlite3_libversion(), "sysconfdir", SYSCONFDIR, "localstatedir",
			LOCALSTATEDIR, "features", features()));
	else
		printf("diurna %s\n", PACKAGE_VERSION);
	return out_finish();
}

int main(int argc, char **argv)
{
	const struct command *command;
	bool is_help;

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C"); /* figures are for programs too */
	if (!take_globals(&argc, argv))
		return EX_USAGE;
	if (argc < 2) {
		help_list(stderr);
		return EX_USAGE;
	}
	if (str_eq(argv[1], "--version"))
		return print_version(argc > 2 && str_eq(argv[2], "--json"));
	is_help = str_eq(argv[1], "--help") || str_eq(argv[1], "-h") || str_eq(argv[1], "help");
	if (is_help && argc == 2) {
		help_list(stdout);
		return EX_OK;
	}
	if (argv[1][0] == '-' && !is_help)
		return cmd_usage_error(
			"there is no option '%s'; options of a command stand behind it",
			log_visible(argv[1]));
	command = find_command(argv[is_help ? 2 : 1]);
	if (!command)
		return no_such_command(argv[is_help ? 2 : 1]);
	if (is_help)
		return run(command, 2, (char *[]){argv[2], (char *)"--help", NULL});
	return run(command, argc - 1, argv + 1);
}
