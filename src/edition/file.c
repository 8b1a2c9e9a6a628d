#include "edition/file.h"

#include "core/file.h"
#include "core/mem.h"
#include "core/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_PAUSE_MS = 100, LOCK_TRIES = 600 };

/* One folder of a path. What is new is on disk once the folder around it is, if that can be read.
 */
static bool make_one(const char *path)
{
	if (mkdir(path, 0755) != 0)
		return errno == EEXIST;
	return folder_sync_of(path) == STATUS_OK || errno == EACCES;
}

enum status folder_make(const char *path)
{
	char *copy = xstrdup(path), *p;
	struct stat info;
	bool is_made = true;

	for (p = copy + 1; is_made && *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		is_made = make_one(copy);
		*p = '/';
	}
	is_made = is_made && make_one(copy);
	if (is_made && (stat(copy, &info) != 0 || !S_ISDIR(info.st_mode))) {
		errno = ENOTDIR;
		is_made = false;
	}
	free(copy);
	return is_made ? STATUS_OK : STATUS_IO;
}

static enum status write_to(
	const char *path, enum status (*write)(FILE *to, const void *context), const void *context)
{
	enum status status;
	FILE *file;
	int fd;

	/* Left by a crash, or put there by somebody: another name of a file of ours, a pipe. */
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		return STATUS_IO;
	errno = 0;
	status = write(file, context);
	if (status == STATUS_OK && (fflush(file) != 0 || ferror(file) || fsync(fd) != 0))
		status = STATUS_IO;
	if (fclose(file) != 0 && status == STATUS_OK)
		status = STATUS_IO;
	return status;
}

enum status file_write(const char *folder, const char *name,
	enum status (*write)(FILE *to, const void *context), const void *context)
{
	char *path = xasprintf("%s/%s", folder, name);
	char *temporary = xasprintf("%s/.%s.new", folder, name);
	enum status status = write_to(temporary, write, context);
	int error;

	if (status == STATUS_OK &&
		(rename(temporary, path) != 0 || folder_sync(folder) != STATUS_OK))
		status = STATUS_IO;
	error = errno;
	if (status != STATUS_OK)
		unlink(temporary);
	errno = error;
	free(temporary);
	free(path);
	return status;
}

bool link_leads_to(const char *path, const char *target)
{
	char now[512];
	ssize_t len = readlink(path, now, sizeof(now) - 1);

	if (len < 0)
		return false;
	now[len] = '\0';
	return str_eq(now, target);
}

enum status link_write(const char *folder, const char *name, const char *target)
{
	char *path = xasprintf("%s/%s", folder, name);
	char *temporary = xasprintf("%s/.%s.new", folder, name);
	bool is_done = link_leads_to(path, target);
	int error;

	if (!is_done) {
		unlink(temporary); /* left by a crash */
		is_done = symlink(target, temporary) == 0 && rename(temporary, path) == 0 &&
			  folder_sync(folder) == STATUS_OK;
		error = errno;
		if (!is_done)
			unlink(temporary);
		errno = error;
	}
	free(temporary);
	free(path);
	return is_done ? STATUS_OK : STATUS_IO;
}

int folder_lock(const char *path)
{
	static const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), i;

	for (i = 0; fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0; i++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			break;
		if (i == LOCK_TRIES) {
			close(fd);
			errno = EBUSY;
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	return fd;
}
