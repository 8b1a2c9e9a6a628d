#include "core/file.h"

#include "core/mem.h"
#include "core/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024 };

/*
 * A pipe that nobody writes to would be waited for without end: EPIPE. One that somebody has open
 * is read to its end.
 */
static FILE *open_to_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), first;
	FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
	struct stat found;

	if (!file) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	if (fstat(fd, &found) == 0 && S_ISFIFO(found.st_mode)) {
		first = getc(file);
		if (first == EOF && feof(file)) {
			fclose(file);
			errno = EPIPE;
			return NULL;
		}
		clearerr(file); /* there is nothing yet */
		if (first != EOF)
			ungetc(first, file);
	}
	fcntl(fd, F_SETFL, 0);
	return file;
}

enum status file_read(const char *path, size_t max, struct buf *to)
{
	FILE *file = str_eq(path, "-") ? stdin : open_to_read(path);
	enum status status = STATUS_OK;
	size_t n, start = to->len;
	int err = 0;

	if (!file)
		return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
	do {
		n = fread(buf_reserve(to, READ_BYTES), 1, READ_BYTES, file);
		buf_added(to, n);
	} while (n > 0 && to->len - start <= max);
	if (ferror(file)) {
		status = STATUS_IO;
		err = errno;
	} else if (to->len - start > max) {
		status = STATUS_LIMIT;
	}
	if (file != stdin)
		fclose(file);
	errno = err;
	return status;
}

char *file_first_line(const char *path)
{
	FILE *file = open_to_read(path);
	char *line = NULL;
	size_t space = 0;

	if (file && getline(&line, &space, file) < 0) {
		free(line);
		line = NULL;
	}
	if (file)
		fclose(file);
	if (line)
		line[strcspn(line, "\r\n")] = '\0';
	return line;
}

enum status file_make_like(const char *path, const char *other)
{
	struct stat info;
	int fd, err;
	bool is_done;

	if (stat(other, &info) != 0)
		return STATUS_IO;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return STATUS_IO;
	/* The owner first: a change of it may take rights away. Only root can; the others keep it.
	 */
	is_done = fchown(fd, info.st_uid, info.st_gid) == 0 || errno == EPERM;
	is_done = is_done && fchmod(fd, info.st_mode & 0777) == 0;
	err = errno;
	close(fd);
	if (!is_done)
		unlink(path);
	errno = err;
	return is_done ? STATUS_OK : STATUS_IO;
}

enum status folder_sync(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_done = fd >= 0 && fsync(fd) == 0;
	int error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
	return is_done ? STATUS_OK : STATUS_IO;
}

enum status folder_sync_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = !slash          ? xstrdup(".")
		       : slash == path ? xstrdup("/")
				       : xstrndup(path, (size_t)(slash - path));
	enum status status = folder_sync(folder);
	int error = errno;

	free(folder);
	errno = error;
	return status;
}
