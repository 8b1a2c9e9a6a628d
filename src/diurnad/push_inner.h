/* What the files of push share. */
#ifndef DIURNA_DIURNAD_PUSH_INNER_H
#define DIURNA_DIURNAD_PUSH_INNER_H

#include "diurnad/push.h"
#include "store/push.h"

/* push_intent.c: only what we asked for is confirmed. Source: WebSub, 5.2 and 5.3. */
void push_answer_intent(struct daemon *daemon, struct web_request *request, struct push_row *row);

/* push_deliver.c: what its hub has signed goes to the store. Source: WebSub, 7. */
void push_answer_delivery(struct daemon *daemon, struct web_request *request, struct push_row *row);
/* Those on their way. */
void push_deliveries_free(struct daemon *daemon);

#endif
