/* Hands over the mails that wait, one after the other; runs in a process of its own. */
#ifndef DIURNA_DIURNAD_MAILER_H
#define DIURNA_DIURNAD_MAILER_H

#include "core/config.h"

/*
 * Sends what the spool holds. An exit code: EX_OK, nothing is left to do; EX_TEMPFAIL, some mail
 * was not accepted and waits, or another mailer is at work.
 *
 * Never twice: a mail is marked before its end is given to the receiver, which until then has taken
 * nothing. If this process, the machine or the connection ends before the answer, nobody can know
 * whether it was accepted; then it is not sent again, and the log says so.
 */
int mailer_run(const struct config *config);

#endif
