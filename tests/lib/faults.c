/*
 * Preloaded into a program, counts the calls by which it changes the world and makes some of them
 * fail, or ends the program there. Every process below it shares the count.
 *
 *   FAULTS_STATE  file with a struct state; faults.py makes it
 *   FAULTS_ROOT   of calls about files only those about files below this folder are looked at
 *   FAULTS_LOG    where every change of such a file goes, in order, as a disk would see it;
 *                 not set: no record is made
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Kinds of calls; bits of state.kinds. */
enum kind {
	WRITE = 1,
	SYNC = 2,
	NAME = 4,
	TRUNCATE = 8,
	OPEN = 16,
	SPAWN = 32,
	SEND = 64,
	SOCKET = 128
};

enum action { FAIL = 1, SHORT, KILL_BEFORE, KILL_AFTER };

/* As faults.py packs it. */
struct state {
	_Atomic uint64_t count; /* calls of these kinds so far */
	_Atomic uint64_t first; /* the first one that fails, from 1; 0: none */
	_Atomic uint64_t last;  /* and the last */
	_Atomic uint64_t hits;
	uint32_t kinds;
	uint32_t action;
	int32_t error; /* errno of FAIL */
	_Atomic uint32_t lock;
};

/* Changes, as faults.py reads them. */
enum change {
	CREATED = 'C',
	WRITTEN = 'W',
	CUT = 'T',
	SYNCED = 'S',
	FOLDER_SYNCED = 'D',
	RENAMED = 'R',
	REMOVED = 'U',
	FOLDER = 'M',
	LINK = 'L'
};

struct record {
	uint8_t change;
	uint8_t unused[7];
	uint64_t inode;
	uint64_t offset; /* or size */
	uint32_t path_len, data_len;
};

static struct state *state;
static const char *root;
static int log_fd = -1;

/* The next definition: the C library's. */
#define NEXT(name) ((__typeof__(&name))next(#name))

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void begin(void)
{
	const char *name = getenv("FAULTS_STATE"), *log = getenv("FAULTS_LOG");
	int fd = name ? (int)syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CLOEXEC, 0) : -1;
	void *map;

	root = getenv("FAULTS_ROOT");
	if (fd < 0 || !root)
		return;
	map = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return;
	if (log)
		log_fd = (int)syscall(
			SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	state = map;
}

static bool is_below(const char *path)
{
	size_t len = root ? strlen(root) : 0;

	/* The root itself counts: names in it are synced by it. */
	return state && strncmp(path, root, len) == 0 && (path[len] == '/' || !path[len]);
}

/* The path of an open file below the root. */
static bool path_of(int fd, char path[4096])
{
	char name[64];
	ssize_t len;

	if (!state)
		return false;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	len = readlink(name, path, 4095);
	if (len <= 0)
		return false;
	path[len] = '\0';
	return is_below(path);
}

/* One more call. True: it shall fail, and errno says how; or it is short. */
static bool strikes(enum kind kind, bool *is_short, bool *kills_after)
{
	uint64_t n;

	if (!state || !(state->kinds & kind))
		return false;
	n = atomic_fetch_add(&state->count, 1) + 1;
	if (n < state->first || n > state->last)
		return false;
	atomic_fetch_add(&state->hits, 1);
	switch (state->action) {
	case KILL_BEFORE: kill(getpid(), SIGKILL); break;
	case KILL_AFTER: *kills_after = true; return false;
	case SHORT: *is_short = true; return false;
	default: break;
	}
	errno = state->error;
	return true;
}

static void die_if(bool kills_after)
{
	int error = errno;

	if (kills_after)
		kill(getpid(), SIGKILL);
	errno = error;
}

static void lock(void)
{
	while (log_fd >= 0 && atomic_exchange(&state->lock, 1))
		sched_yield();
}

static void unlock(void)
{
	if (log_fd >= 0)
		atomic_store(&state->lock, 0);
}

static void put(enum change change, uint64_t inode, uint64_t offset, const char *path,
	const void *data, size_t len)
{
	struct record record = {.change = (uint8_t)change,
		.inode = inode,
		.offset = offset,
		.path_len = (uint32_t)strlen(path),
		.data_len = (uint32_t)len};
	struct iovec parts[] = {
		{&record, sizeof(record)}, {(void *)path, record.path_len}, {(void *)data, len}};
	int error = errno;

	if (log_fd >= 0 && syscall(SYS_writev, log_fd, parts, 3) < 0)
		_exit(99);
	errno = error;
}

static uint64_t inode_of(int fd)
{
	struct stat info;

	return fstat(fd, &info) == 0 ? (uint64_t)info.st_ino : 0;
}

/* offset < 0: where the file stands. */
static ssize_t write_at(int fd, const void *data, size_t len, off_t offset)
{
	char path[4096];
	bool is_short = false, kills_after = false;
	ssize_t n;
	off_t at = offset;

	if (!path_of(fd, path))
		return offset < 0 ? syscall(SYS_write, fd, data, len)
				  : syscall(SYS_pwrite64, fd, data, len, offset);
	if (strikes(WRITE, &is_short, &kills_after))
		return -1;
	if (is_short && len > 1)
		len /= 2;
	lock();
	if (at < 0)
		at = fcntl(fd, F_GETFL) & O_APPEND ? lseek(fd, 0, SEEK_END)
						   : lseek(fd, 0, SEEK_CUR);
	n = offset < 0 ? syscall(SYS_write, fd, data, len)
		       : syscall(SYS_pwrite64, fd, data, len, offset);
	if (n > 0)
		put(WRITTEN, inode_of(fd), (uint64_t)at, "", data, (size_t)n);
	unlock();
	die_if(kills_after);
	return n;
}

ssize_t write(int fd, const void *data, size_t len)
{
	return write_at(fd, data, len, -1);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	return write_at(fd, data, len, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t offset)
{
	return write_at(fd, data, len, offset);
}

/* Streams write inside of the C library, where nobody is asked: they get a way through here. */
static ssize_t write_stream(void *cookie, const char *data, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = write_at((int)(intptr_t)cookie, data + done, len - done, -1);
		if (n < 0)
			return (ssize_t)done ? (ssize_t)done : 0;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

static int close_stream(void *cookie)
{
	return close((int)(intptr_t)cookie);
}

FILE *fdopen(int fd, const char *mode)
{
	static const cookie_io_functions_t ways = {.write = write_stream, .close = close_stream};
	char path[4096];

	if (mode[0] == 'w' && path_of(fd, path))
		return fopencookie((void *)(intptr_t)fd, mode, ways);
	return NEXT(fdopen)(fd, mode);
}

static int sync_file(int fd, long call)
{
	char path[4096];
	bool is_short = false, kills_after = false;
	struct stat info;
	int result;

	if (!path_of(fd, path))
		return (int)syscall(call, fd);
	if (strikes(SYNC, &is_short, &kills_after))
		return -1;
	lock();
	result = 0; /* what is written survives this process all the same; the record is what counts
		     */
	if (fstat(fd, &info) == 0)
		put(S_ISDIR(info.st_mode) ? FOLDER_SYNCED : SYNCED, (uint64_t)info.st_ino, 0, path,
			NULL, 0);
	unlock();
	die_if(kills_after);
	return result;
}

int fsync(int fd)
{
	return sync_file(fd, SYS_fsync);
}

int fdatasync(int fd)
{
	return sync_file(fd, SYS_fdatasync);
}

static int cut(int fd, off_t size)
{
	char path[4096];
	bool is_short = false, kills_after = false;
	int result;

	if (!path_of(fd, path))
		return (int)syscall(SYS_ftruncate, fd, size);
	if (strikes(TRUNCATE, &is_short, &kills_after))
		return -1;
	lock();
	result = (int)syscall(SYS_ftruncate, fd, size);
	if (result == 0)
		put(CUT, inode_of(fd), (uint64_t)size, "", NULL, 0);
	unlock();
	die_if(kills_after);
	return result;
}

int ftruncate(int fd, off_t size)
{
	return cut(fd, size);
}

int ftruncate64(int fd, off64_t size)
{
	return cut(fd, size);
}

/* NAME calls, each a change of folders. */
#define CHANGE_NAMES(condition, call, change, path, data)    \
	bool is_short = false, kills_after = false;          \
	int result;                                          \
                                                             \
	if (!(condition))                                    \
		return (int)(call);                          \
	if (strikes(NAME, &is_short, &kills_after))          \
		return -1;                                   \
	lock();                                              \
	result = (int)(call);                                \
	if (result == 0)                                     \
		put(change, 0, 0, path, data, strlen(data)); \
	unlock();                                            \
	die_if(kills_after);                                 \
	return result

int rename(const char *from, const char *to)
{
	CHANGE_NAMES(is_below(to), syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to), RENAMED,
		from, to);
}

int unlink(const char *path)
{
	CHANGE_NAMES(is_below(path), syscall(SYS_unlinkat, AT_FDCWD, path, 0), REMOVED, path, "");
}

int mkdir(const char *path, mode_t mode)
{
	CHANGE_NAMES(is_below(path), syscall(SYS_mkdirat, AT_FDCWD, path, mode), FOLDER, path, "");
}

int symlink(const char *target, const char *path)
{
	CHANGE_NAMES(
		is_below(path), syscall(SYS_symlinkat, target, AT_FDCWD, path), LINK, path, target);
}

static int open_file(const char *path, int flags, mode_t mode)
{
	bool is_short = false, kills_after = false, is_new;
	struct stat info;
	int fd;

	if (!is_below(path))
		return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	if (strikes(OPEN, &is_short, &kills_after))
		return -1;
	lock();
	is_new = flags & O_CREAT && lstat(path, &info) != 0;
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	if (fd >= 0 && is_new)
		put(CREATED, inode_of(fd), 0, path, NULL, 0);
	else if (fd >= 0 && flags & O_TRUNC)
		put(CUT, inode_of(fd), 0, "", NULL, 0);
	unlock();
	die_if(kills_after);
	return fd;
}

#define MODE_OF(flags)                            \
	mode_t mode = 0;                          \
	va_list args;                             \
                                                  \
	va_start(args, flags);                    \
	if (flags & O_CREAT)                      \
		mode = (mode_t)va_arg(args, int); \
	va_end(args)

int open(const char *path, int flags, ...)
{
	MODE_OF(flags);
	return open_file(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	MODE_OF(flags);
	return open_file(path, flags | O_LARGEFILE, mode);
}

/* Calls that are about no file below the root. */
#define OTHER(kind, failure, call)                  \
	bool is_short = false, kills_after = false; \
                                                    \
	if (strikes(kind, &is_short, &kills_after)) \
		return failure;                     \
	die_if(kills_after);                        \
	return call

int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
	const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
	OTHER(SPAWN, errno, NEXT(posix_spawn)(pid, path, actions, attributes, argv, envp));
}

int pthread_create(
	pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument)
{
	OTHER(SPAWN, errno, NEXT(pthread_create)(thread, attributes, run, argument));
}

int socket(int domain, int type, int protocol)
{
	OTHER(SOCKET, -1, (int)syscall(SYS_socket, domain, type, protocol));
}

int socketpair(int domain, int type, int protocol, int pair[2])
{
	OTHER(SOCKET, -1, (int)syscall(SYS_socketpair, domain, type, protocol, pair));
}

int connect(int fd, const struct sockaddr *address, socklen_t len)
{
	OTHER(SOCKET, -1, (int)syscall(SYS_connect, fd, address, len));
}

int accept4(int fd, struct sockaddr *address, socklen_t *len, int flags)
{
	OTHER(SOCKET, -1, (int)syscall(SYS_accept4, fd, address, len, flags));
}

static ssize_t send_data(int fd, const void *data, size_t len, int flags)
{
	bool is_short = false, kills_after = false;
	ssize_t n;

	if (strikes(SEND, &is_short, &kills_after))
		return -1;
	n = syscall(SYS_sendto, fd, data, is_short && len > 1 ? len / 2 : len, flags, NULL, 0);
	die_if(kills_after);
	return n;
}

ssize_t send(int fd, const void *data, size_t len, int flags)
{
	return send_data(fd, data, len, flags);
}
