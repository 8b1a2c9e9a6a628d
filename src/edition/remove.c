/* Editions that are too old leave the folder of digests. */
#include "core/buf.h"
#include "core/file.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "edition/edition.h"
#include "edition/file.h"
#include "edition/render.h"
#include "edition/week.h"
#include "store/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct old {
	int64_t id;
	char *name;
};

struct remover {
	struct store *store;
	const struct config *config;
	struct arena arena;
	struct old *list; /* oldest first */
	size_t count, space;
	const char **slugs; /* of all sections that ever were */
	size_t slug_count, slug_space;
	int64_t *followers; /* editions with a link to one of these */
	size_t follower_count, follower_space;
	char *why; /* NULL: nothing went wrong */
};

static void fail(struct remover *r, const char *name)
{
	if (!r->why)
		r->why = xasprintf("%s/%s: old digests are not removed: %s", r->config->digest_dir,
			name, strerror(errno));
}

static void on_edition(void *context, int64_t id, const char *name)
{
	struct remover *r = context;

	ARRAY_GROW(r->list, r->count, r->space);
	r->list[r->count++] = (struct old){id, arena_strdup(&r->arena, name)};
}

static enum status load_slugs(struct remover *r)
{
	sqlite3_stmt *s = NULL;
	enum status status = store_statement(r->store, "SELECT slug FROM section", &s);
	bool has_row = false;

	while (status == STATUS_OK && (status = store_step(r->store, s, &has_row)) == STATUS_OK &&
		has_row) {
		ARRAY_GROW(r->slugs, r->slug_count, r->slug_space);
		r->slugs[r->slug_count++] =
			arena_strdup(&r->arena, (const char *)sqlite3_column_text(s, 0));
	}
	if (s)
		sqlite3_reset(s);
	return status;
}

static void add_follower(struct remover *r, int64_t id)
{
	size_t i;

	for (i = 0; i < r->follower_count; i++) {
		if (r->followers[i] == id)
			return;
	}
	ARRAY_GROW(r->followers, r->follower_count, r->follower_space);
	r->followers[r->follower_count++] = id;
}

/*
 * Those whose front page or section comes next: their link back leads nowhere soon. Empty pages of
 * a section, and the one after them, all lead back to the last that had something. The newest was
 * written when these were leaving already.
 */
static enum status find_followers(struct remover *r, int64_t id)
{
	static const char sql[] =
		"WITH its AS (SELECT section_id FROM edition_item WHERE edition_id = ?1 UNION "
		"SELECT section_id FROM edition_update WHERE edition_id = ?1), ends AS "
		"(SELECT section_id, coalesce((SELECT e.id FROM edition e WHERE e.id > ?1 AND "
		"e.state = 'kept' AND (EXISTS (SELECT 1 FROM edition_item p WHERE "
		"p.edition_id = e.id AND p.section_id = its.section_id) OR EXISTS "
		"(SELECT 1 FROM edition_update u WHERE u.edition_id = e.id AND "
		"u.section_id = its.section_id)) ORDER BY e.id LIMIT 1), "
		"(SELECT max(id) FROM edition)) AS last FROM its) "
		"SELECT min(id) FROM edition WHERE id > ?1 AND state = 'kept' UNION "
		"SELECT e.id FROM ends JOIN edition_section part ON part.edition_id > ?1 AND "
		"part.edition_id <= ends.last AND part.section_id = ends.section_id "
		"JOIN edition e ON e.id = part.edition_id AND e.state = 'kept'";
	struct edition_row newest = {0};
	sqlite3_stmt *s = NULL;
	enum status status = edition_get(r->store, NULL, &newest);
	bool has_row = false;

	if (status == STATUS_OK)
		status = store_statement(r->store, sql, &s);
	if (status == STATUS_OK)
		sqlite3_bind_int64(s, 1, id);
	while (status == STATUS_OK && (status = store_step(r->store, s, &has_row)) == STATUS_OK &&
		has_row) {
		int64_t next = sqlite3_column_int64(s, 0);

		if (next > 0 && next != newest.id)
			add_follower(r, next);
	}
	if (s)
		sqlite3_reset(s);
	edition_row_finish(&newest);
	return status;
}

static char *path_of(const struct remover *r, const char *name)
{
	return xasprintf("%s/%s", r->config->digest_dir, name);
}

/* A name that a digest of this edition has, or had while it was written. */
static bool is_ours(const struct remover *r, const char *edition, const char *file)
{
	char *whole = xasprintf("diurna-%s.", edition), *name = xstrdup(file);
	bool is_new = *name == '.' && str_ends(name, ".new"), is = false;
	const char *base = is_new ? name + 1 : name, *ending;
	size_t i, s;

	if (is_new)
		name[strlen(name) - strlen(".new")] = '\0';
	is = str_eq(base, "index.html");
	for (i = 0; i < edition_format_count && !is; i++) {
		const struct edition_format *format = &edition_formats[i];

		if (format->is_whole) {
			is = str_starts(base, whole) &&
			     str_eq(base + strlen(whole), format->extension);
			continue;
		}
		ending = strrchr(base, '.');
		for (s = 0; s < r->slug_count && !is; s++)
			is = ending && str_eq(ending + 1, format->extension) &&
			     strlen(r->slugs[s]) == (size_t)(ending - base) &&
			     str_starts(base, r->slugs[s]);
	}
	free(name);
	free(whole);
	return is;
}

/* Nothing of ours is a folder in a folder. */
static bool is_folder(DIR *dir, const struct dirent *entry)
{
	struct stat info;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(info.st_mode);
}

/* The files of an open folder that are ours, removed or only looked at. *others: those that stay.
 */
static bool clear(
	const struct remover *r, DIR *dir, const char *edition, bool removes, size_t *others)
{
	const struct dirent *entry;

	*others = 0;
	rewinddir(dir);
	while ((entry = readdir(dir))) {
		if (str_eq(entry->d_name, ".") || str_eq(entry->d_name, ".."))
			continue;
		if (!is_ours(r, edition, entry->d_name) || is_folder(dir, entry))
			++*others;
		else if (removes && unlinkat(dirfd(dir), entry->d_name, 0) != 0 && errno != ENOENT)
			return false;
	}
	return true;
}

/* NULL: it is not there, or no folder. */
static DIR *open_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (fd >= 0 && !dir)
		close(fd);
	return dir;
}

/* A folder that is out of sight, with what a crash may have left in it. */
static bool remove_hidden(const struct remover *r, const char *path, const char *edition)
{
	DIR *dir = open_folder(path);
	size_t others;
	bool is_done = true;

	if (dir) {
		is_done = clear(r, dir, edition, true, &others) && (rmdir(path) == 0 || others);
		closedir(dir);
	}
	return is_done;
}

/* Something of others has the name under which folders go out of sight. */
static bool is_taken(const char *hidden)
{
	struct stat info;

	return lstat(hidden, &info) == 0;
}

/*
 * A folder with nothing of others in it goes out of sight in one step, where that can be. False:
 * errno says why.
 */
static bool remove_folder(const struct remover *r, const char *edition)
{
	char *path = path_of(r, edition),
	     *hidden = xasprintf("%s/.%s.old", r->config->digest_dir, edition);
	bool is_done = remove_hidden(r, hidden, edition);
	DIR *dir = is_done ? open_folder(path) : NULL;
	size_t others = 0;

	if (dir && clear(r, dir, edition, false, &others) && others == 0 && !is_taken(hidden))
		is_done = rename(path, hidden) == 0 && remove_hidden(r, hidden, edition);
	else if (dir)
		is_done = clear(r, dir, edition, true, &others) && (others || rmdir(path) == 0);
	else if (is_done)
		is_done = errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
	if (dir)
		closedir(dir);
	if (others)
		log_notice("%s: %zu file%s that diurna did not write stay there", log_visible(path),
			others, others == 1 ? "" : "s");
	free(path);
	free(hidden);
	return is_done;
}

static bool remove_feeds(const struct remover *r, const char *slug)
{
	bool is_done = true;
	size_t i;

	for (i = 0; i < feed_form_count && is_done; i++) {
		char *feed = xasprintf(
			"%s/feeds/%s.%s", r->config->digest_dir, slug, feed_forms[i].extension);

		is_done = unlink(feed) == 0 || errno == ENOENT || errno == EISDIR;
		free(feed);
	}
	return is_done;
}

/* A section that no later edition has goes as a whole: its link, and its feeds. */
static bool remove_links(const struct remover *r, const char *edition)
{
	bool is_done = true;
	size_t i;

	for (i = 0; i < r->slug_count && is_done; i++) {
		char *link = xasprintf("%s/latest-%s", r->config->digest_dir, r->slugs[i]);

		if (link_leads_to(link, edition))
			is_done = remove_feeds(r, r->slugs[i]) && unlink(link) == 0;
		free(link);
	}
	return is_done;
}

/* The page of its week leads to it. */
static bool remove_week(const struct remover *r, const char *edition)
{
	char name[WEEK_NAME_BYTES], *path;
	bool is_done;

	if (!week_of(edition, name, NULL, NULL))
		return true;
	path = xasprintf("%s/" WEEKS_FOLDER "/%s.html", r->config->digest_dir, name);
	is_done = unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR || errno == EISDIR;
	free(path);
	return is_done;
}

static void rebuild_followers(struct remover *r)
{
	size_t i;

	for (i = 0; i < r->follower_count && !r->why; i++) {
		char *why = NULL;

		if (edition_rebuild(r->store, r->config, r->followers[i], &why) != STATUS_OK)
			r->why = why;
		else
			free(why);
	}
}

static void remove_all(struct remover *r)
{
	int lock = folder_lock(r->config->digest_dir);
	size_t i;

	if (lock < 0 && errno != ENOENT)
		fail(r, "");
	for (i = 0; i < r->count && lock >= 0; i++) {
		if (remove_links(r, r->list[i].name) && remove_week(r, r->list[i].name) &&
			remove_folder(r, r->list[i].name))
			log_info("edition %s: removed, older than digest.keep", r->list[i].name);
		else
			fail(r, r->list[i].name);
	}
	if (lock >= 0) {
		folder_sync(r->config->digest_dir);
		close(lock);
	}
}

enum status edition_remove_old(struct store *store, const struct config *config, char **why)
{
	struct remover r = {.store = store, .config = config};
	enum status status = shelf_leaving(store, on_edition, &r);
	size_t i;

	if (status == STATUS_OK && r.count > 0)
		status = load_slugs(&r);
	for (i = 0; status == STATUS_OK && i < r.count; i++)
		status = find_followers(&r, r.list[i].id);
	if (status == STATUS_OK)
		rebuild_followers(&r);
	else
		r.why = xasprintf("old editions cannot be read: %s", status_text(status));
	if (!r.why && r.count > 0)
		remove_all(&r);
	free(r.list);
	free(r.slugs);
	free(r.followers);
	arena_finish(&r.arena);
	*why = r.why;
	return r.why ? STATUS_IO : STATUS_OK;
}
