/* The web pages: digests, search, all editions with the feeds' health; and who is let in. */
#ifndef DIURNA_DIURNAD_SITE_H
#define DIURNA_DIURNAD_SITE_H

#include "diurnad/daemon.h"
#include "diurnad/web.h"

/* Handlers of the listener; context is the daemon. Hubs are let in to their callbacks. */
size_t site_admit(void *context, struct web_request *request);
void site_answer(void *context, struct web_request *request);

#endif
