#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/log.h"
#include "core/mem.h"

#include <stdlib.h>
#include <string.h>

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

/* Old bodies go in portions: what else waits for the store comes in between. */
struct expire_msg {
	struct storeq_msg head;
	struct daemon *daemon;
	struct expired expired; /* by this portion; nothing: there was no more */
};

static bool went_something(const struct expired *expired)
{
	return expired->bodies > 0 || expired->rows > 0 || expired->pages > 0;
}

static void on_expired(struct storeq_msg *msg)
{
	struct expire_msg *expire = (struct expire_msg *)msg;

	if (msg->status != STATUS_OK)
		log_warning("store: old bodies are not removed: %s", status_text(msg->status));
	if (msg->status == STATUS_OK && went_something(&expire->expired) &&
		!expire->daemon->is_stopping)
		storeq_put(expire->daemon->storeq, msg);
	else
		free(expire);
}

static enum status work_expire(struct storeq_context *context, struct storeq_msg *msg)
{
	struct expire_msg *expire = (struct expire_msg *)msg;
	enum status status =
		items_expire(context->store, context->config, clock_now(), &expire->expired);

	if (expire->expired.bodies > 0)
		log_info("store: %lld old bodies removed", (long long)expire->expired.bodies);
	if (expire->expired.pages > 0)
		log_info("store: %lld free pages given back", (long long)expire->expired.pages);
	return status;
}

void upkeep_expire(struct daemon *daemon)
{
	struct expire_msg *expire = xcalloc(1, sizeof(*expire));

	expire->head.work = work_expire;
	expire->head.done = on_expired;
	expire->daemon = daemon;
	storeq_put(daemon->storeq, &expire->head);
}
