/* Hubs that tell of news: WebSub, as a subscriber. */
#ifndef DIURNA_DIURNAD_PUSH_H
#define DIURNA_DIURNAD_PUSH_H

#include "diurnad/daemon.h"
#include "diurnad/web.h"

/* The configuration or the feeds have changed. */
void push_configure(struct daemon *daemon);
/* The clock was set back by so many seconds: their word ends when it would have ended. */
void push_set_clock_back(struct daemon *daemon, int64_t back_s);
/* Ask hubs whose time it is. */
void push_start_due(struct daemon *daemon, int64_t now);
/* The store has something new for a hub. */
void push_wake(struct daemon *daemon);
/* Before the store's handles are closed. */
void push_free(struct daemon *daemon);

/* Handlers of the listener, with the daemon as their context. */
bool push_is_callback(const struct web_request *request);
size_t push_admit(void *context, struct web_request *request);
void push_answer(void *context, struct web_request *request);

#endif
