#include "edition/spool.h"

#include "core/file.h"
#include "core/mem.h"
#include "core/str.h"
#include "edition/file.h"
#include "edition/render.h"
#include "edition/xml.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const endings[] = {
	[SPOOL_WAITING] = ".eml",
	[SPOOL_SENDING] = ".sending",
	[SPOOL_SENT] = ".sent",
	[SPOOL_UNSURE] = ".unsure",
	[SPOOL_FAILED] = ".failed",
};

enum {
	KEEP_S = 30 * 24 * 3600, /* what was settled */
	WHY_BYTES = 500,
};

/* What one mail is made of. */
struct mail_job {
	const struct edition *edition;
	const char *recipient;
};

char *spool_folder(const struct config *config)
{
	const char *slash = strrchr(config->store_path, '/');

	return xasprintf("%.*s/mail", slash ? (int)(slash - config->store_path) : 1,
		slash ? config->store_path : ".");
}

/* "2026-11-22.0a1b…": where the recipient's address does not show. */
static char *base_name(const char *edition, const char *recipient)
{
	struct buf name = {0};

	buf_printf(&name, "%s.", edition);
	put_hash(recipient, &name);
	return buf_take(&name);
}

static char *path_of(const char *folder, const char *base, enum spool_state state)
{
	return xasprintf("%s/%s%s", folder, base, endings[state]);
}

static bool is_known(const char *folder, const char *base)
{
	bool is = false;
	size_t i;

	for (i = 0; i < ARRAY_LEN(endings) && !is; i++) {
		char *path = path_of(folder, base, (enum spool_state)i);

		is = access(path, F_OK) == 0;
		free(path);
	}
	return is;
}

static enum status write_mail(FILE *to, const void *context)
{
	const struct mail_job *job = context;

	return render_mail_to(to, job->edition, job->recipient);
}

static enum status stamp(const char *path, int64_t at)
{
	const struct timespec times[2] = {{.tv_sec = at}, {.tv_sec = at}};

	return utimensat(AT_FDCWD, path, times, 0) == 0 ? STATUS_OK : STATUS_IO;
}

enum status spool_put(
	const struct config *config, const struct edition *edition, int64_t now, char **name)
{
	char *folder = spool_folder(config);
	enum status status = folder_make(folder);
	size_t i;

	*name = status == STATUS_OK ? NULL : xstrdup(folder);
	for (i = 0; status == STATUS_OK && i < config->mail.to_count; i++) {
		const struct mail_job job = {edition, config->mail.to[i]};
		char *base = base_name(edition->row.name, job.recipient);
		char *file = xasprintf("%s%s", base, endings[SPOOL_WAITING]);
		char *path = xasprintf("%s/%s", folder, file);

		if (!is_known(folder, base)) {
			status = file_write(folder, file, write_mail, &job);
			if (status == STATUS_OK)
				status = stamp(path, now);
		}
		if (status != STATUS_OK)
			*name = xstrdup(path);
		free(path);
		free(file);
		free(base);
	}
	free(folder);
	return status;
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct spooled *)a)->base, ((const struct spooled *)b)->base);
}

static const char *find_recipient(const struct config *config, const char *base)
{
	const char *hash = strrchr(base, '.'), *found = NULL;
	struct buf text = {0};
	size_t i;

	for (i = 0; hash && i < config->mail.to_count && !found; i++) {
		buf_clear(&text);
		put_hash(config->mail.to[i], &text);
		if (str_eq(buf_text(&text), hash + 1))
			found = config->mail.to[i];
	}
	buf_finish(&text);
	return found;
}

enum status spool_list(const struct config *config, struct spooled **list, size_t *count)
{
	char *folder = spool_folder(config);
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	struct stat info;
	size_t space = 0, i;

	*list = NULL;
	*count = 0;
	while (dir && (entry = readdir(dir))) {
		for (i = 0; i < ARRAY_LEN(endings); i++) {
			struct spooled *mail;

			if (*entry->d_name == '.' || !str_ends(entry->d_name, endings[i]) ||
				fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0)
				continue;
			ARRAY_GROW(*list, *count, space);
			mail = &(*list)[(*count)++];
			mail->base =
				xstrndup(entry->d_name, strlen(entry->d_name) - strlen(endings[i]));
			mail->state = (enum spool_state)i;
			mail->recipient = find_recipient(config, mail->base);
			mail->at = info.st_mtime;
		}
	}
	if (dir)
		closedir(dir);
	if (*count)
		qsort(*list, *count, sizeof(**list), compare);
	free(folder);
	return dir || errno == ENOENT ? STATUS_OK : STATUS_IO;
}

void spool_free(struct spooled *list, size_t count)
{
	while (count > 0)
		free(list[--count].base);
	free(list);
}

bool spool_has_work(const struct config *config)
{
	struct spooled *list;
	size_t count, i;
	bool has = false;

	if (config->mail.to_count == 0 || spool_list(config, &list, &count) != STATUS_OK)
		return false;
	for (i = 0; i < count; i++)
		has |= list[i].state == SPOOL_SENDING ||
		       (list[i].state == SPOOL_WAITING && list[i].recipient);
	spool_free(list, count);
	return has;
}

static char *why_path(const struct config *config, const struct spooled *mail)
{
	char *folder = spool_folder(config), *path = xasprintf("%s/%s.why", folder, mail->base);

	free(folder);
	return path;
}

/* It serves people only: where it cannot be written the log has it. */
void spool_say(const struct config *config, const struct spooled *mail, const char *why)
{
	char *path = why_path(config, mail);
	FILE *file = fopen(path, "we");

	if (file) {
		fprintf(file, "%.*s\n", WHY_BYTES, why);
		fclose(file);
	}
	free(path);
}

char *spool_why(const struct config *config, const struct spooled *mail)
{
	char *path = why_path(config, mail), *why = file_first_line(path);

	free(path);
	return why;
}

static void remove_why(const struct config *config, const struct spooled *mail)
{
	char *path = why_path(config, mail);

	unlink(path);
	free(path);
}

bool spool_remove_old(const struct config *config, const struct spooled *mail, int64_t now)
{
	char *folder, *path;
	bool is_old = mail->state != SPOOL_WAITING && mail->state != SPOOL_SENDING &&
		      now - mail->at > KEEP_S;

	if (!is_old)
		return false;
	folder = spool_folder(config);
	path = path_of(folder, mail->base, mail->state);
	is_old = unlink(path) == 0;
	remove_why(config, mail);
	free(path);
	free(folder);
	return is_old;
}

enum status spool_sum_up(const struct config *config, struct spool_sum *sum)
{
	struct spooled *list = NULL;
	const struct spooled *oldest = NULL;
	size_t count = 0, i;
	enum status status = spool_list(config, &list, &count);

	memset(sum, 0, sizeof(*sum));
	for (i = 0; status == STATUS_OK && i < count; i++) {
		const struct spooled *mail = &list[i];

		sum->unsure += mail->state == SPOOL_UNSURE;
		sum->failed += mail->state == SPOOL_FAILED;
		if (mail->state != SPOOL_WAITING && mail->state != SPOOL_SENDING)
			continue;
		if (!mail->recipient) {
			sum->stranded++;
			continue;
		}
		sum->waiting++;
		if (!oldest || mail->at < oldest->at)
			oldest = mail;
	}
	if (oldest) {
		sum->waiting_since = oldest->at;
		sum->why = spool_why(config, oldest);
	}
	spool_free(list, count);
	return status;
}

void spool_sum_finish(struct spool_sum *sum)
{
	free(sum->why);
	memset(sum, 0, sizeof(*sum));
}

json_t *spool_sum_json(const struct spool_sum *sum)
{
	json_t *object = json_pack("{s:I, s:I, s:I, s:I}", "waiting", (json_int_t)sum->waiting,
		"unsure", (json_int_t)sum->unsure, "failed", (json_int_t)sum->failed, "stranded",
		(json_int_t)sum->stranded);

	if (sum->waiting_since)
		json_object_set_new(object, "waiting_since", json_integer(sum->waiting_since));
	if (sum->why)
		json_object_set_new(object, "answer", json_string(sum->why));
	return object;
}

enum status spool_set(
	const struct config *config, struct spooled *mail, enum spool_state state, int64_t now)
{
	char *folder = spool_folder(config);
	char *from = path_of(folder, mail->base, mail->state);
	char *to = path_of(folder, mail->base, state);
	enum status status = rename(from, to) == 0 ? folder_sync(folder) : STATUS_IO;

	if (status == STATUS_OK) {
		mail->state = state;
		/* How long it has been tried counts from its writing. */
		if (state == SPOOL_SENT && truncate(to, 0) == 0)
			stamp(to, now);
		if (state == SPOOL_SENT)
			remove_why(config, mail);
	}
	free(from);
	free(to);
	free(folder);
	return status;
}
