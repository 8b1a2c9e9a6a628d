#include "cli/cmd.h"

#include "cli/json.h"
#include "core/job.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

/* A parser that is started again when it is lost. */
struct parser {
	pid_t pid; /* 0: none runs */
	int fd;
};

static void parser_end(struct parser *parser)
{
	if (parser->pid == 0)
		return;
	kill(parser->pid, SIGKILL);
	close(parser->fd);
	while (waitpid(parser->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	parser->pid = 0;
}

/* One page; its article as JSON, with a reason where there is none. NULL: said on stderr. */
static json_t *extract(struct parser *parser, const char *path, const char *url)
{
	struct job job = {.kind = JOB_PAGE, .url = url, .entry_published = DATE_NONE};
	struct buf body = {0};
	struct answer answer;
	enum status status = STATUS_OK;
	json_t *object = NULL;

	answer_init(&answer);
	if (!cmd_read_file(path, LIMIT_PAGE_BYTES, &body))
		goto out;
	job.body = buf_text(&body);
	job.body_len = body.len;
	if (parser->pid == 0)
		status = parser_spawn(&parser->pid, &parser->fd);
	if (status != STATUS_OK) {
		cmd_error(0, "diurna-parse cannot be started: %s", strerror(errno));
		goto out;
	}
	status = parser_ask(parser->fd, &job, LIMIT_PARSER_DEADLINE_MS, &answer);
	if (status != STATUS_OK) {
		parser_end(parser);
		answer.article.reason = status_text(status);
	}
	object = json_of_article(&answer.article);
	if (status == STATUS_OK && answer.status != STATUS_OK && !answer.article.reason)
		json_add_str(object, "reason", answer.message);
out:
	answer_finish(&answer);
	buf_finish(&body);
	return object;
}

static int extract_list(struct parser *parser, const char *list)
{
	FILE *file = str_eq(list, "-") ? stdin : fopen(list, "re");
	char *line = NULL, *url;
	size_t space = 0;
	json_t *object;
	int code = EX_OK;

	if (!file)
		return cmd_error(EX_NOINPUT, "%s: %s", list, strerror(errno));
	while (getline(&line, &space, file) >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		if (!*line)
			continue;
		url = strchr(line, '\t');
		if (url)
			*url++ = '\0';
		object = extract(parser, line, url && *url ? url : NULL);
		if (!object) {
			code = EX_NOINPUT;
			object = json_object();
			json_add_str(object, "reason", "cannot be read");
		}
		json_add_str(object, "file", line);
		json_print_line(object);
	}
	free(line);
	if (file != stdin)
		fclose(file);
	return code;
}

int cmd_extract(int argc, char **argv)
{
	static const struct option options[] = {
		{"url", required_argument, NULL, 'u'},
		{"files-from", required_argument, NULL, 'l'},
		{0},
	};
	const char *url = NULL, *list = NULL;
	struct parser parser = {0};
	json_t *object;
	int c, code;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'u': url = optarg; break;
		case 'l': list = optarg; break;
		default: return cmd_usage_error("see the options");
		}
	}
	if (list ? optind != argc : optind != argc - 1)
		return cmd_usage_error("one FILE or --files-from LIST is needed");
	if (list) {
		code = extract_list(&parser, list);
	} else {
		object = extract(&parser, argv[optind], url);
		code = !object ? EX_NOINPUT : json_object_get(object, "text") ? EX_OK : EX_DATAERR;
		if (object)
			json_print_line(object);
	}
	parser_end(&parser);
	return code;
}
