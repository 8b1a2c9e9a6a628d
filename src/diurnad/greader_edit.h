/* Readers of other programs change the list of subscriptions, as `diurna subscribe` does. */
#ifndef DIURNA_DIURNAD_GREADER_EDIT_H
#define DIURNA_DIURNAD_GREADER_EDIT_H

#include "diurnad/daemon.h"
#include "diurnad/web.h"

/*
 * Calls of the Google Reader API, each by POST. The list is changed and read again like after
 * SIGHUP; the answer waits until the store has it. Refused with a sentence: 400 what is no such
 * change, 403 a list that may not be changed, 404 what is not subscribed, 409 what the
 * configuration says, 503 while another program changes the list.
 */
void greader_subscription(struct daemon *daemon, struct web_request *request); /* .../edit */
void greader_quickadd(struct daemon *daemon, struct web_request *request);
/* The body is OPML: feeds that are not there are added in its folders. */
void greader_import(struct daemon *daemon, struct web_request *request);
void greader_rename_tag(struct daemon *daemon, struct web_request *request);
void greader_disable_tag(struct daemon *daemon, struct web_request *request);

/* Those who wait for feeds to be found are told that the daemon stops. */
void greader_edit_stop(struct daemon *daemon);

#endif
