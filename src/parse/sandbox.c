#include "config.h"

#include "parse/sandbox.h"

#include "core/landlock.h"
#include "core/limits.h"
#include "core/mem.h"

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int set_limit(int resource, rlim_t value)
{
	struct rlimit limit = {.rlim_cur = value, .rlim_max = value};

	return setrlimit(resource, &limit);
}

#ifndef SANITIZED
/* The address space in use now, in bytes; 0 when it cannot be told. */
static rlim_t address_space(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file)
		return 0;
	if (fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	fclose(file);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}
#endif

static int set_limits(void)
{
	if (set_limit(RLIMIT_CORE, 0) < 0 || set_limit(RLIMIT_FSIZE, 0) < 0 ||
		set_limit(RLIMIT_NPROC, 0) < 0 || set_limit(RLIMIT_MEMLOCK, 0) < 0)
		return -1;
#ifndef SANITIZED
	if (set_limit(RLIMIT_AS, address_space() + LIMIT_PARSER_MEMORY) < 0)
		return -1;
#endif
	return set_limit(RLIMIT_NOFILE, 3);
}

/* No path can be opened at all. Kernels without Landlock are held by seccomp alone. */
static void restrict_paths(void)
{
	struct landlock landlock;

	if (landlock_begin(&landlock, true) == STATUS_OK)
		landlock_enforce(&landlock);
}

#ifndef SANITIZED
/* What a process that only computes needs of the kernel. */
static const char *const allowed_calls[] = {
	"read",
	"write",
	"readv",
	"writev",
	"recvfrom",
	"sendto",
	"poll",
	"ppoll",
	"brk",
	"mmap",
	"munmap",
	"mremap",
	"madvise",
	"mprotect",
	"futex",
	"clock_gettime",
	"gettimeofday",
	"getrandom",
	"rt_sigreturn",
	"rt_sigprocmask",
	"sigreturn",
	"restart_syscall",
	"exit",
	"exit_group",
	"close",
	"fstat",
	"newfstatat",
	"getpid",
	"gettid",
	"sigaltstack",
};

static int restrict_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	size_t i;
	int call, err = 0;

	if (!filter) {
		errno = ENOMEM;
		return -1;
	}
	for (i = 0; i < ARRAY_LEN(allowed_calls) && err == 0; i++) {
		call = seccomp_syscall_resolve_name(allowed_calls[i]);
		if (call != __NR_SCMP_ERROR)
			err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
		if (err == -EDOM) /* not a call of this architecture */
			err = 0;
	}
	if (err == 0)
		err = seccomp_load(filter);
	seccomp_release(filter);
	errno = -err;
	return err == 0 ? 0 : -1;
}
#endif

enum status sandbox_enter(void)
{
#ifdef SYS_close_range
	syscall(SYS_close_range, 3u, ~0u, 0);
#endif
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return STATUS_REFUSED;
	restrict_paths();
	if (set_limits() < 0)
		return STATUS_REFUSED;
#ifdef SANITIZED
	/* The sanitizers' own runtime opens files and maps memory as it likes. */
	return STATUS_OK;
#else
	return restrict_calls() < 0 ? STATUS_REFUSED : STATUS_OK;
#endif
}
