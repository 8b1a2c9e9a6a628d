/* What a parser taken over by a document could try, tried from inside of its sandbox. */
#include "config.h"

#include "parse/sandbox.h"

#include "core/landlock.h"
#include "core/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

extern char **environ;

/* Each is true when the attempt came through. */

static bool reads_a_file(void)
{
	return open("/etc/passwd", O_RDONLY) >= 0;
}

static bool reads_proc(void)
{
	return open("/proc/self/maps", O_RDONLY) >= 0 || open("/proc/1/environ", O_RDONLY) >= 0;
}

static bool reads_by_openat2(void)
{
#ifdef SYS_openat2
	uint64_t how[3] = {0};

	return syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof(how)) >= 0;
#else
	return false;
#endif
}

static bool writes_a_file(void)
{
	return open("/tmp/diurna-test-sandbox", O_WRONLY | O_CREAT, 0600) >= 0;
}

static bool lists_a_folder(void)
{
	return open("/", O_RDONLY | O_DIRECTORY) >= 0;
}

static bool removes_a_file(void)
{
	return unlink("/tmp/diurna-test-sandbox-there") == 0 || errno == ENOENT;
}

static bool changes_folder(void)
{
	return chdir("/") == 0;
}

static bool makes_a_memory_file(void)
{
	return memfd_create("x", 0) >= 0;
}

static bool opens_tcp(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool opens_udp6(void)
{
	return socket(AF_INET6, SOCK_DGRAM, 0) >= 0;
}

static bool opens_unix(void)
{
	int pair[2];

	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0 ||
	       socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0;
}

static bool connects_its_socket(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/x"};

	return connect(STDIN_FILENO, (struct sockaddr *)&address, sizeof(address)) == 0 ||
	       errno == ENOENT || errno == EISCONN;
}

static bool passes_descriptors(void)
{
	char space[CMSG_SPACE(sizeof(int))] = {0}, byte = 0;
	struct iovec part = {&byte, 1};
	struct msghdr message = {.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = space,
		.msg_controllen = sizeof(space)};

	return recvmsg(STDIN_FILENO, &message, MSG_DONTWAIT) >= 0 || errno == EAGAIN;
}

static bool forks(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

static bool starts_a_program(void)
{
	char *const argv[] = {(char *)"true", NULL};
	pid_t pid;

	return posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ) == 0;
}

static bool becomes_another_program(void)
{
	char *const argv[] = {(char *)"true", NULL};

	execve("/bin/true", argv, environ);
	return false;
}

static bool traces(void)
{
	return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 ||
	       ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool reads_other_memory(void)
{
	char byte;
	struct iovec here = {&byte, 1}, there = {&errno, 1};

	return syscall(SYS_process_vm_readv, getppid(), &here, 1, &there, 1, 0) >= 0 ||
	       errno == EFAULT;
}

static bool sends_a_signal(void)
{
	return kill(getppid(), 0) == 0;
}

static bool gets_its_limits_back(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	return setrlimit(RLIMIT_AS, &limit) == 0 || setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

static bool makes_a_namespace(void)
{
	return syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */) == 0;
}

static bool looks_at_processes(void)
{
	return access("/proc/1/status", R_OK) == 0;
}

static bool takes_all_memory(void)
{
	return mmap(NULL, (size_t)8 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0) != MAP_FAILED;
}

static bool has_inherited_descriptors(void)
{
	int fd;

	for (fd = 3; fd < 1024; fd++)
		if (lseek(fd, 0, SEEK_CUR) >= 0 || (errno != EBADF && errno != EPERM))
			return true;
	return write(900, "x", 1) >= 0 || errno != EBADF;
}

static const struct {
	const char *what;
	bool (*succeeds)(void);
} attempts[] = {
	{"read a file", reads_a_file},
	{"read /proc", reads_proc},
	{"read by openat2", reads_by_openat2},
	{"write a file", writes_a_file},
	{"list a folder", lists_a_folder},
	{"remove a file", removes_a_file},
	{"change its folder", changes_folder},
	{"make a file in memory", makes_a_memory_file},
	{"open TCP", opens_tcp},
	{"open UDP", opens_udp6},
	{"open a Unix socket", opens_unix},
	{"connect its socket", connects_its_socket},
	{"receive descriptors", passes_descriptors},
	{"fork", forks},
	{"start a program", starts_a_program},
	{"become a program", becomes_another_program},
	{"trace", traces},
	{"read another's memory", reads_other_memory},
	{"send a signal", sends_a_signal},
	{"raise its limits", gets_its_limits_back},
	{"make a namespace", makes_a_namespace},
	{"look at processes", looks_at_processes},
	{"take all memory", takes_all_memory},
	{"use what its parent had open", has_inherited_descriptors},
};

enum { ENTERED = 100, COUNT = ARRAY_LEN(attempts) };

static void try_all(int fd)
{
	unsigned char report = ENTERED;
	size_t i;

	if (dup2(fd, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, 900) < 0 ||
		sandbox_enter() != STATUS_OK)
		_exit(1);
	if (write(STDIN_FILENO, &report, 1) != 1)
		_exit(1);
	for (i = 0; i < COUNT; i++) {
		report = attempts[i].succeeds();
		if (write(STDIN_FILENO, &report, 1) != 1)
			_exit(1);
	}
	_exit(0);
}

static void test_nothing_gets_out(void **state)
{
	unsigned char report = 0;
	int pair[2];
	size_t i;
	pid_t pid;

	(void)state;
#ifdef SANITIZED
	/* cmocka's own word for it counts as a failure */
	print_message("# not tried: the sanitizers' runtime needs more than the sandbox allows\n");
	return;
#endif
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	pid = fork();
	if (pid == 0)
		try_all(pair[1]);
	close(pair[1]);
	assert_int_equal(read(pair[0], &report, 1), 1);
	assert_int_equal(report, ENTERED);
	for (i = 0; i < COUNT; i++) {
		if (read(pair[0], &report, 1) != 1)
			fail_msg("it ended when it tried to %s", attempts[i].what);
		if (report)
			fail_msg("it could %s", attempts[i].what);
	}
	close(pair[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* Kernels without the one wall have the other: Landlock alone, without seccomp. */
static void test_landlock_alone(void **state)
{
	struct landlock landlock;
	int status;
	pid_t pid;

	(void)state;
	if (landlock_begin(&landlock, true) != STATUS_OK) {
		print_message("# not tried: this kernel has no Landlock\n");
		return;
	}
	pid = fork();
	if (pid == 0) {
		if (syscall(SYS_prctl, 38 /* PR_SET_NO_NEW_PRIVS */, 1, 0, 0, 0) < 0)
			_exit(2);
		landlock_allow(&landlock, "/usr", LANDLOCK_READ);
		landlock_allow(&landlock, "/not/there", LANDLOCK_READ);
		if (landlock_enforce(&landlock) != STATUS_OK)
			_exit(3);
		if (open("/usr", O_RDONLY | O_DIRECTORY) < 0)
			_exit(4);
		_exit(reads_a_file() || writes_a_file() || lists_a_folder() ||
					becomes_another_program()
				? 1
				: 0);
	}
	close(landlock.fd);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_gets_out),
		cmocka_unit_test(test_landlock_alone),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
