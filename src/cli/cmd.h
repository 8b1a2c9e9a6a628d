/* The subcommands of diurna. A command is one file and one row of commands[] in main.c. */
#ifndef DIURNA_CLI_CMD_H
#define DIURNA_CLI_CMD_H

#include <stdbool.h>
#include <stddef.h>

struct command {
	const char *name;                  /* as typed */
	int (*run)(int argc, char **argv); /* argv[0] is the name; an exit code of sysexits(3) */
	const char *usage;                 /* "[--url BASE] FILE" */
	const char *summary;               /* one line for the list; NULL: not in it */
	const char *help;                  /* options and examples, whole lines */
};

extern const struct command commands[];
extern const size_t command_count;

/* Exit code of commands that look for something and found nothing, as grep does. */
enum { EXIT_NOTHING = 1 };
/* Of what diurna-json(5) describes: grows when a name goes or changes its meaning. */
enum { CMD_JSON_VERSION = 1 };

/* The row of the command that runs; NULL: none yet. */
extern const struct command *cmd_current;
/* --quiet: nothing but what was asked for, and errors. */
extern bool cmd_is_quiet;

/* "diurna NAME: message" and how to get help, on stderr. Returns EX_USAGE. */
int cmd_usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "diurna NAME: message" on stderr. Returns code. */
int cmd_error(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A line on stderr that --quiet leaves out. */
void cmd_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* All of a file, "-" is standard input; at most max bytes. False: said on stderr. */
struct buf;
bool cmd_read_file(const char *path, unsigned long max, struct buf *to);

/* As getopt_long(3), but '?' has been said well, with the option that may have been meant. */
struct option;
int cmd_option(int argc, char **argv, const char *letters, const struct option *options);
/*
 * Place of value in words (ends with NULL), or -1: said, with all of them and the nearest. what is
 * the option: "--format".
 */
int cmd_choice(const char *what, const char *value, const char *const *words);

int cmd_query(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_cursors(int argc, char **argv);
int cmd_rules(int argc, char **argv);
int cmd_complete(int argc, char **argv);
int cmd_digest(int argc, char **argv);
int cmd_feeds(int argc, char **argv);
int cmd_health(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_backup(int argc, char **argv);
int cmd_recover(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_poll(int argc, char **argv);
int cmd_subscribe(int argc, char **argv);
int cmd_unsubscribe(int argc, char **argv);
int cmd_init(int argc, char **argv);
int cmd_labels(int argc, char **argv);
int cmd_log(int argc, char **argv);
int cmd_mark(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_parse(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_extract(int argc, char **argv);

#endif
