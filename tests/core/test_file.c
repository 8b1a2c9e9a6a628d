#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void reads_all_within_a_limit(void **state)
{
	char path[] = "test-file-XXXXXX", bytes[100000];
	struct buf buf = {0};
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	memset(bytes, 'x', sizeof(bytes));
	assert_int_equal(write(fd, bytes, sizeof(bytes)), sizeof(bytes));
	close(fd);
	buf_puts(&buf, "before");
	assert_int_equal(file_read(path, sizeof(bytes), &buf), STATUS_OK);
	assert_int_equal(buf.len, sizeof(bytes) + 6);
	buf_clear(&buf);
	assert_int_equal(file_read(path, sizeof(bytes) - 1, &buf), STATUS_LIMIT);
	unlink(path);
	assert_int_equal(file_read(path, 1, &buf), STATUS_NOT_FOUND);
	assert_int_equal(file_read(".", 1, &buf), STATUS_IO);
	buf_finish(&buf);
}

/* Nobody waits for who may never come. */
static void a_pipe_without_a_writer_is_no_file(void **state)
{
	char path[] = "/tmp/diurna-file-XXXXXX/pipe", *end = strrchr(path, '/');
	struct buf text = {0};
	int writer;

	(void)state;
	*end = '\0';
	assert_non_null(mkdtemp(path));
	*end = '/';
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(file_read(path, 100, &text), STATUS_IO);
	assert_int_equal(errno, EPIPE);
	assert_null(file_first_line(path));
	/* what somebody holds open is read, as `--config <(command)` wants it */
	writer = open(path, O_RDWR | O_CLOEXEC);
	assert_true(writer >= 0);
	assert_int_equal(write(writer, "word\nmore", 9), 9);
	if (fork() == 0) {
		usleep(20000); /* it is waited for */
		_exit(0);      /* its copy of the writing end is the last */
	}
	close(writer);
	assert_int_equal(file_read(path, 100, &text), STATUS_OK);
	assert_string_equal(buf_text(&text), "word\nmore");
	assert_true(wait(NULL) > 0);
	buf_finish(&text);
	unlink(path);
	*end = '\0';
	rmdir(path);
}

static void a_password_is_the_first_line(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{"secret\r\nnot this\n", "secret"}, {"secret", "secret"}, {"\n", ""}, {"", NULL}};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char path[] = "test-file-XXXXXX", *line;
		int fd = mkstemp(path);

		assert_int_equal(
			write(fd, cases[i].text, strlen(cases[i].text)), strlen(cases[i].text));
		close(fd);
		line = file_first_line(path);
		if (cases[i].want)
			assert_string_equal(line, cases[i].want);
		else
			assert_null(line);
		free(line);
		unlink(path);
	}
	assert_null(file_first_line("no/such/file"));
}

static void a_copy_is_for_those_of_the_first(void **state)
{
	char path[] = "test-file-XXXXXX", copy[] = "test-file-XXXXXX.copy";
	struct stat info;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	memcpy(copy, path, strlen(path));
	assert_int_equal(fchmod(fd, 0640), 0);
	if (geteuid() == 0)
		assert_int_equal(fchown(fd, 12, 34), 0);
	close(fd);
	assert_int_equal(file_make_like(copy, path), STATUS_OK);
	assert_int_equal(stat(copy, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0640);
	assert_int_equal(info.st_size, 0);
	if (geteuid() == 0) {
		assert_int_equal(info.st_uid, 12);
		assert_int_equal(info.st_gid, 34);
	}
	/* what is there stays as it is */
	assert_int_equal(file_make_like(copy, path), STATUS_IO);
	assert_int_equal(errno, EEXIST);
	unlink(copy);
	unlink(path);
	assert_int_equal(file_make_like(copy, path), STATUS_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(a_copy_is_for_those_of_the_first),
		cmocka_unit_test(reads_all_within_a_limit),
		cmocka_unit_test(a_pipe_without_a_writer_is_no_file),
		cmocka_unit_test(a_password_is_the_first_line)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
