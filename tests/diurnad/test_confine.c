/* The daemon's walls: what it needs works inside of them, nothing else does. */
#include "config.h"

#include "diurnad/confine.h"

#include "core/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

extern char **environ;

static char top[] = "/tmp/diurna-test-XXXXXX";

static char *in_top(const char *name)
{
	return xasprintf("%s/%s", top, name);
}

static bool can_write(const char *folder, const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s/%s", top, folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		return false;
	close(fd);
	return unlink(path) == 0;
}

static bool can_read(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool can_spawn(const char *path)
{
	char *const argv[] = {(char *)"true", NULL};
	pid_t pid;
	int status = 1;

	return posix_spawn(&pid, path, NULL, NULL, argv, environ) == 0 &&
	       waitpid(pid, &status, 0) == pid && status == 0;
}

static bool can_resolve(const char *host)
{
	struct addrinfo *found = NULL;

	if (getaddrinfo(host, "80", NULL, &found) != 0)
		return false;
	freeaddrinfo(found);
	return true;
}

/* The number of the line where something is not as it should be; 0: all is. */
static int look(const struct config *config)
{
	struct confinement walls;
	/* A small system has no /etc/hosts: what resolves outside has to inside. */
	bool has_localhost = can_resolve("localhost");
	char text[100];

	confine(config, &walls);
	confine_text(&walls, text);
	if (!walls.landlock && !strstr(text, "no"))
		return __LINE__;
	/* needed */
	if (!can_write("state", "store.db") || !can_write("digests", "x.html"))
		return __LINE__;
	if (!can_read("/etc/passwd") || !can_read("/proc/self/statm") || !can_read("/dev/urandom"))
		return __LINE__;
	if (open("/dev/null", O_WRONLY) < 0 || !can_spawn("/bin/true"))
		return __LINE__;
	if (socket(AF_INET, SOCK_STREAM, 0) < 0 || socket(AF_INET6, SOCK_STREAM, 0) < 0 ||
		socket(AF_UNIX, SOCK_DGRAM, 0) < 0)
		return __LINE__;
	if (!can_resolve("127.0.0.1") || can_resolve("localhost") != has_localhost)
		return __LINE__;
	/* not needed */
	if (walls.landlock) {
		if (can_write("other", "x") || can_write(".", "x"))
			return __LINE__;
		if (can_read(text) || open(top, O_RDONLY | O_DIRECTORY) >= 0)
			return __LINE__;
		if (can_write("config", "x"))
			return __LINE__;
	}
	if (walls.has_filter) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 || errno != EPERM)
			return __LINE__;
		if (syscall(SYS_unshare, 0) == 0 || syscall(SYS_bpf, 0, NULL, 0) == 0)
			return __LINE__;
		if (syscall(SYS_process_vm_readv, getpid(), NULL, 0, NULL, 0, 0) == 0)
			return __LINE__;
		if (socket(AF_PACKET, SOCK_RAW, 0) >= 0 || errno != EAFNOSUPPORT)
			return __LINE__;
		if (socket(40 /* AF_VSOCK */, SOCK_STREAM, 0) >= 0 || errno != EAFNOSUPPORT)
			return __LINE__;
	}
	return 0;
}

static void make(const char *name)
{
	char *path = in_top(name);

	assert_int_equal(mkdir(path, 0700), 0);
	free(path);
}

static void test_walls(void **state)
{
	struct config config = {.confines = true};
	char *names[] = {in_top("config/diurna.conf"), in_top("state/store.db"), in_top("digests"),
		in_top("state/control")};
	int status, line = 0;
	pid_t pid;

	(void)state;
	config.path = names[0];
	config.store_path = names[1];
	config.digest_dir = names[2];
	config.control_path = names[3];
	pid = fork();
	if (pid == 0) {
		line = look(&config);
		if (line)
			print_message("line %d\n", line);
		_exit(line != 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		free(names[i]);
}

static void test_says_why_not(void **state)
{
	struct config config = {.confines = false};
	struct confinement walls;
	char text[100];

	(void)state;
	confine(&config, &walls);
	confine_text(&walls, text);
	assert_string_equal(text, "not at all: the configuration wants none");
	config.confines = true;
	config.mail.sendmail = "/usr/sbin/sendmail";
	confine(&config, &walls);
	assert_int_equal(walls.landlock, 0);
	assert_non_null(walls.lacks);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(top))
		return -1;
	make("config");
	make("state");
	make("digests");
	make("other");
	return 0;
}

static int clean_up(void **state)
{
	static const char *const names[] = {"config", "state", "digests", "other"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char *path = in_top(names[i]);

		rmdir(path);
		free(path);
	}
	return rmdir(top);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walls),
		cmocka_unit_test(test_says_why_not),
	};

	return cmocka_run_group_tests(tests, set_up, clean_up);
}
