/* Requests that wait, from when they are handed in until they have ended. */
#include "diurnad/dispatch_inner.h"

#include "core/mem.h"

#include <stdlib.h>

struct waiting *waiting_new(
	struct dispatch *dispatch, enum fetch_kind kind, fetch_done *on_done, void *context)
{
	struct waiting *waiting = xcalloc(1, sizeof(*waiting));

	waiting->dispatch = dispatch;
	waiting->kind = kind;
	waiting->on_done = on_done;
	waiting->context = context;
	dispatch->waiting++;
	return waiting;
}

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

void waiting_order(struct waiting *waiting, const struct fetch_request *request)
{
	struct order *order = xcalloc(1, sizeof(*order));

	waiting->order = order;
	order->url = xstrdup(request->url);
	order->etag = copy(request->etag);
	order->last_modified = copy(request->last_modified);
	order->validators_url = copy(request->validators_url);
	order->form = copy(request->form);
	order->validators_variant = request->validators_variant;
	order->settings = request->settings;
}

void waiting_free(struct waiting *waiting)
{
	struct order *order = waiting->order;

	if (order) {
		weburl_finish(&order->target);
		free(order->url);
		free(order->etag);
		free(order->last_modified);
		free(order->validators_url);
		free(order->form);
		free(order);
	}
	fetch_response_finish(waiting->unsent);
	free(waiting->unsent);
	free(waiting);
}

void queue_put(struct queue *queue, struct waiting *waiting)
{
	waiting->next = NULL;
	if (queue->last)
		queue->last->next = waiting;
	else
		queue->first = waiting;
	queue->last = waiting;
}

void queue_put_first(struct queue *queue, struct waiting *waiting)
{
	waiting->next = queue->first;
	queue->first = waiting;
	if (!queue->last)
		queue->last = waiting;
}

struct waiting *queue_take(struct queue *queue)
{
	struct waiting *waiting = queue->first;

	if (!waiting)
		return NULL;
	queue->first = waiting->next;
	if (!queue->first)
		queue->last = NULL;
	waiting->next = NULL;
	return waiting;
}

void queue_free(struct queue *queue)
{
	struct waiting *waiting;

	while ((waiting = queue_take(queue)))
		waiting_free(waiting);
}
