/* Mails that wait are sent by a process of its own: this program again, with --mail. */
#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/log.h"
#include "edition/spool.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>

extern char **environ;

enum { MAIL_RETRY_S = 60, MAIL_RETRY_MAX_S = 3600, DOUBLINGS = 6 };

static void try_later(struct daemon *daemon)
{
	int wait_s = MAIL_RETRY_S << (daemon->mail_failures > DOUBLINGS ? DOUBLINGS
									: daemon->mail_failures);
	char span[DATE_TEXT_BYTES];

	wait_s = wait_s > MAIL_RETRY_MAX_S ? MAIL_RETRY_MAX_S : wait_s;
	daemon->mail_failures++;
	daemon->mail_again_at = clock_now() + wait_s;
	log_info("mail: next try in %s", date_span(wait_s, span));
	if (daemon->is_once)
		daemon_stop(daemon, EX_TEMPFAIL);
}

static void on_mailer_end(struct ev_loop *loop, ev_child *watcher, int events)
{
	struct daemon *daemon = watcher->data;
	int state = watcher->rstatus;

	(void)events;
	ev_child_stop(loop, watcher);
	daemon->mailer = 0;
	if (WIFEXITED(state) && WEXITSTATUS(state) == EX_OK) {
		daemon->mail_failures = 0;
		daemon->mail_again_at = 0;
		mailing_start(daemon); /* an edition may have come meanwhile */
	} else {
		try_later(daemon);
	}
	daemon_wake(daemon);
}

void mailing_start(struct daemon *daemon)
{
	const struct config *config = daemon_config(daemon);
	char *argv[] = {(char *)"diurnad", (char *)"--config", (char *)config->path,
		(char *)"--mail", NULL};
	pid_t pid;
	int err;

	if (daemon->mailer || daemon->is_stopping || !spool_has_work(config))
		return;
	daemon->mail_again_at = 0;
	err = posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ);
	if (err != 0) {
		log_err("mail: no process to send it: %s", strerror(err));
		try_later(daemon);
		return;
	}
	daemon->mailer = pid;
	ev_child_init(&daemon->mailer_watcher, on_mailer_end, pid, 0);
	daemon->mailer_watcher.data = daemon;
	ev_child_start(daemon->loop, &daemon->mailer_watcher);
}

void mailing_tick(struct daemon *daemon, int64_t now)
{
	if (daemon->mail_again_at && daemon->mail_again_at <= now)
		mailing_start(daemon);
}

void mailing_free(struct daemon *daemon)
{
	/* The mailer works on by itself; what it did, its files say. */
	if (daemon->mailer)
		ev_child_stop(daemon->loop, &daemon->mailer_watcher);
}
