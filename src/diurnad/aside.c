#include "diurnad/aside.h"

#include "core/mem.h"

#include <stdlib.h>

struct answering {
	struct readq_msg msg; /* first member */
	struct settings *settings;
	struct aside aside;
	aside_give *give;
};

static void work(struct store *store, struct readq_msg *msg)
{
	struct answering *answering = (struct answering *)msg;

	answering->aside.store = store;
	answering->give(&answering->aside);
}

static void on_done(struct readq_msg *msg)
{
	struct answering *answering = (struct answering *)msg;
	struct web_request *request = answering->aside.request;

	if (!msg->is_done)
		web_say(request, 503, "The daemon stops.\n");
	settings_release(answering->settings);
	free(answering);
	if (request->is_waiting)
		web_answered(request);
}

void aside_answer(
	struct daemon *daemon, struct web_request *request, aside_give *give, const void *question)
{
	struct answering *answering = xcalloc(1, sizeof(*answering));

	answering->msg.work = work;
	answering->msg.done = on_done;
	answering->settings = settings_use(daemon->settings);
	answering->give = give;
	answering->aside.config = answering->settings->config;
	answering->aside.request = request;
	answering->aside.question = question;
	request->is_waiting = daemon->readq != NULL;
	readq_put(daemon->readq, daemon->reader, &answering->msg);
}
