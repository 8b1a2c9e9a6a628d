#include "core/opml.h"

#include "core/buf.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

void opml_init(struct opml *opml)
{
	*opml = (struct opml){.lock = -1};
}

void opml_finish(struct opml *opml)
{
	free(opml->links);
	urlset_finish(&opml->places);
	arena_finish(&opml->arena);
	if (opml->lock >= 0)
		close(opml->lock);
	opml_init(opml);
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	return slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
}

bool opml_lock(struct opml *opml, const char *path, bool waits)
{
	char *folder = folder_of(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	free(folder);
	if (fd < 0)
		return false;
	if (flock(fd, waits ? LOCK_EX : LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		return false;
	}
	opml->lock = fd;
	return true;
}

size_t opml_find(const struct opml *opml, const char *url)
{
	size_t place = urlset_find(&opml->places, url);

	return place == (size_t)URLSET_NONE ? opml->count : place;
}

static void append(struct opml *opml, const char *url, const char *title, const char *folder)
{
	const char *copy = arena_strdup(&opml->arena, url);

	ARRAY_GROW(opml->links, opml->count, opml->space);
	urlset_add(&opml->places, copy, opml->count);
	opml->links[opml->count++] = (struct doc_link){
		.url = copy,
		.title = arena_strdup(&opml->arena, title),
		.folder = arena_strdup(&opml->arena, folder),
	};
}

bool opml_add(struct opml *opml, const char *url, const char *title, const char *folder)
{
	if (opml_find(opml, url) < opml->count)
		return false;
	append(opml, url, title, folder);
	return true;
}

void opml_remove(struct opml *opml, size_t place)
{
	size_t i;

	memmove(&opml->links[place], &opml->links[place + 1],
		(opml->count - place - 1) * sizeof(*opml->links));
	opml->count--;
	urlset_finish(&opml->places);
	for (i = 0; i < opml->count; i++)
		urlset_add(&opml->places, opml->links[i].url, i);
}

void opml_title(struct opml *opml, size_t place, const char *title)
{
	opml->links[place].title = arena_strdup(&opml->arena, title);
}

void opml_move(struct opml *opml, size_t place, const char *folder)
{
	opml->links[place].folder = arena_strdup(&opml->arena, folder);
}

enum status opml_parse(struct opml *opml, const struct buf *text, char **why)
{
	struct job job = {.kind = JOB_OPML, .entry_published = DATE_NONE};
	struct answer answer;
	enum status status;
	size_t i;

	*why = NULL;
	answer_init(&answer);
	job.body = buf_text(text);
	job.body_len = text->len;
	status = parser_run(&job, 12 * LIMIT_PARSER_DEADLINE_MS, &answer);
	if (status == STATUS_IO) {
		*why = xasprintf("diurna-parse cannot be started: %s", strerror(errno));
	} else if (status != STATUS_OK) {
		*why = xstrdup(status_text(status));
	} else if (answer.status != STATUS_OK) {
		status = answer.status;
		*why = xasprintf("this is no OPML: %s",
			answer.message ? answer.message : status_text(answer.status));
	} else if (answer.message) {
		*why = xstrdup(answer.message);
	}
	for (i = 0; status == STATUS_OK && i < answer.link_count; i++) {
		const struct doc_link *link = &answer.links[i];

		/* An outline must have a text; one that says the address says nothing. */
		append(opml, link->url, str_eq(link->title, link->url) ? NULL : link->title,
			link->folder);
	}
	answer_finish(&answer);
	return status;
}

enum status opml_read(struct opml *opml, const char *path, char **why)
{
	struct buf body = {0};
	enum status status = file_read(path, LIMIT_FEED_BYTES, &body);

	*why = NULL;
	if (status != STATUS_OK)
		*why = xstrdup(status == STATUS_LIMIT ? status_text(status) : strerror(errno));
	else
		status = opml_parse(opml, &body, why);
	buf_finish(&body);
	return status;
}

static void put_outline(struct buf *to, const struct doc_link *link, const char *indent)
{
	buf_printf(to, "%s<outline type=\"rss\" text=\"", indent);
	buf_put_escaped(to, link->title ? link->title : link->url);
	buf_puts(to, "\" xmlUrl=\"");
	buf_put_escaped(to, link->url);
	buf_puts(to, "\"/>\n");
}

void opml_text(const struct opml *opml, struct buf *to)
{
	const char *folder;
	size_t i, k;

	buf_puts(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\">\n"
		     "<head><title>Subscriptions</title></head>\n<body>\n");
	for (i = 0; i < opml->count; i++) {
		folder = opml->links[i].folder;
		if (str_is_empty(folder)) {
			put_outline(to, &opml->links[i], "  ");
			continue;
		}
		for (k = 0; k < i && !str_eq(opml->links[k].folder, folder); k++)
			continue;
		if (k < i)
			continue; /* written with the first of its folder */
		buf_puts(to, "  <outline text=\"");
		buf_put_escaped(to, folder);
		buf_puts(to, "\">\n");
		for (k = i; k < opml->count; k++) {
			if (str_eq(opml->links[k].folder, folder))
				put_outline(to, &opml->links[k], "    ");
		}
		buf_puts(to, "  </outline>\n");
	}
	buf_puts(to, "</body>\n</opml>\n");
}

static bool write_all(int fd, const char *data, size_t len)
{
	ssize_t n;

	for (; len > 0; data += n, len -= (size_t)n) {
		n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			n = 0;
		if (n < 0)
			return false;
	}
	return true;
}

/* The file as it was, under another name; it does not matter where that is impossible. */
static void keep_old(const char *path)
{
	char *old = xasprintf("%s~", path);

	unlink(old);
	if (link(path, old) < 0)
		errno = 0;
	free(old);
}

enum status opml_write(const struct opml *opml, const char *path)
{
	char *real = realpath(path, NULL); /* a link stays one */
	char *target = real ? real : xstrdup(path);
	char *temporary = xasprintf("%s.XXXXXX", target);
	struct buf text = {0};
	struct stat before;
	mode_t mode = stat(target, &before) == 0 ? before.st_mode & 0777 : 0644;
	int fd = mkostemp(temporary, O_CLOEXEC), err = 0;

	opml_text(opml, &text);
	if (fd < 0 || !write_all(fd, text.data, text.len) || fchmod(fd, mode) < 0 || fsync(fd) < 0)
		err = errno;
	if (fd >= 0 && close(fd) < 0 && !err)
		err = errno;
	if (!err)
		keep_old(target);
	if (!err && (rename(temporary, target) < 0 || folder_sync_of(target) != STATUS_OK))
		err = errno;
	if (err && fd >= 0)
		unlink(temporary);
	buf_finish(&text);
	free(temporary);
	free(target);
	errno = err;
	return err ? STATUS_IO : STATUS_OK;
}
