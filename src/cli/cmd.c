#include "cli/cmd.h"

#include "cli/out.h"
#include "core/buf.h"
#include "core/config_value.h"
#include "core/file.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

const struct command *cmd_current;
bool cmd_is_quiet;

static void __attribute__((format(printf, 1, 0))) complain(const char *format, va_list args)
{
	struct buf text = {0};

	buf_printf(&text, "diurna%s%s: ", cmd_current ? " " : "",
		cmd_current ? cmd_current->name : "");
	buf_vprintf(&text, format, args);
	out_line(stderr, 0, OUT_PLAIN, buf_text(&text));
	buf_finish(&text);
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
	fprintf(stderr, "Try 'diurna %s%s--help'.\n", cmd_current ? cmd_current->name : "",
		cmd_current ? " " : "");
	return EX_USAGE;
}

void cmd_note(const char *format, ...)
{
	struct buf text = {0};
	va_list args;

	if (cmd_is_quiet)
		return;
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	out_line(stderr, 0, OUT_PLAIN, buf_text(&text));
	buf_finish(&text);
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

/* What getopt_long(3) did not understand: an option of ours that is written nearly so? */
static void wrong_option(const char *word, const struct option *options)
{
	size_t len = strcspn(word, "=");
	char *name = xstrndup(word, len);
	struct nearest nearest = {.word = name + 2};
	size_t i, fitting = 0;

	for (i = 0; options[i].name; i++) {
		nearest_offer(&nearest, options[i].name);
		fitting += str_starts(options[i].name, name + 2);
		if (str_eq(options[i].name, name + 2) && options[i].has_arg == no_argument) {
			cmd_usage_error("--%s takes no value", options[i].name);
			goto out;
		}
	}
	if (fitting > 1)
		cmd_usage_error("'%s' may be several options", log_visible(name));
	else if (nearest.best)
		cmd_usage_error("there is no option '%s'; did you mean '--%s'?", log_visible(name),
			nearest.best);
	else
		cmd_usage_error("there is no option '%s'", log_visible(name));
out:
	free(name);
}

int cmd_option(int argc, char **argv, const char *letters, const struct option *options)
{
	char mine[64];
	int c, before = optind ? optind : 1;

	opterr = 0;
	snprintf(mine, sizeof(mine), ":%s", letters);
	c = getopt_long(argc, argv, mine, options, NULL);
	if (c == ':') {
		cmd_usage_error("%s needs a value", log_visible(argv[optind - 1]));
		return '?';
	}
	if (c == '?' && optopt && !str_starts(argv[optind - 1], "--"))
		cmd_usage_error(
			"there is no option '-%c'", str_is_alpha((char)optopt) ? optopt : '?');
	else if (c == '?')
		wrong_option(argv[optind > before ? optind - 1 : before], options);
	return c;
}

int cmd_choice(const char *what, const char *value, const char *const *words)
{
	struct nearest nearest = {.word = value};
	struct buf list = {0};
	int i;

	for (i = 0; words[i]; i++) {
		if (str_eq(words[i], value)) {
			buf_finish(&list);
			return i;
		}
		nearest_offer(&nearest, words[i]);
		buf_printf(&list, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
	}
	cmd_usage_error("%s is %s, not '%s'%s%s%s", what, buf_text(&list), log_visible(value),
		nearest.best ? "; did you mean '" : "", nearest.best ? nearest.best : "",
		nearest.best ? "'?" : "");
	buf_finish(&list);
	return -1;
}
