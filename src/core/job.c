#include "core/job.h"

#include "core/clock.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum job_tag {
	JOB_TAG_KIND = 1,
	JOB_TAG_URL,
	JOB_TAG_CONTENT_TYPE,
	JOB_TAG_BODY,
	JOB_TAG_ENTRY_TITLE,
	JOB_TAG_ENTRY_SUMMARY,
	JOB_TAG_ENTRY_CONTENT,
	JOB_TAG_ENTRY_AUTHOR,
	JOB_TAG_ENTRY_PUBLISHED,
	JOB_TAG_ENTRY_LANGUAGE,
	JOB_TAG_RULE,
	JOB_TAG_SITE_BLOCKS,
	JOB_TAG_CONTENT_LANGUAGE,
	JOB_TAG_PAGE,
	JOB_TAG_SEEN_BLOCKS,
};

enum answer_tag {
	ANSWER_TAG_KIND = 1,
	ANSWER_TAG_STATUS,
	ANSWER_TAG_MESSAGE,
	ANSWER_TAG_FEED,
	ANSWER_TAG_ARTICLE,
	ANSWER_TAG_LINK,
	ANSWER_TAG_IMAGE_TYPE,
	ANSWER_TAG_IMAGE_WIDTH,
	ANSWER_TAG_IMAGE_HEIGHT,
};

const struct image_type image_types[] = {
	{"image/jpeg", "jpg", true},
	{"image/png", "png", true},
	{"image/gif", "gif", true},
	{"image/webp", "webp", false},
	{"image/avif", "avif", false},
};
const size_t image_type_count = ARRAY_LEN(image_types);

enum link_tag { LINK_TAG_URL = 1, LINK_TAG_TITLE, LINK_TAG_FOLDER, LINK_TAG_TYPE };

int job_deadline_ms(size_t len)
{
	return LIMIT_PARSER_DEADLINE_MS + (int)(len >> 20) * LIMIT_PARSER_DEADLINE_MB_MS;
}

void job_put(struct buf *to, const struct job *job)
{
	wire_put_int(to, JOB_TAG_KIND, job->kind);
	wire_put_str(to, JOB_TAG_URL, job->url);
	wire_put_str(to, JOB_TAG_CONTENT_TYPE, job->content_type);
	wire_put(to, JOB_TAG_BODY, job->body, job->body_len);
	wire_put_str(to, JOB_TAG_ENTRY_TITLE, job->entry_title);
	wire_put_str(to, JOB_TAG_ENTRY_SUMMARY, job->entry_summary);
	wire_put_str(to, JOB_TAG_ENTRY_CONTENT, job->entry_content);
	wire_put_str(to, JOB_TAG_ENTRY_AUTHOR, job->entry_author);
	wire_put_int(to, JOB_TAG_ENTRY_PUBLISHED, job->entry_published);
	wire_put_str(to, JOB_TAG_ENTRY_LANGUAGE, job->entry_language);
	wire_put_str(to, JOB_TAG_RULE, job->rule);
	wire_put(to, JOB_TAG_SITE_BLOCKS, job->site_blocks,
		job->site_block_count * sizeof(*job->site_blocks));
	wire_put_str(to, JOB_TAG_CONTENT_LANGUAGE, job->content_language);
	wire_put_int(to, JOB_TAG_PAGE, job->page);
	wire_put(to, JOB_TAG_SEEN_BLOCKS, job->seen_blocks,
		job->seen_block_count * sizeof(*job->seen_blocks));
}

static const uint64_t *get_blocks(
	const struct wire_field *field, struct arena *arena, size_t *count)
{
	/* Copied: the bytes of a field may stand at any address. */
	uint64_t *blocks = arena_alloc(arena, field->len);

	*count = field->len / sizeof(*blocks);
	memcpy(blocks, field->data, *count * sizeof(*blocks));
	return blocks;
}

enum status job_get(const void *data, size_t len, struct job *job, struct arena *arena)
{
	struct wire_reader reader;
	struct wire_field field;

	memset(job, 0, sizeof(*job));
	job->entry_published = DATE_NONE;
	wire_reader_init(&reader, data, len);
	while (wire_next(&reader, &field)) {
		switch (field.tag) {
		case JOB_TAG_KIND: job->kind = (enum job_kind)wire_int(&field); break;
		case JOB_TAG_URL: job->url = wire_str(&field, arena); break;
		case JOB_TAG_CONTENT_TYPE: job->content_type = wire_str(&field, arena); break;
		case JOB_TAG_BODY:
			job->body = field.data;
			job->body_len = field.len;
			break;
		case JOB_TAG_ENTRY_TITLE: job->entry_title = wire_str(&field, arena); break;
		case JOB_TAG_ENTRY_SUMMARY: job->entry_summary = wire_str(&field, arena); break;
		case JOB_TAG_ENTRY_CONTENT: job->entry_content = wire_str(&field, arena); break;
		case JOB_TAG_ENTRY_AUTHOR: job->entry_author = wire_str(&field, arena); break;
		case JOB_TAG_ENTRY_PUBLISHED: job->entry_published = wire_int(&field); break;
		case JOB_TAG_ENTRY_LANGUAGE: job->entry_language = wire_str(&field, arena); break;
		case JOB_TAG_RULE: job->rule = wire_str(&field, arena); break;
		case JOB_TAG_SITE_BLOCKS:
			job->site_blocks = get_blocks(&field, arena, &job->site_block_count);
			break;
		case JOB_TAG_CONTENT_LANGUAGE:
			job->content_language = wire_str(&field, arena);
			break;
		case JOB_TAG_PAGE: job->page = (unsigned)wire_int(&field); break;
		case JOB_TAG_SEEN_BLOCKS:
			job->seen_blocks = get_blocks(&field, arena, &job->seen_block_count);
			break;
		default: return STATUS_SYNTAX;
		}
	}
	if (reader.is_bad || job->kind < JOB_FEED || job->kind > JOB_IMAGE || !job->body)
		return STATUS_SYNTAX;
	return STATUS_OK;
}

void answer_init(struct answer *answer)
{
	memset(answer, 0, sizeof(*answer));
	feed_doc_init(&answer->feed);
	article_init(&answer->article);
}

void answer_finish(struct answer *answer)
{
	if (!answer)
		return;
	feed_doc_finish(&answer->feed);
	article_finish(&answer->article);
	arena_finish(&answer->arena);
	answer_init(answer);
}

static void put_link(struct buf *to, const struct doc_link *link)
{
	size_t mark = wire_open(to, ANSWER_TAG_LINK);

	wire_put_str(to, LINK_TAG_URL, link->url);
	wire_put_str(to, LINK_TAG_TITLE, link->title);
	wire_put_str(to, LINK_TAG_FOLDER, link->folder);
	wire_put_str(to, LINK_TAG_TYPE, link->type);
	wire_close(to, mark);
}

void answer_put(struct buf *to, const struct answer *answer)
{
	size_t mark, i;

	wire_put_int(to, ANSWER_TAG_KIND, answer->kind);
	wire_put_int(to, ANSWER_TAG_STATUS, answer->status);
	wire_put_str(to, ANSWER_TAG_MESSAGE, answer->message);
	if (answer->kind == JOB_FEED) {
		mark = wire_open(to, ANSWER_TAG_FEED);
		feed_doc_put(to, &answer->feed);
		wire_close(to, mark);
	} else if (answer->kind == JOB_PAGE) {
		mark = wire_open(to, ANSWER_TAG_ARTICLE);
		article_put(to, &answer->article);
		wire_close(to, mark);
	}
	for (i = 0; i < answer->link_count; i++)
		put_link(to, &answer->links[i]);
	for (i = 0; answer->image.type && i < image_type_count; i++) {
		if (!str_eq(image_types[i].type, answer->image.type))
			continue;
		wire_put_int(to, ANSWER_TAG_IMAGE_TYPE, (int64_t)i + 1);
		wire_put_int(to, ANSWER_TAG_IMAGE_WIDTH, answer->image.width);
		wire_put_int(to, ANSWER_TAG_IMAGE_HEIGHT, answer->image.height);
	}
}

static enum status get_image_type(int64_t place, struct image_facts *image)
{
	if (place < 1 || place > (int64_t)image_type_count)
		return STATUS_SYNTAX;
	image->type = image_types[place - 1].type;
	image->extension = image_types[place - 1].extension;
	return STATUS_OK;
}

/* A side in pixels; what cannot be one is not known. */
static int side(int64_t value)
{
	return value > 0 && value <= UINT16_MAX ? (int)value : 0;
}

static enum status get_link(const struct wire_field *from, struct answer *answer, size_t *space)
{
	struct wire_reader reader;
	struct wire_field field;
	struct doc_link link = {0}, *links;

	wire_reader_init(&reader, from->data, from->len);
	while (wire_next(&reader, &field)) {
		switch (field.tag) {
		case LINK_TAG_URL: link.url = wire_str(&field, &answer->arena); break;
		case LINK_TAG_TITLE: link.title = wire_str(&field, &answer->arena); break;
		case LINK_TAG_FOLDER: link.folder = wire_str(&field, &answer->arena); break;
		case LINK_TAG_TYPE: link.type = wire_str(&field, &answer->arena); break;
		default: return STATUS_SYNTAX;
		}
	}
	if (reader.is_bad || !link.url)
		return STATUS_SYNTAX;
	if (answer->link_count == *space) {
		*space = *space ? *space * 2 : 16;
		links = arena_alloc(&answer->arena, *space * sizeof(*links));
		if (answer->link_count)
			memcpy(links, answer->links, answer->link_count * sizeof(*links));
		answer->links = links;
	}
	answer->links[answer->link_count++] = link;
	return STATUS_OK;
}

enum status answer_get(const void *data, size_t len, struct answer *answer)
{
	enum status status = STATUS_OK;
	struct wire_reader reader;
	struct wire_field field;
	size_t link_space = 0;

	wire_reader_init(&reader, data, len);
	while (status == STATUS_OK && wire_next(&reader, &field)) {
		switch (field.tag) {
		case ANSWER_TAG_KIND: answer->kind = (enum job_kind)wire_int(&field); break;
		case ANSWER_TAG_STATUS: answer->status = (enum status)wire_int(&field); break;
		case ANSWER_TAG_MESSAGE: answer->message = wire_str(&field, &answer->arena); break;
		case ANSWER_TAG_FEED:
			status = feed_doc_get(field.data, field.len, &answer->feed);
			break;
		case ANSWER_TAG_ARTICLE:
			status = article_get(field.data, field.len, &answer->article);
			break;
		case ANSWER_TAG_LINK: status = get_link(&field, answer, &link_space); break;
		case ANSWER_TAG_IMAGE_TYPE:
			status = get_image_type(wire_int(&field), &answer->image);
			break;
		case ANSWER_TAG_IMAGE_WIDTH: answer->image.width = side(wire_int(&field)); break;
		case ANSWER_TAG_IMAGE_HEIGHT: answer->image.height = side(wire_int(&field)); break;
		default: status = STATUS_SYNTAX;
		}
	}
	if (status == STATUS_OK && (reader.is_bad || (unsigned)answer->status > STATUS_UNSUPPORTED))
		status = STATUS_SYNTAX;
	return status;
}

const char *parser_program(void)
{
	/* beside us, one folder up in a build tree, or below a prefix that was moved */
	static const char *const places[] = {
		"diurna-parse", "../diurna-parse", "../libexec/diurna-parse"};
	static char path[4096];
	const char *named = getenv("DIURNA_PARSE");
	ssize_t len;
	char *name;
	size_t i;

	if (named && *named)
		return named;
	len = readlink("/proc/self/exe", path, sizeof(path) - sizeof("../libexec/diurna-parse"));
	if (len > 0) {
		path[len] = '\0';
		name = strrchr(path, '/') + 1;
		for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
			strcpy(name, places[i]);
			if (access(path, X_OK) == 0)
				return path;
		}
	}
	return LIBEXECDIR "/diurna-parse";
}

enum status parser_spawn(pid_t *pid, int *fd)
{
	char *const argv[] = {(char *)"diurna-parse", (char *)"--socket", NULL};
	/* The parser needs no variable of ours; the sanitizers read their options from theirs. */
	char *const envp[] = {
		(char *)"LC_ALL=C.UTF-8", (char *)"ASAN_OPTIONS=detect_leaks=0", NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t signals;
	int pair[2], err;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return STATUS_IO;
	posix_spawn_file_actions_init(&actions);
	/* Its socket is its standard input; standard output is not for it, errors go to our log. */
	posix_spawn_file_actions_adddup2(&actions, pair[1], STDIN_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attr);
	sigemptyset(&signals);
	posix_spawnattr_setsigmask(&attr, &signals);
	sigfillset(&signals);
	posix_spawnattr_setsigdefault(&attr, &signals);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	err = posix_spawn(pid, parser_program(), &actions, &attr, argv, envp);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	close(pair[1]);
	if (err != 0) {
		close(pair[0]);
		errno = err;
		return STATUS_IO;
	}
	*fd = pair[0];
	return STATUS_OK;
}

/* Wait until fd is ready for events, at most until the moment end_ms of the monotonic clock. */
static enum status wait_ready(int fd, short events, int64_t end_ms)
{
	struct pollfd ready = {.fd = fd, .events = events};
	int64_t left = end_ms - clock_monotonic_ms();
	int n;

	if (left <= 0)
		return STATUS_TIMEOUT;
	n = poll(&ready, 1, left > INT32_MAX ? INT32_MAX : (int)left);
	if (n < 0 && errno != EINTR)
		return STATUS_IO;
	return STATUS_OK;
}

static enum status write_all(int fd, const char *data, size_t len, int64_t end_ms)
{
	enum status status;
	ssize_t n;

	while (len > 0) {
		status = wait_ready(fd, POLLOUT, end_ms);
		if (status != STATUS_OK)
			return status;
		n = send(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return STATUS_CRASHED;
		data += n;
		len -= (size_t)n;
	}
	return STATUS_OK;
}

static enum status read_all(int fd, char *data, size_t len, int64_t end_ms)
{
	enum status status;
	ssize_t n;

	while (len > 0) {
		status = wait_ready(fd, POLLIN, end_ms);
		if (status != STATUS_OK)
			return status;
		n = recv(fd, data, len, MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return STATUS_CRASHED;
		data += n;
		len -= (size_t)n;
	}
	return STATUS_OK;
}

enum status parser_ask(int fd, const struct job *job, int deadline_ms, struct answer *answer)
{
	int64_t end_ms = clock_monotonic_ms() + deadline_ms;
	struct buf bytes = {0};
	enum status status;
	uint32_t len = 0;

	buf_put(&bytes, &len, sizeof(len));
	job_put(&bytes, job);
	if (bytes.len > LIMIT_JOB_BYTES) {
		status = STATUS_LIMIT;
		goto out;
	}
	len = (uint32_t)(bytes.len - sizeof(len));
	memcpy(bytes.data, &len, sizeof(len));
	status = write_all(fd, bytes.data, bytes.len, end_ms);
	if (status == STATUS_OK)
		status = read_all(fd, (char *)&len, sizeof(len), end_ms);
	if (status == STATUS_OK && len > LIMIT_ANSWER_BYTES)
		status = STATUS_LIMIT;
	if (status != STATUS_OK)
		goto out;
	buf_clear(&bytes);
	status = read_all(fd, buf_reserve(&bytes, len), len, end_ms);
	if (status == STATUS_OK)
		status = answer_get(bytes.data, len, answer);
out:
	buf_finish(&bytes);
	return status;
}

enum status parser_run(const struct job *job, int deadline_ms, struct answer *answer)
{
	enum status status;
	int fd, state;
	pid_t pid;

	status = parser_spawn(&pid, &fd);
	if (status != STATUS_OK)
		return status;
	status = parser_ask(fd, job, deadline_ms, answer);
	if (status != STATUS_OK)
		kill(pid, SIGKILL);
	close(fd);
	while (waitpid(pid, &state, 0) < 0 && errno == EINTR)
		continue;
	return status;
}
