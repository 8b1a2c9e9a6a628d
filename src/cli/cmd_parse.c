#include "cli/cmd.h"

#include "cli/json.h"
#include "core/job.h"
#include "core/limits.h"
#include "core/log.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <sysexits.h>

int cmd_parse(int argc, char **argv)
{
	static const struct option options[] = {
		{"url", required_argument, NULL, 'u'},
		{"content-type", required_argument, NULL, 't'},
		{0},
	};
	struct job job = {.kind = JOB_FEED, .entry_published = DATE_NONE};
	struct buf body = {0};
	struct answer answer;
	enum status status;
	int c, code = EX_OK;

	while ((c = cmd_option(argc, argv, "", options)) != -1) {
		switch (c) {
		case 'u': job.url = optarg; break;
		case 't': job.content_type = optarg; break;
		default: return EX_USAGE;
		}
	}
	if (optind != argc - 1)
		return cmd_usage_error("one FILE is needed");
	if (!cmd_read_file(argv[optind], LIMIT_FEED_BYTES, &body)) {
		/* what is too large was read, and is no feed that we take */
		code = body.len > LIMIT_FEED_BYTES ? EX_DATAERR : EX_NOINPUT;
		buf_finish(&body);
		return code;
	}
	job.body = buf_text(&body);
	job.body_len = body.len;
	answer_init(&answer);
	status = parser_run(&job, job_deadline_ms(job.body_len), &answer);
	if (status == STATUS_OK && answer.status == STATUS_OK)
		json_print_line(json_of_feed(&answer.feed));
	else if (status == STATUS_IO)
		code = cmd_error(EX_OSERR, "%s cannot be started: %s; is all of diurna installed?",
			parser_program(), strerror(errno));
	else
		code = cmd_error(EX_DATAERR, "%s: %s; RSS, Atom or JSON Feed was meant",
			log_visible(argv[optind]),
			status != STATUS_OK ? status_text(status) : log_visible(answer.message));
	answer_finish(&answer);
	buf_finish(&body);
	return code;
}
