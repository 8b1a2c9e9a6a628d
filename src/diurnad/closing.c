#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/log.h"
#include "core/mem.h"
#include "edition/edition.h"
#include "store/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

struct closing {
	struct storeq_msg msg; /* first member */
	struct daemon *daemon;
	int64_t now;
	struct edition_row row;
	bool has_all;  /* sections, whether due or not */
	bool is_empty; /* nothing arrived */
	bool removed;  /* published: so are the digests of editions that were leaving */
};

enum { SAID_BYTES = 4096 }; /* of a publisher that are read at once, and a line of it at most */

static void publish_next(struct daemon *daemon);

/* From when on a store without editions is due: the moment it was made. */
static int64_t first_start(struct daemon *daemon, struct store *store)
{
	int64_t at = daemon->started_at;
	char *first = NULL;

	if (store_setting_get(store, "first-start", &first) == STATUS_OK && first)
		at = strtoll(first, NULL, 10);
	free(first);
	return at;
}

void closing_configure(struct daemon *daemon)
{
	char text[DATE_TEXT_BYTES];
	int64_t before = daemon->edition_due;

	if (edition_due_at(daemon->reader, daemon_config(daemon),
		    first_start(daemon, daemon->reader), clock_now(),
		    &daemon->edition_due) != STATUS_OK) {
		log_err("edition: its time cannot be read: %s; looked at again in 60 s",
			store_error(daemon->reader));
		daemon->edition_due = clock_now() + 60;
	} else if (daemon->edition_due != INT64_MAX && daemon->edition_due != before) {
		log_notice(
			"edition: the next one is due %s", date_format(daemon->edition_due, text));
	}
}

/* Those who asked for an edition are told of it once they can read it. */
static void announce(struct daemon *daemon, bool is_written)
{
	char *why;

	if (!daemon->closed_name || daemon->closed_id != daemon->publishing)
		return;
	why = is_written
		      ? NULL
		      : xasprintf(
				"edition %s is closed, but not all of it is written; its log says "
				"why, and it tries again",
				daemon->closed_name);
	control_edition(daemon, daemon->closed_name, why);
	free(why);
	free(daemon->closed_name);
	daemon->closed_name = NULL;
}

static void publish_later(struct daemon *daemon)
{
	int64_t wait_s = self_wait_s(&daemon->publish_failures);
	char span[DATE_TEXT_BYTES];

	daemon->publish_again_at = clock_now() + wait_s;
	log_warning("edition %lld: not all written, next try in %s", (long long)daemon->publishing,
		date_span(wait_s, span));
	self_say_walls(daemon, daemon_config(daemon)->digest_dir);
	announce(daemon, false);
	if (daemon->is_once)
		daemon_stop(daemon, EX_IOERR);
}

static void on_published(struct storeq_msg *msg)
{
	struct closing *closing = (struct closing *)msg;

	if (msg->status == STATUS_OK) {
		announce(closing->daemon, true);
		publish_next(closing->daemon);
		upkeep_expire(closing->daemon); /* what editions let go of */
	} else {
		log_err("edition %lld: written, which cannot be recorded: %s",
			(long long)closing->row.id, status_text(msg->status));
		publish_later(closing->daemon);
	}
	free(closing);
}

static enum status record_published(struct storeq_context *context, struct storeq_msg *msg)
{
	struct closing *closing = (struct closing *)msg;

	enum status status = edition_published(context->store, closing->row.id, closing->now);

	if (status == STATUS_OK && closing->removed)
		status = shelf_removed(context->store);
	/* Here and not when it closed: no publisher runs that would not know of them. */
	if (status == STATUS_OK)
		status = shelf_sort_out(context->store, context->config, closing->now);
	return status;
}

static void put(struct daemon *daemon, struct closing *closing,
	enum status (*work)(struct storeq_context *, struct storeq_msg *),
	void (*done)(struct storeq_msg *))
{
	closing->daemon = daemon;
	closing->now = clock_now();
	closing->msg.work = work;
	closing->msg.done = done;
	closing->msg.bytes = sizeof(*closing);
	/* What people have seen of an edition may not be taken back by a power failure. */
	closing->msg.is_durable = true;
	storeq_put(daemon->storeq, &closing->msg);
}

static void end_listening(struct daemon *daemon)
{
	if (daemon->publisher_fd < 0)
		return;
	ev_io_stop(daemon->loop, &daemon->publisher_io);
	close(daemon->publisher_fd);
	daemon->publisher_fd = -1;
	buf_finish(&daemon->publisher_said);
}

/* Lines, how many of its files are written: passed on to those who wait for the edition. */
static void on_publisher_output(struct ev_loop *loop, ev_io *watcher, int events)
{
	struct daemon *daemon = watcher->data;
	struct buf *said = &daemon->publisher_said;
	ssize_t n = read(daemon->publisher_fd, buf_reserve(said, SAID_BYTES), SAID_BYTES);
	json_t *object;
	char *end;

	(void)loop, (void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || said->len > SAID_BYTES) {
		end_listening(daemon);
		return;
	}
	buf_added(said, (size_t)n);
	while (said->len && (end = memchr(said->data, '\n', said->len))) {
		object = json_loadb(said->data, (size_t)(end - said->data), 0, NULL);
		if (object)
			control_progress(daemon, object);
		buf_drop_front(said, (size_t)(end + 1 - said->data));
	}
}

/* What the publisher's output is to be. -1: ours, where nobody waits, or it is read there. */
static int listen_to_publisher(struct daemon *daemon)
{
	int fds[2];

	if (daemon->progress == PROGRESS_JSON || !control_is_followed(daemon) ||
		pipe2(fds, O_CLOEXEC) < 0)
		return -1;
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	daemon->publisher_fd = fds[0];
	ev_io_init(&daemon->publisher_io, on_publisher_output, fds[0], EV_READ);
	daemon->publisher_io.data = daemon;
	ev_io_start(daemon->loop, &daemon->publisher_io);
	return fds[1];
}

static void on_publisher_end(struct ev_loop *loop, ev_child *watcher, int events)
{
	struct daemon *daemon = watcher->data;
	struct closing *closing;
	int state = watcher->rstatus;
	int code = WIFEXITED(state) ? WEXITSTATUS(state) : EX_SOFTWARE;

	(void)events;
	ev_child_stop(loop, watcher);
	daemon->publisher = 0;
	end_listening(daemon);
	mailing_start(daemon); /* also when another file was not written */
	if (code == EX_OK || code == EX_TEMPFAIL) {
		daemon->publish_failures = 0;
		closing = xcalloc(1, sizeof(*closing));
		closing->removed = code == EX_OK;
		closing->row.id = daemon->publishing;
		put(daemon, closing, record_published, on_published);
		return;
	}
	publish_later(daemon); /* the publisher has said why */
}

/* Rendering runs in a process of its own: this program again, with --publish. */
static void publish(struct daemon *daemon, int64_t id)
{
	char number[32];
	const char *args[] = {"--publish", number, NULL, NULL};
	int out = listen_to_publisher(daemon);

	snprintf(number, sizeof(number), "%lld", (long long)id);
	if (out >= 0)
		args[2] = "--progress-json";
	daemon->publishing = id;
	daemon->publisher =
		self_start(daemon, &daemon->publisher_watcher, args, out, on_publisher_end);
	if (out >= 0)
		close(out);
	if (!daemon->publisher) {
		end_listening(daemon);
		log_err("edition %lld: no process to write it: %s", (long long)id, strerror(errno));
		publish_later(daemon);
	}
}

static void publish_next(struct daemon *daemon)
{
	struct edition_row row = {0};

	if (daemon->publisher || daemon->is_stopping)
		return;
	daemon->publish_again_at = 0;
	if (edition_unpublished(daemon->reader, &row) == STATUS_OK)
		publish(daemon, row.id);
	edition_row_finish(&row);
	daemon_wake(daemon);
}

static void on_closed(struct storeq_msg *msg)
{
	struct closing *closing = (struct closing *)msg;
	struct daemon *daemon = closing->daemon;
	char since[DATE_TEXT_BYTES];

	daemon->edition_working = false;
	if (msg->status == STATUS_OK && !closing->is_empty) {
		daemon->counters.editions++;
		log_notice("edition %s: closed with %d item%s since %s", closing->row.name,
			(int)closing->row.item_count, closing->row.item_count == 1 ? "" : "s",
			date_format(closing->row.window_from, since));
		free(daemon->closed_name);
		daemon->closed_name = xstrdup(closing->row.name);
		daemon->closed_id = closing->row.id;
		control_stage(daemon, "writing", closing->row.item_count);
		publish_next(daemon);
	} else if (msg->status == STATUS_OK) {
		log_notice("edition: nothing has arrived since the last one");
		control_edition(daemon, NULL, "nothing has arrived since the last one");
	} else {
		log_err("edition: not closed: %s, next try in 60 s", status_text(msg->status));
		control_edition(daemon, NULL, status_text(msg->status));
	}
	if (msg->status == STATUS_OK && !daemon->is_once)
		closing_configure(daemon);
	else if (!daemon->is_once)
		daemon->edition_due = clock_now() + 60;
	edition_row_finish(&closing->row);
	free(closing);
	daemon_wake(daemon);
}

static enum status close_edition(struct storeq_context *context, struct storeq_msg *msg)
{
	struct closing *closing = (struct closing *)msg;

	enum status status;

	edition_row_finish(&closing->row);
	status = edition_make(context->store, context->config,
		first_start(closing->daemon, context->store), closing->now, closing->has_all,
		&closing->row);
	closing->is_empty = status == STATUS_NOT_FOUND;
	return closing->is_empty ? STATUS_OK : status;
}

/* Feeds that are due and pages on their way come first, but not for ever. */
static bool must_wait(const struct daemon *daemon, int64_t now)
{
	const struct heap_node *feed = heap_first(&daemon->feeds_due);
	bool is_busy = daemon->polls_busy > 0 || pages_pressing(daemon, now) > 0 ||
		       walks_pressing(daemon, now) > 0 || images_pressing(daemon, now) ||
		       (feed && feed->due_at <= now);

	return is_busy && now - daemon->edition_wait_since < daemon_config(daemon)->grace_s;
}

void closing_tick(struct daemon *daemon, int64_t now)
{
	struct closing *closing;

	if (daemon->publish_again_at && daemon->publish_again_at <= now)
		publish_next(daemon);
	if (daemon->edition_working)
		return;
	if (!daemon->edition_asked && daemon->edition_due > now) {
		daemon->edition_wait_since = 0;
		return;
	}
	if (!daemon->edition_wait_since)
		daemon->edition_wait_since = now;
	if (must_wait(daemon, now))
		return;
	closing = xcalloc(1, sizeof(*closing));
	closing->has_all = daemon->edition_asked;
	daemon->edition_wait_since = 0;
	daemon->edition_asked = false;
	daemon->edition_working = true;
	control_stage(daemon, "closing", 0);
	put(daemon, closing, close_edition, on_closed);
}

void closing_set_back(struct daemon *daemon, int64_t back_s)
{
	if (daemon->publish_again_at)
		daemon->publish_again_at -= back_s;
	if (daemon->edition_wait_since)
		daemon->edition_wait_since -= back_s;
	/* An edition of days that had not come does not hold up those that do. */
	if (!daemon->is_once && !daemon->edition_working)
		closing_configure(daemon);
}

void closing_ask(struct daemon *daemon)
{
	daemon->edition_asked = true;
	daemon_wake(daemon);
}

bool closing_is_idle(const struct daemon *daemon)
{
	return !daemon->edition_asked && !daemon->edition_working && !daemon->publisher &&
	       !daemon->mailer;
}

void closing_init(struct daemon *daemon)
{
	if (daemon->is_once)
		daemon->edition_due = INT64_MAX;
	else
		closing_configure(daemon);
	publish_next(daemon); /* what a crash left unwritten */
	mailing_start(daemon);
}

void closing_free(struct daemon *daemon)
{
	/* The publisher works on by itself; what it wrote is known after the next start. */
	if (daemon->publisher)
		ev_child_stop(daemon->loop, &daemon->publisher_watcher);
	end_listening(daemon);
	free(daemon->closed_name);
	daemon->closed_name = NULL;
}
