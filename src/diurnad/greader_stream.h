/* Streams of the Google Reader API: which items, as ids, whole, or as Atom. */
#ifndef DIURNA_DIURNAD_GREADER_STREAM_H
#define DIURNA_DIURNAD_GREADER_STREAM_H

#include "diurnad/daemon.h"
#include "diurnad/web.h"
#include "store/reading.h"

/* "feed/12", "user/-/label/Europe", a state; the user may be a number. False: none of these. */
bool greader_read_stream(const char *id, struct reading_query *query);
/* Items that i= of a request names, in any of their forms; in its arena. */
int64_t *greader_item_ids(struct web_request *request, size_t *count);
/* 0: there is none. */
int64_t greader_number(const struct web_request *request, const char *name);

/* stream/contents/ID, stream/items/ids, stream/items/contents. They may wait; web is told then. */
void greader_contents(struct daemon *daemon, struct web_request *request, const char *id);
void greader_ids(struct daemon *daemon, struct web_request *request);
void greader_items(struct daemon *daemon, struct web_request *request);
/* A stream as Atom, for older readers. stream: behind "/reader/atom/". */
void greader_atom(struct daemon *daemon, struct web_request *request, const char *stream);

#endif
