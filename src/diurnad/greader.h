/*
 * The Google Reader API, as far as readers of today use it: login, subscriptions, streams, read
 * state, stars, labels. A label is a section or what a reader gave items. Ids of feeds are
 * "feed/NUMBER", of items "tag:google.com,2005:reader/item/HEX".
 */
#ifndef DIURNA_DIURNAD_GREADER_H
#define DIURNA_DIURNAD_GREADER_H

#include "diurnad/daemon.h"
#include "diurnad/web.h"

#include <jansson.h>

#define GREADER_STATE "user/-/state/com.google/"
#define GREADER_LABEL "user/-/label/"

/* path: behind "/reader/api/0/". May wait for the store thread; web is told then. */
void greader_answer(struct daemon *daemon, struct web_request *request, const char *path);
/* A string; "" for NULL and what is no UTF-8. */
json_t *greader_text(const char *value);
/* "user/-/label/Europe": "Europe"; the user may be a number. NULL: no label. */
const char *greader_label(const char *tag);
/* Answer with an object; frees it. */
void greader_give(struct web_request *request, json_t *object);
/* "/accounts/ClientLogin". */
void greader_login(const struct config *config, struct web_request *request);
/* The request carries the token that greader_login gave. */
bool greader_is_let_in(const struct config *config, const struct web_request *request);

#endif
