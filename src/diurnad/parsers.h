/*
 * The parser processes: a few that stay, one job each at a time, a deadline for every job. A
 * parser that dies or is late is replaced; its job is tried once more when it was not late.
 */
#ifndef DIURNA_DIURNAD_PARSERS_H
#define DIURNA_DIURNAD_PARSERS_H

#include "core/job.h"

#include <ev.h>

struct parsers;

/* status: STATUS_OK and an answer (whose own status counts), else answer is empty. It dies after.
 */
typedef void parsers_done(void *context, enum status status, struct answer *answer);

/* count: 0 is one a core, four at most. They are started when there is work. */
struct parsers *parsers_new(struct ev_loop *loop, int count);
/* Ends all of them without calling anybody. */
void parsers_free(struct parsers *parsers);

/* The job is copied. on_done is called once, later, from the loop. */
void parsers_submit(
	struct parsers *parsers, const struct job *job, parsers_done *on_done, void *context);

size_t parsers_bytes(const struct parsers *parsers);   /* of jobs that wait or are at work */
size_t parsers_waiting(const struct parsers *parsers); /* jobs that wait or are at work */
size_t parsers_alive(const struct parsers *parsers);   /* processes */
uint64_t parsers_lost(const struct parsers *parsers);  /* processes that died or were killed */

#endif
