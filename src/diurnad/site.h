/* The web pages: digests, search, all editions with the feeds' health; and who is let in. */
#ifndef DIURNA_DIURNAD_SITE_H
#define DIURNA_DIURNAD_SITE_H

#include "diurnad/daemon.h"
#include "diurnad/web.h"

/* A web_handler; context is the daemon. */
void site_answer(void *context, struct web_request *request);

#endif
