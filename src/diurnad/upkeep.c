#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"
#include "store/shelf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Hooks of dispatch: what it wants remembered goes to the store. */
struct note {
	struct storeq_msg msg; /* first member */
	char *name, *body;
	struct host_row host;
	int http_status;
	int64_t at;
};

static void on_noted(struct storeq_msg *msg)
{
	struct note *note = (struct note *)msg;

	free(note->name);
	free(note->body);
	free(note);
}

static enum status work_host(struct storeq_context *context, struct storeq_msg *msg)
{
	return host_record(context->store, &((struct note *)msg)->host);
}

static enum status work_robots(struct storeq_context *context, struct storeq_msg *msg)
{
	struct note *note = (struct note *)msg;

	return robots_record(context->store, note->name, note->http_status, note->body, note->at);
}

static void put_note(struct daemon *daemon, struct note *note,
	enum status (*work)(struct storeq_context *, struct storeq_msg *))
{
	note->msg.bytes = sizeof(*note) + (note->body ? strlen(note->body) : 0);
	note->msg.work = work;
	note->msg.done = on_noted;
	storeq_put(daemon->storeq, &note->msg);
}

void upkeep_on_host(void *context, const struct host_row *row)
{
	struct note *note = xcalloc(1, sizeof(*note));

	note->name = xstrdup(row->name);
	note->host = *row;
	note->host.name = note->name;
	put_note(context, note, work_host);
}

void upkeep_on_robots(
	void *context, const char *authority, int http_status, const char *body, int64_t at)
{
	struct note *note = xcalloc(1, sizeof(*note));

	note->name = xstrdup(authority);
	note->body = body ? xstrdup(body) : NULL;
	note->http_status = http_status;
	note->at = at;
	put_note(context, note, work_robots);
}

bool upkeep_recall_robots(
	void *context, const char *authority, int *http_status, char **body, int64_t *fetched_at)
{
	struct daemon *daemon = context;

	return robots_get(daemon->reader, authority, http_status, body, fetched_at) == STATUS_OK;
}

void upkeep_restore_host(void *context, const struct host_row *row)
{
	dispatch_restore_host(((struct daemon *)context)->dispatch, row);
}

enum { IMAGES_BATCH = 200 }; /* files of pictures that go at a time */

/* Old bodies go in portions: what else waits for the store comes in between. */
struct expire_msg {
	struct storeq_msg head;
	struct daemon *daemon;
	struct expired expired;               /* by this portion */
	int64_t images;                       /* files */
	int64_t bodies, printed, image_count; /* by all portions */
};

/* What went, once it is all. */
static void say_what_went(const struct expire_msg *expire)
{
	const char *path = daemon_config(expire->daemon)->store_path;

	if (expire->bodies > expire->printed)
		log_info("store: %lld old texts removed",
			(long long)(expire->bodies - expire->printed));
	if (expire->printed > 0)
		log_warning(
			"store %s: store.size is reached, %lld texts that editions have printed "
			"are removed; those editions cannot be rendered again",
			path, (long long)expire->printed);
	if (expire->image_count > 0)
		log_info("images: %lld files removed with their editions",
			(long long)expire->image_count);
	if (expire->expired.is_short)
		log_warning("store %s: larger than store.size, and no text may go any more", path);
}

static void on_expired(struct storeq_msg *msg)
{
	struct expire_msg *expire = (struct expire_msg *)msg;

	if (msg->status != STATUS_OK)
		log_warning("store: old texts are not removed: %s; tried again in a few hours",
			status_text(msg->status));
	if (msg->status == STATUS_OK) {
		expire->bodies += expire->expired.bodies;
		expire->printed += expire->expired.printed;
		expire->image_count += expire->images;
	}
	if (msg->status == STATUS_OK && (expire->expired.is_more || expire->images > 0) &&
		!expire->daemon->is_stopping) {
		storeq_put(expire->daemon->storeq, msg);
		return;
	}
	say_what_went(expire);
	expire->daemon->is_expiring = false;
	daemon_wake(expire->daemon); /* one that makes a single round waits for this */
	free(expire);
}

/* The folder goes with its last picture. */
static bool remove_image(void *context, const char *path)
{
	const struct config *config = context;
	char *name = xasprintf("%s/images/%s", config->digest_dir, path);
	bool is_gone = unlink(name) == 0 || errno == ENOENT;

	if (!is_gone)
		log_warning("%s: cannot be removed: %s", log_visible(name), strerror(errno));
	*strrchr(name, '/') = '\0';
	if (is_gone)
		rmdir(name);
	free(name);
	return is_gone;
}

static enum status work_expire(struct storeq_context *context, struct storeq_msg *msg)
{
	struct expire_msg *expire = (struct expire_msg *)msg;
	enum status status =
		items_expire(context->store, context->config, clock_now(), &expire->expired);

	if (status == STATUS_OK)
		status = shelf_remove_images(context->store, IMAGES_BATCH, remove_image,
			(void *)(uintptr_t)context->config, &expire->images);
	if (expire->expired.pages > 0)
		log_info("store: %lld free pages given back", (long long)expire->expired.pages);
	return status;
}

void upkeep_expire(struct daemon *daemon)
{
	struct expire_msg *expire;

	if (daemon->is_expiring)
		return;
	daemon->is_expiring = true;
	expire = xcalloc(1, sizeof(*expire));
	expire->head.work = work_expire;
	expire->head.done = on_expired;
	expire->daemon = daemon;
	storeq_put(daemon->storeq, &expire->head);
}
