#include "core/buf.h"
#include "core/control.h"
#include "core/mem.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { QUIET_MS = 20000, LINE_TOO_LONG = 5 * 1024 * 1024 };

/* Something else than our daemon at the socket: what it does with who comes. */
typedef void server(int fd);

struct place {
	char folder[32];
	char *path;
	pid_t pid;
};

static void take_request(int fd)
{
	char c = 0;

	while (read(fd, &c, 1) == 1 && c != '\n')
		continue;
}

static void say(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		text += n;
		len -= (size_t)n;
	}
}

static void answer_in_pieces(int fd)
{
	take_request(fd);
	say(fd, "on", 2);
	say(fd, "e\ntwo\n\nla", 9);
	say(fd, "st\nnobody asked for this\n", 25);
}

static void leave(int fd)
{
	(void)fd;
}

static void break_off(int fd)
{
	take_request(fd);
	say(fd, "{\"half\":", 8);
}

/* Until the other side has had enough. */
static void be_silent(int fd)
{
	char c;

	take_request(fd);
	while (read(fd, &c, 1) == 1)
		continue;
}

static void say_one_long_line(int fd)
{
	char *line = xcalloc(1, LINE_TOO_LONG);

	take_request(fd);
	memset(line, 'x', LINE_TOO_LONG);
	say(fd, line, LINE_TOO_LONG);
	free(line);
}

static void place_make(struct place *place)
{
	strcpy(place->folder, "/tmp/control.XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	place->path = xasprintf("%s/socket", place->folder);
	place->pid = 0;
}

/* Bound, and served once where there is somebody. */
static void place_begin(struct place *place, server *serve)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), other;

	place_make(place);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", place->path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	if (serve) {
		assert_int_equal(listen(fd, 1), 0);
		place->pid = fork();
		if (place->pid == 0) {
			other = accept(fd, NULL, NULL);
			serve(other);
			close(other);
			_exit(0);
		}
	}
	close(fd);
}

static void place_end(struct place *place)
{
	if (place->pid > 0)
		assert_int_equal(waitpid(place->pid, NULL, 0), place->pid);
	unlink(place->path);
	rmdir(place->folder);
	free(place->path);
}

/* All lines, each with a stroke behind it; "last" is the last one that is wanted. */
static bool on_line(void *context, const char *line)
{
	buf_printf(context, "%s|", line);
	return strcmp(line, "last") != 0;
}

static enum status ask(server *serve, const char *request, int quiet_ms, struct buf *lines)
{
	struct place place;
	enum status status;

	place_begin(&place, serve);
	status = control_ask(place.path, request, quiet_ms, on_line, lines);
	place_end(&place);
	return status;
}

static void takes_lines_until_it_has_enough(void **state)
{
	struct buf lines = {0};

	(void)state;
	assert_int_equal(ask(answer_in_pieces, "status", QUIET_MS, &lines), STATUS_OK);
	assert_string_equal(buf_text(&lines), "one|two||last|");
	buf_finish(&lines);
}

static void one_that_ends_is_no_answer(void **state)
{
	struct buf lines = {0};
	size_t len = 1 << 20;
	char *request = xcalloc(1, len + 1);

	(void)state;
	assert_int_equal(ask(break_off, "status", QUIET_MS, &lines), STATUS_CRASHED);
	assert_int_equal(lines.len, 0);
	assert_int_equal(ask(leave, "status", QUIET_MS, &lines), STATUS_CRASHED);
	/* more than the socket takes before the other side has gone */
	memset(request, 'x', len);
	assert_int_equal(ask(leave, request, QUIET_MS, &lines), STATUS_CRASHED);
	free(request);
	buf_finish(&lines);
}

static void silence_and_long_lines_have_an_end(void **state)
{
	struct buf lines = {0};

	(void)state;
	assert_int_equal(ask(be_silent, "status", 50, &lines), STATUS_TIMEOUT);
	assert_int_equal(ask(say_one_long_line, "status", QUIET_MS, &lines), STATUS_LIMIT);
	assert_int_equal(lines.len, 0);
	buf_finish(&lines);
}

static void nobody_there_is_told_apart(void **state)
{
	struct buf lines = {0};
	struct place place;
	char *below, *longer;
	FILE *file;

	(void)state;
	/* a socket that a killed daemon left */
	assert_int_equal(ask(NULL, "status", QUIET_MS, &lines), STATUS_NOT_FOUND);
	place_make(&place);
	assert_int_equal(
		control_ask(place.path, "status", QUIET_MS, on_line, &lines), STATUS_NOT_FOUND);
	file = fopen(place.path, "we");
	assert_non_null(file);
	fclose(file);
	below = xasprintf("%s/socket", place.path);
	longer = xasprintf("%s/%0200d", place.folder, 0);
	assert_int_equal(control_ask(below, "status", QUIET_MS, on_line, &lines), STATUS_NOT_FOUND);
	assert_int_equal(control_ask(longer, "status", QUIET_MS, on_line, &lines), STATUS_IO);
	assert_int_equal(errno, ENAMETOOLONG);
	free(below);
	free(longer);
	place_end(&place);
	if (geteuid() != 0) {
		place_begin(&place, be_silent);
		assert_int_equal(chmod(place.path, 0), 0);
		assert_int_equal(control_ask(place.path, "status", QUIET_MS, on_line, &lines),
			STATUS_REFUSED);
		kill(place.pid, SIGKILL);
		place_end(&place);
	}
	buf_finish(&lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_lines_until_it_has_enough),
		cmocka_unit_test(one_that_ends_is_no_answer),
		cmocka_unit_test(silence_and_long_lines_have_an_end),
		cmocka_unit_test(nobody_there_is_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
