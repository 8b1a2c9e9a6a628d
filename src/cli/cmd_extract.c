#include "cli/cmd.h"

#include "cli/json.h"
#include "core/date.h"
#include "core/job.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/markup.h"
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

/* What --rule and --entry say of a page; strings of entry belong to its JSON. */
struct knowledge {
	struct buf rule;
	json_t *entry;
};

enum format { FORMAT_JSON, FORMAT_TEXT, FORMAT_HTML, FORMAT_MARKDOWN };

static const char *const formats[] = {"json", "text", "html", "markdown"};

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

/* A member of the entry that is a string; NULL: none. */
static const char *entry_str(const json_t *entry, const char *name)
{
	return json_string_value(json_object_get(entry, name));
}

static void put_knowledge(struct job *job, const struct knowledge *known)
{
	const json_t *entry = known->entry;
	const char *published = entry_str(entry, "published");

	if (known->rule.len > 0)
		job->rule = buf_text(&known->rule);
	if (!job->url)
		job->url = entry_str(entry, "url");
	job->entry_title = entry_str(entry, "title");
	job->entry_summary = entry_str(entry, "summary");
	job->entry_content = entry_str(entry, "content");
	job->entry_author = entry_str(entry, "author");
	job->entry_language = entry_str(entry, "language");
	if (!job->entry_author) /* as diurna parse prints entries */
		job->entry_author =
			entry_str(json_array_get(json_object_get(entry, "authors"), 0), "name");
	if (published)
		job->entry_published = date_parse(published, NULL);
}

/* One page; its article as JSON, with a reason where there is none. NULL: said on stderr, and *code
 * is the status to end with. */
static json_t *extract(struct parser *parser, const struct knowledge *known, const char *path,
	const char *url, int *code)
{
	struct job job = {.kind = JOB_PAGE, .url = url, .entry_published = DATE_NONE};
	struct buf body = {0};
	struct answer answer;
	enum status status = STATUS_OK;
	json_t *object = NULL;

	answer_init(&answer);
	*code = EX_NOINPUT;
	if (!cmd_read_file(path, LIMIT_PAGE_BYTES, &body))
		goto out;
	job.body = buf_text(&body);
	job.body_len = body.len;
	put_knowledge(&job, known);
	if (parser->pid == 0)
		status = parser_spawn(&parser->pid, &parser->fd);
	if (status != STATUS_OK) {
		*code = cmd_error(EX_OSERR, "%s cannot be started: %s; is all of diurna installed?",
			parser_program(), strerror(errno));
		goto out;
	}
	status = parser_ask(parser->fd, &job, job_deadline_ms(job.body_len), &answer);
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

static int extract_list(struct parser *parser, const struct knowledge *known, const char *list)
{
	FILE *file = str_eq(list, "-") ? stdin : fopen(list, "re");
	char *line = NULL, *url;
	size_t space = 0;
	json_t *object;
	int code = EX_OK, failure = EX_OK;

	if (!file)
		return cmd_error(EX_NOINPUT, "%s: %s", list, strerror(errno));
	while (failure != EX_OSERR && getline(&line, &space, file) >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		if (!*line)
			continue;
		url = strchr(line, '\t');
		if (url)
			*url++ = '\0';
		object = extract(parser, known, line, url && *url ? url : NULL, &failure);
		if (!object) {
			code = failure;
			if (failure == EX_OSERR) /* so would be all that follow */
				continue;
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

/* False: said on stderr. */
static bool read_entry(const char *path, struct knowledge *known)
{
	struct buf text = {0};
	json_error_t error;
	bool is_read = cmd_read_file(path, LIMIT_PAGE_BYTES, &text);

	if (is_read)
		known->entry = json_loads(buf_text(&text), 0, &error);
	buf_finish(&text);
	if (is_read && !json_is_object(known->entry)) {
		cmd_error(EX_DATAERR, "%s: no JSON object", path);
		return false;
	}
	return is_read;
}

/* Takes the object. */
static void print_article(json_t *object, enum format format)
{
	const char *html = json_string_value(json_object_get(object, "html"));
	const char *title = json_string_value(json_object_get(object, "title"));
	const char *text = json_string_value(json_object_get(object, "text"));
	struct buf out = {0};

	switch (format) {
	case FORMAT_JSON: json_print_line(object); return;
	case FORMAT_TEXT:
		buf_printf(&out, "%s\n\n%s\n", title ? title : "", text ? text : "");
		break;
	case FORMAT_HTML: buf_printf(&out, "%s\n", html ? html : ""); break;
	case FORMAT_MARKDOWN:
		if (title)
			buf_printf(&out, "# %s\n\n", title);
		markup_to_markdown(html, &out);
		break;
	}
	fwrite(out.data, 1, out.len, stdout);
	buf_finish(&out);
	json_decref(object);
}

static int extract_one(struct parser *parser, const struct knowledge *known, const char *path,
	const char *url, enum format format)
{
	int code;
	json_t *object = extract(parser, known, path, url, &code);

	if (!object)
		return code;
	code = json_object_get(object, "text") ? EX_OK : EX_DATAERR;
	if (code == EX_OK || format == FORMAT_JSON) {
		print_article(object, format);
		return code;
	}
	cmd_error(0, "%s: %s", path, json_string_value(json_object_get(object, "reason")));
	json_decref(object);
	return code;
}

static int format_of(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(formats); i++) {
		if (str_eq(name, formats[i]))
			return (int)i;
	}
	return -1;
}

int cmd_extract(int argc, char **argv)
{
	static const struct option options[] = {
		{"url", required_argument, NULL, 'u'},
		{"files-from", required_argument, NULL, 'l'},
		{"rule", required_argument, NULL, 'r'},
		{"entry", required_argument, NULL, 'e'},
		{"format", required_argument, NULL, 'f'},
		{0},
	};
	const char *url = NULL, *list = NULL, *rule = NULL, *entry = NULL;
	struct knowledge known = {0};
	struct parser parser = {0};
	int c, code = EX_NOINPUT, format = FORMAT_JSON;

	while ((c = cmd_option(argc, argv, "", options)) != -1) {
		switch (c) {
		case 'u': url = optarg; break;
		case 'l': list = optarg; break;
		case 'r': rule = optarg; break;
		case 'e': entry = optarg; break;
		case 'f': format = format_of(optarg); break;
		default: return EX_USAGE;
		}
	}
	if (list ? optind != argc : optind != argc - 1)
		return cmd_usage_error("one FILE or --files-from LIST is needed");
	if (format < 0)
		return cmd_usage_error("--format is json, text, html or markdown");
	if (rule && !cmd_read_file(rule, LIMIT_RULE_BYTES, &known.rule))
		goto out;
	if (entry && !read_entry(entry, &known))
		goto out;
	code = list ? extract_list(&parser, &known, list)
		    : extract_one(&parser, &known, argv[optind], url, (enum format)format);
out:
	parser_end(&parser);
	buf_finish(&known.rule);
	json_decref(known.entry);
	return code;
}
