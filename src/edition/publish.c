#include "core/buf.h"
#include "core/clock.h"
#include "core/mem.h"
#include "core/str.h"
#include "edition/file.h"
#include "edition/render.h"
#include "edition/spool.h"
#include "edition/week.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What one file is made of. */
struct job {
	struct store *store;
	const struct config *config;
	const struct edition *edition;
	const struct edition_section *section;
	const struct edition_format *format;
};

enum {
	FEED_EDITIONS = 7, /* that a feed reaches back */
	WEEK_STORIES = 10, /* of each section, on the page of a week */
};

/* The feeds of one section. */
struct feed_job {
	struct edition list[FEED_EDITIONS]; /* newest first */
	const struct edition *editions[FEED_EDITIONS];
	struct feed_source source;
	const struct feed_form *form;
};

struct publisher {
	struct job job;
	const char *folder;                /* of the edition */
	enum status status;                /* the first thing that went wrong */
	char *why;                         /* and a sentence about it */
	size_t left;                       /* files that were fuller than they would be now */
	bool lacks_pages;                  /* some that the front page leads to */
	size_t done, total;                /* files */
	const struct edition_watch *watch; /* NULL: nobody waits */
	struct buf remarks; /* sentences about what is as it should not be, and stays so */
};

static enum status write_format(FILE *to, const void *context)
{
	const struct job *job = context;

	return job->format->render(to, job->edition, job->section);
}

static enum status write_front(FILE *to, const void *context)
{
	const struct job *job = context;

	return render_front(to, job->edition, job->config->formats, job->config->format_count);
}

static enum status write_archive(FILE *to, const void *context)
{
	const struct job *job = context;

	return render_archive(to, job->store, job->config);
}

static enum status write_feed(FILE *to, const void *context)
{
	const struct feed_job *job = context;

	return job->form->render(to, &job->source);
}

static void remember(struct publisher *p, enum status status, const char *folder, const char *name)
{
	if (status == STATUS_OK || p->status != STATUS_OK)
		return;
	p->why = xasprintf("%s%s%s: %s", folder, *name ? "/" : "", name,
		status == STATUS_IO && errno ? strerror(errno) : status_text(status));
	p->status = status;
}

/*
 * What only leads to an edition: links, feeds, the archive. Where a folder of somebody has the name
 * of one no later try would do better; that is told, and the paper is out.
 */
static void remember_way(
	struct publisher *p, enum status status, const char *folder, const char *name)
{
	if (status == STATUS_IO && errno == EISDIR)
		buf_printf(&p->remarks,
			"%s%s/%s is a folder that diurna did not make: it stays, and what belongs "
			"there is written once it is moved away",
			p->remarks.len ? "; " : "", folder, name);
	else
		remember(p, status, folder, name);
}

static bool is_there(const char *folder, const char *name)
{
	char *path = xasprintf("%s/%s", folder, name);
	bool is = access(path, F_OK) == 0;

	free(path);
	return is;
}

static void tell(const struct publisher *p)
{
	if (p->watch)
		p->watch->on_file(p->watch->context, p->done, p->total);
}

static void file_done(struct publisher *p)
{
	p->done++;
	tell(p);
}

/* The pages of the edition and of all, and what each section has. */
static size_t count_files(const struct publisher *p)
{
	const struct config *config = p->job.config;
	size_t i, sections = p->job.edition->section_count, count = 2;

	for (i = 0; i < config->format_count; i++) {
		const struct edition_format *format = edition_format_find(config->formats[i]);

		if (format)
			count += format->is_whole ? 1 : sections;
	}
	return count + sections * feed_form_count;
}

/*
 * A file that fails does not keep the others from being written. gone: of its items, those without
 * their texts; it was written with them.
 */
static enum status publish_file(struct publisher *p, const char *folder, const char *name,
	size_t gone, enum status (*write)(FILE *to, const void *context))
{
	enum status status;

	if (gone > 0 && is_there(folder, name)) {
		p->left++;
		file_done(p);
		return STATUS_OK;
	}
	status = file_write(folder, name, write, &p->job);
	/* What is in the way stays there; for room, the next try may be better. */
	if (status != STATUS_OK && errno != EISDIR &&
		p->job.format == front_format(p->job.config->formats, p->job.config->format_count))
		p->lacks_pages = true;
	remember(p, status, folder, name);
	file_done(p);
	return status;
}

static void publish_format(struct publisher *p, const struct edition_format *format)
{
	const struct edition *edition = p->job.edition;
	size_t i;

	p->job.format = format;
	for (i = 0; i < (format->is_whole ? 1 : edition->section_count); i++) {
		const struct edition_section *section = &edition->sections[i];
		char *name;

		p->job.section = format->is_whole ? NULL : section;
		name = format->is_whole
			       ? xasprintf("diurna-%s.%s", edition->row.name, format->extension)
			       : xasprintf("%s.%s", section->slug, format->extension);
		publish_file(p, p->folder, name,
			format->is_whole ? edition->gone_count : section->gone_count, write_format);
		free(name);
	}
}

static void publish_formats(struct publisher *p)
{
	const struct config *config = p->job.config;
	size_t i;

	for (i = 0; i < config->format_count; i++) {
		const struct edition_format *format = edition_format_find(config->formats[i]);

		if (format)
			publish_format(p, format);
		else
			remember(p, STATUS_UNSUPPORTED, p->folder, config->formats[i]);
	}
}

/* An older edition that is written again does not become the latest. */
static bool is_newest(struct store *store, const struct edition *edition)
{
	struct edition_row row = {0};
	bool is = edition_get(store, NULL, &row) != STATUS_OK || row.id == edition->row.id;

	edition_row_finish(&row);
	return is;
}

/* The same by section, for those that are not in every edition. */
static bool is_newest_of(struct store *store, const struct edition *edition, int64_t section_id)
{
	static const char sql[] =
		"SELECT edition_id FROM edition_section p WHERE section_id = ?1 AND"
		" (EXISTS (SELECT 1 FROM edition_item i WHERE i.edition_id = p.edition_id"
		" AND i.section_id = ?1) OR EXISTS (SELECT 1 FROM edition_update u"
		" WHERE u.edition_id = p.edition_id AND u.section_id = ?1) OR edition_id = ?2)"
		" ORDER BY edition_id DESC LIMIT 1";
	sqlite3_stmt *s = NULL;
	bool has_row = false, is = true;

	if (store_statement(store, sql, &s) != STATUS_OK)
		return is;
	sqlite3_bind_int64(s, 1, section_id);
	sqlite3_bind_int64(s, 2, edition->row.id);
	if (store_step(store, s, &has_row) == STATUS_OK && has_row)
		is = sqlite3_column_int64(s, 0) == edition->row.id;
	sqlite3_reset(s);
	return is;
}

static void on_edition(void *context, const struct edition_row *row)
{
	struct feed_job *feeds = context;

	if (feeds->source.count < FEED_EDITIONS && row->is_kept)
		feeds->list[feeds->source.count++].row.id = row->id;
}

/* Somebody who is away for some days misses nothing. */
static enum status load_feeds(struct publisher *p, struct feed_job *feeds)
{
	enum status status = editions_load(p->job.store, on_edition, feeds);
	size_t i;

	feeds->source.store = p->job.store;
	feeds->source.config = p->job.config;
	feeds->source.editions = feeds->editions;
	for (i = 0; i < feeds->source.count; i++) {
		int64_t id = feeds->list[i].row.id;

		edition_init(&feeds->list[i]);
		if (status == STATUS_OK)
			status = edition_load(p->job.store, p->job.config, id, &feeds->list[i]);
		feeds->editions[i] = &feeds->list[i];
	}
	return status;
}

/* An edition that was printed before those that feeds reach back to has nothing to say in them. */
static bool is_in_feeds(const struct feed_job *feeds, const struct edition *edition)
{
	size_t i;

	for (i = 0; i < feeds->source.count && feeds->list[i].row.id != edition->row.id; i++)
		continue;
	return i < feeds->source.count;
}

static void publish_feed_forms(struct publisher *p, struct feed_job *feeds, const char *folder)
{
	size_t i;

	for (i = 0; i < feed_form_count; i++) {
		char *name =
			xasprintf("%s.%s", feeds->source.section->slug, feed_forms[i].extension);

		feeds->form = &feed_forms[i];
		remember_way(p, file_write(folder, name, write_feed, feeds), folder, name);
		file_done(p);
		free(name);
	}
}

static void publish_feeds(struct publisher *p)
{
	struct feed_job *feeds = xcalloc(1, sizeof(*feeds));
	char *folder = xasprintf("%s/feeds", p->job.config->digest_dir);
	enum status status = folder_make(folder);
	bool is_in = false;
	size_t i;

	if (status == STATUS_OK)
		status = load_feeds(p, feeds);
	remember(p, status, folder, "");
	if (status == STATUS_OK)
		is_in = is_in_feeds(feeds, p->job.edition);
	for (i = 0; is_in && i < p->job.edition->section_count; i++) {
		feeds->source.section = &p->job.edition->sections[i];
		if (is_newest_of(p->job.store, p->job.edition, feeds->source.section->id))
			publish_feed_forms(p, feeds, folder);
	}
	for (i = 0; i < feeds->source.count; i++)
		edition_finish(&feeds->list[i]);
	free(folder);
	free(feeds);
}

/* All its editions have their digests, or get them now: its page leads to them. */
static enum status week_is_there(
	const struct job *job, const char *monday, const char *sunday, bool *is)
{
	static const char sql[] =
		"SELECT NOT EXISTS (SELECT 1 FROM edition WHERE local_date BETWEEN ?1 AND ?2"
		" AND (state <> 'kept' OR published_at = 0 AND id <> ?3))";
	sqlite3_stmt *s = NULL;
	bool has_row = false;
	enum status status = store_statement(job->store, sql, &s);

	if (status != STATUS_OK)
		return status;
	sqlite3_bind_text(s, 1, monday, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 2, sunday, -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, 3, job->edition->row.id);
	status = store_step(job->store, s, &has_row);
	*is = has_row && sqlite3_column_int(s, 0);
	sqlite3_reset(s);
	return status;
}

/*
 * The page of the week that the edition is of: what its editions have printed until now. It is
 * written with each of them, so that none has to be the last one.
 */
static void publish_week(struct publisher *p)
{
	const char *edition = p->job.edition->row.name;
	char *folder = xasprintf("%s/" WEEKS_FOLDER, p->job.config->digest_dir), *file;
	char name[WEEK_NAME_BYTES], monday[WEEK_NAME_BYTES], sunday[WEEK_NAME_BYTES];
	struct edition week;
	struct job job = p->job;
	bool is_wanted = false;
	enum status status = STATUS_OK;

	edition_init(&week);
	if (job.config->prints_week && week_of(edition, name, monday, sunday))
		status = week_is_there(&job, monday, sunday, &is_wanted);
	if (status == STATUS_OK && is_wanted)
		status = edition_load_week(job.store, job.config, sunday, WEEK_STORIES, &week);
	if (status == STATUS_OK && is_wanted) {
		file = xasprintf("%s.html", name);
		week.images_at = p->job.edition->images_at;
		job.edition = &week;
		status = folder_make(folder);
		if (status == STATUS_OK && (week.gone_count == 0 || !is_there(folder, file)))
			status = file_write(folder, file, write_front, &job);
		remember_way(p, status, folder, file);
		free(file);
	} else {
		remember(p, status, folder, "");
	}
	edition_finish(&week);
	free(folder);
}

/* "latest", and "latest-europe" for a section, which may close more rarely. */
static void publish_links(struct publisher *p)
{
	const struct job *job = &p->job;
	const char *top = job->config->digest_dir, *target = job->edition->row.name;
	size_t i;

	for (i = 0; i < job->edition->section_count; i++) {
		const struct edition_section *section = &job->edition->sections[i];
		char *name = xasprintf("latest-%s", section->slug);

		if (is_newest_of(job->store, job->edition, section->id))
			remember_way(p, link_write(top, name, target), top, name);
		free(name);
	}
	if (is_newest(job->store, job->edition))
		remember_way(p, link_write(top, "latest", target), top, "latest");
}

/*
 * A page of an edition before, once more: now there is one that comes after it. What is not there
 * is not missed, what is fuller than the store stays as it is.
 */
static void lead_on_page(struct publisher *p, const struct job *job, const char *name, size_t gone,
	enum status (*write)(FILE *to, const void *context))
{
	char *folder = xasprintf("%s/%s", job->config->digest_dir, job->edition->row.name);

	if (gone == 0 && is_there(folder, name))
		remember(p, file_write(folder, name, write, job), folder, name);
	free(folder);
}

static void lead_on(struct publisher *p, int64_t from_id)
{
	const char *here = p->job.edition->row.name;
	struct edition from;
	struct job job = p->job;
	enum status status;
	size_t i;

	edition_init(&from);
	status = edition_load(job.store, job.config, from_id, &from);
	remember(p, status, p->folder, "");
	from.images_at = p->job.edition->images_at;
	job.edition = &from;
	job.format = edition_format_find("html");
	for (i = 0; status == STATUS_OK && i < from.section_count; i++) {
		char *name = xasprintf("%s.%s", from.sections[i].slug, job.format->extension);

		job.section = &from.sections[i];
		if (str_eq(job.section->next, here))
			lead_on_page(p, &job, name, job.section->gone_count, write_format);
		free(name);
	}
	if (status == STATUS_OK && str_eq(from.next, here))
		lead_on_page(p, &job, "index.html", from.gone_count, write_front);
	edition_finish(&from);
}

/* Who reads an older edition comes from each page to the next one that has something. */
static void publish_ways_here(struct publisher *p)
{
	const struct edition *edition = p->job.edition;
	size_t i, j;

	if (edition->row.published_at) /* they lead here */
		return;
	if (edition->previous)
		lead_on(p, edition->previous_id);
	for (i = 0; i < edition->section_count; i++) {
		int64_t id = edition->sections[i].previous_id;

		for (j = 0; j < i && edition->sections[j].previous_id != id; j++)
			continue;
		if (id && id != edition->previous_id && j == i)
			lead_on(p, id);
	}
}

/* Of an edition that was mailed before, nothing is written; nobody is called for an empty one. */
static void publish_mail(struct publisher *p)
{
	char *name = NULL;
	enum status status = STATUS_OK;

	if (p->job.config->mail.to_count > 0 && p->job.edition->row.item_count > 0)
		status = spool_put(p->job.config, p->job.edition, clock_now(), &name);
	if (status != STATUS_OK)
		remember(p, status, name, "");
	free(name);
}

static void publish_all(struct publisher *p)
{
	const struct job *job = &p->job;
	const char *top = job->config->digest_dir;
	enum status status = folder_make(p->folder);
	int lock = status == STATUS_OK ? folder_lock(top) : -1;

	if (status == STATUS_OK && lock < 0)
		status = STATUS_IO;
	remember(p, status, p->folder, "");
	if (status != STATUS_OK)
		return;
	publish_formats(p);
	/*
	 * The page that leads to all these comes after them, the way to it last. Until its pages
	 * are there, the edition before is the latest.
	 */
	if (!p->lacks_pages && publish_file(p, p->folder, "index.html", job->edition->gone_count,
				       write_front) == STATUS_OK) {
		publish_ways_here(p);
		publish_feeds(p);
		publish_week(p);
		publish_links(p);
		remember_way(p, file_write(top, "index.html", write_archive, &p->job), top,
			"index.html");
		file_done(p);
	}
	close(lock);
}

static void remark(struct publisher *p)
{
	if (p->status != STATUS_OK)
		return;
	if (p->left > 0)
		buf_printf(&p->remarks,
			"%sedition %s: %zu file%s left as %s written: %zu of the texts in the "
			"edition are no longer stored",
			p->remarks.len ? "; " : "", p->job.edition->row.name, p->left,
			p->left == 1 ? "" : "s", p->left == 1 ? "it was" : "they were",
			p->job.edition->gone_count);
	if (p->remarks.len)
		p->why = buf_take(&p->remarks);
}

enum status edition_write(struct store *store, const struct config *config, int64_t id,
	bool with_mails, const struct edition_watch *watch, char **why)
{
	struct edition edition;
	struct publisher p = {.job = {store, config, &edition, NULL, NULL}, .watch = watch};
	char *folder;

	if (why)
		*why = NULL;
	edition_init(&edition);
	p.status = edition_load(store, config, id, &edition);
	edition.images_at = "../images";
	if (p.status == STATUS_OK) {
		folder = xasprintf("%s/%s", config->digest_dir, edition.row.name);
		p.folder = folder;
		p.total = count_files(&p);
		tell(&p);
		publish_all(&p);
		if (with_mails)
			publish_mail(&p);
		remark(&p);
		free(folder);
	} else {
		p.why = xasprintf("edition %lld: %s", (long long)id, status_text(p.status));
	}
	edition_finish(&edition);
	buf_finish(&p.remarks);
	if (why)
		*why = p.why;
	else
		free(p.why);
	return p.status;
}

enum status edition_publish(
	struct store *store, const struct config *config, int64_t id, char **why)
{
	return edition_write(store, config, id, true, NULL, why);
}

enum status edition_rebuild(
	struct store *store, const struct config *config, int64_t id, char **why)
{
	return edition_write(store, config, id, false, NULL, why);
}
