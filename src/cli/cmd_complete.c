/*
 * complete: what a shell may offer for a word. The completions of bash, zsh and fish ask this, so
 * that one place knows. `diurna complete -- WORD...`: the words behind "diurna", the last one is
 * to be completed. A candidate a line, then a tab and what it is. Exit code 3: names of files.
 */
#include "cli/cmd.h"

#include "cli/app.h"
#include "cli/out.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

enum { EXIT_FILES = 3, MOST = 2000 }; /* candidates, which no shell shows */

static const struct {
	const char *command; /* NULL: any */
	const char *option;
	const char *words; /* separated by spaces */
} values[] = {
	{"query", "--format", "table json tsv urls markdown atom"},
	{"cursors", "--format", "table json"},
	{"labels", "--format", "table json"},
	{"rules", "--format", "table json"},
	{"health", "--format", "text json"},
	{"query", "--sort", "newest arrival published relevance"},
	{"show", "--format", "text markdown html json"},
	{"digest", "--format", "text html markdown json atom epub mail"},
	{"feeds", "--format", "table json"},
	{"log", "--format", "table json"},
	{"explain", "--format", "text json"},
	{"status", "--format", "text json prometheus"},
	{"extract", "--format", "json text html markdown"},
	{NULL, "--since", "today yesterday 1h 1d monday"},
	{NULL, "--until", "today yesterday 1h 1d monday"},
	{NULL, "--date", "today yesterday"},
	{NULL, "--at", "06:30 18:00"},
};

#define LABELS "SELECT label, count(*) || ' articles' FROM item_label GROUP BY label ORDER BY label"

/* What stands for an option or argument in the store. */
static const struct {
	const char *command; /* NULL: any */
	const char *option;  /* NULL: an argument */
	const char *sql;     /* candidate, what it is */
} from_store[] = {
	{NULL, "--section", "SELECT title, '' FROM section ORDER BY position"},
	{"query", "--feed", "SELECT url, title FROM v_feed WHERE state = 'active' ORDER BY title"},
	{NULL, "--edition",
		"SELECT name, items || ' articles' FROM v_edition ORDER BY id DESC LIMIT 60"},
	{"digest", "--date",
		"SELECT name, items || ' articles' FROM v_edition ORDER BY id DESC LIMIT 60"},
	{NULL, "--new-for", "SELECT name, '' FROM cursor ORDER BY name"},
	{"cursors", "--set", "SELECT name, '' FROM cursor ORDER BY name"},
	{"cursors", "--remove", "SELECT name, '' FROM cursor ORDER BY name"},
	{"query", "--label", LABELS},
	{"mark", "--label", LABELS},
	{"mark", "--unlabel", LABELS},
	{"labels", "--rename", LABELS},
	{"labels", "--remove", LABELS},
	{"mark", NULL,
		"SELECT id, title FROM v_item WHERE state = 'ready' ORDER BY id DESC LIMIT 40"},
	{"poll", NULL, "SELECT url, title FROM v_feed WHERE state = 'active' ORDER BY title"},
	{"log", NULL, "SELECT url, title FROM v_feed WHERE state = 'active' ORDER BY title"},
	{"unsubscribe", NULL,
		"SELECT url, title FROM v_feed WHERE state = 'active' ORDER BY title"},
	{"show", NULL,
		"SELECT id, title FROM v_item WHERE state = 'ready' ORDER BY id DESC LIMIT 40"},
	{"explain", NULL, "SELECT id, title FROM v_item ORDER BY id DESC LIMIT 40"},
};

static const char *const takes_files[] = {
	"init", "subscribe", "import", "backup", "parse", "extract", NULL};
static const char *const file_options[] = {
	"--config", "--output", "--files-from", "--rule", "--entry", "--feeds", NULL};

/* What is being completed. */
struct wanted {
	const char *command; /* NULL: that is it */
	const char *before;  /* the word before, "" at the beginning */
	const char *word;
	char *joined; /* "--format" of "--format=js", which is before then; NULL: not so */
	size_t count; /* printed */
};

static bool is_in(const char *const *list, const char *word)
{
	for (; *list; list++) {
		if (str_eq(*list, word))
			return true;
	}
	return false;
}

static void offer(struct wanted *wanted, const char *candidate, const char *what)
{
	if (!str_istarts(candidate, wanted->word))
		return;
	wanted->count++;
	printf("%s%s%s\t%s\n", wanted->joined ? wanted->joined : "", wanted->joined ? "=" : "",
		log_visible(candidate), log_visible(what));
}

static void offer_commands(struct wanted *wanted)
{
	size_t i;

	for (i = 0; i < command_count; i++) {
		if (commands[i].summary)
			offer(wanted, commands[i].name, commands[i].summary);
	}
	offer(wanted, "help", "what a command does");
}

/* Every "--name" of the help, with what stands behind it. */
static void offer_options(struct wanted *wanted, const struct command *command)
{
	const char *p, *end, *what;
	char *name, *text;

	for (p = command->help; (p = strstr(p, "  --")); p = end) {
		p += 2;
		end = p + 2 + strspn(p + 2, "abcdefghijklmnopqrstuvwxyz-");
		name = xstrndup(p, (size_t)(end - p));
		what = strstr(end, "  ");
		what = what && what < end + strcspn(end, "\n") ? what + strspn(what, " ") : "";
		text = xstrndup(what, strcspn(what, "\n"));
		if (strstr(text, "  --"))
			*strstr(text, "  --") = '\0';
		offer(wanted, name, text);
		free(text);
		free(name);
	}
	offer(wanted, "--help", "what it does");
}

/* Does this option of the command take a value? As its help shows: "--name N". */
static bool takes_value(const struct command *command, const char *option)
{
	const char *p = command ? command->help : "";
	size_t len = strlen(option);

	if (str_eq(option, "--config"))
		return true;
	for (; (p = strstr(p, option)); p += len) {
		if (p[len] == ' ' && p[len + 1] >= 'A' && p[len + 1] <= 'Z')
			return true;
	}
	return false;
}

static void offer_words(struct wanted *wanted, const char *words)
{
	char *copy = xstrdup(words), *state = NULL, *word;

	for (word = strtok_r(copy, " ", &state); word; word = strtok_r(NULL, " ", &state))
		offer(wanted, word, "");
	free(copy);
}

/* A shell waits: what cannot be had is not said. */
static void offer_from_store(struct wanted *wanted, const char *sql)
{
	struct config_errors errors = {0};
	struct config *config = NULL;
	struct store *store = NULL;
	sqlite3_stmt *row = NULL;

	if (config_load(app_config_path, &config, &errors) == STATUS_OK &&
		store_open(config->store_path, STORE_READ, &store, NULL) == STATUS_OK &&
		sqlite3_prepare_v2(store_db(store), sql, -1, &row, NULL) == SQLITE_OK) {
		while (wanted->count < MOST && sqlite3_step(row) == SQLITE_ROW)
			offer(wanted, (const char *)sqlite3_column_text(row, 0),
				(const char *)sqlite3_column_text(row, 1));
	}
	sqlite3_finalize(row);
	store_close(store);
	config_free(config);
	config_errors_finish(&errors);
}

/* Of an option's value, or of an argument where option is NULL. */
static int offer_values(struct wanted *wanted, const char *option)
{
	size_t i;

	for (i = 0; option && i < ARRAY_LEN(values); i++) {
		if (str_eq(values[i].option, option) &&
			(!values[i].command || str_eq(values[i].command, wanted->command)))
			offer_words(wanted, values[i].words);
	}
	for (i = 0; i < ARRAY_LEN(from_store); i++) {
		if (str_eq(from_store[i].option, option) &&
			(!from_store[i].command || str_eq(from_store[i].command, wanted->command)))
			offer_from_store(wanted, from_store[i].sql);
	}
	if (option ? is_in(file_options, option) : is_in(takes_files, wanted->command))
		return EXIT_FILES;
	return EX_OK;
}

static const struct command *command_named(const char *name)
{
	size_t i;

	for (i = 0; name && i < command_count; i++) {
		if (str_eq(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

static void understand(struct wanted *wanted, int count, char **words)
{
	int i;

	wanted->word = count > 0 ? words[count - 1] : "";
	wanted->before = count > 1 ? words[count - 2] : "";
	if (str_starts(wanted->word, "--") && strchr(wanted->word, '=')) {
		wanted->joined = xstrndup(wanted->word, strcspn(wanted->word, "="));
		wanted->word += strlen(wanted->joined) + 1;
		wanted->before = wanted->joined;
	}
	for (i = 0; i + 1 < count; i++) {
		if (str_eq(words[i], "--config") && i + 2 < count)
			app_config_path = words[++i];
		else if (words[i][0] != '-' && !wanted->command)
			wanted->command = words[i];
	}
}

int cmd_complete(int argc, char **argv)
{
	int first = argc > 1 && str_eq(argv[1], "--") ? 2 : 1, code = EX_OK;
	struct wanted wanted = {0};
	const struct command *command;

	understand(&wanted, argc - first, argv + first);
	command = command_named(wanted.command);
	if (str_starts(wanted.before, "--") && takes_value(command, wanted.before)) {
		code = offer_values(&wanted, wanted.before);
	} else if (!wanted.command && wanted.word[0] == '-') {
		offer_words(&wanted, "--config --quiet --no-pager --help --version");
	} else if (!wanted.command || str_eq(wanted.command, "help")) {
		offer_commands(&wanted);
	} else if (command && wanted.word[0] == '-') {
		offer_options(&wanted, command);
	} else if (command) {
		code = offer_values(&wanted, NULL);
	}
	free(wanted.joined);
	return out_finish() == EX_OK ? code : EX_IOERR;
}
