/* Mails that wait are sent by a process of its own: this program again, with --mail. */
#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/log.h"
#include "core/str.h"
#include "edition/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>

static void try_later(struct daemon *daemon)
{
	int64_t wait_s = self_wait_s(&daemon->mail_failures);
	char span[DATE_TEXT_BYTES];

	daemon->mail_again_at = clock_now() + wait_s;
	log_info("mail: next try in %s", date_span(wait_s, span));
	self_say_walls(daemon, daemon_config(daemon)->mail.maildir);
	if (daemon->is_once)
		daemon_stop(daemon, EX_TEMPFAIL);
}

/* What became of the mails that waited when the mailer began: the names of their files tell. */
static void count_mails(struct daemon *daemon)
{
	struct counters *counters = &daemon->counters;
	struct spooled *list = NULL;
	size_t count = 0, i, j;

	if (spool_list(daemon_config(daemon), &list, &count) != STATUS_OK)
		count = 0;
	for (i = 0; i < daemon->mail_count; i++) {
		const struct spooled *before = &daemon->mails[i];

		for (j = 0; j < count && !str_eq(list[j].base, before->base); j++)
			continue;
		if (j == count || before->state != SPOOL_WAITING || !before->recipient)
			continue;
		counters->mails_sent += list[j].state == SPOOL_SENT;
		counters->mails_failed += list[j].state == SPOOL_FAILED;
		counters->mails_unsure += list[j].state == SPOOL_UNSURE;
		counters->mails_retried += list[j].state == SPOOL_WAITING;
	}
	spool_free(list, count);
	spool_free(daemon->mails, daemon->mail_count);
	daemon->mails = NULL;
	daemon->mail_count = 0;
}

static void on_mailer_end(struct ev_loop *loop, ev_child *watcher, int events)
{
	struct daemon *daemon = watcher->data;
	int state = watcher->rstatus;

	(void)events;
	ev_child_stop(loop, watcher);
	daemon->mailer = 0;
	count_mails(daemon);
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
	if (daemon->mailer || daemon->is_stopping || !spool_has_work(daemon_config(daemon)))
		return;
	daemon->mail_again_at = 0;
	spool_free(daemon->mails, daemon->mail_count);
	if (spool_list(daemon_config(daemon), &daemon->mails, &daemon->mail_count) != STATUS_OK)
		daemon->mail_count = 0;
	daemon->mailer = self_start(daemon, &daemon->mailer_watcher,
		(const char *const[]){"--mail", NULL}, -1, on_mailer_end);
	if (!daemon->mailer) {
		log_err("mail: no process to send it: %s", strerror(errno));
		try_later(daemon);
	}
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
	spool_free(daemon->mails, daemon->mail_count);
	daemon->mails = NULL;
	daemon->mail_count = 0;
}

json_t *mailing_json(const struct daemon *daemon)
{
	const struct config *config = daemon_config(daemon);
	struct spool_sum sum = {0};
	json_t *object = NULL;

	if (config->mail.to_count > 0 && spool_sum_up(config, &sum) == STATUS_OK) {
		object = spool_sum_json(&sum);
		if (daemon->mail_again_at)
			json_object_set_new(
				object, "next_try", json_integer(daemon->mail_again_at));
	}
	spool_sum_finish(&sum);
	return object;
}
